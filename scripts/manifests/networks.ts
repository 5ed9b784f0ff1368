import { jsonText } from '../../plugins/wincni/checks/reading/snippets.ts';
import { generated } from '../../plugins/wincni/config/generated.ts';
import { readWanted, type Typed } from '../../plugins/wincni/config/wanted.ts';

/** The networks of flanneld's that there is a manifest for. */
export const flannelNetworks = ['vxlan', 'host-gw'] as const;

export type FlannelNetwork = (typeof flannelNetworks)[number];

/**
 * Stands in the ConfigMap for the address of the node, which each node puts in its place: of TEST-NET-1, which is
 * nobody's (RFC 5737), so that the configuration is a valid one as it stands.
 */
export const nodeAddressHere = '192.0.2.1';

/** What `wincni config generate` is given: kubeadm's and flannel's usual networks. */
const usual = {
  clusterCidr: '10.244.0.0/16',
  serviceCidr: '10.96.0.0/12',
  dns: '10.96.0.10',
} satisfies Typed;

/** The flags for a network, in the order in which its manifest has them. */
function flagsFor(mode: FlannelNetwork): Typed {
  return { mode, ...usual, ...(mode === 'host-gw' ? { nodeAddress: nodeAddressHere } : {}) };
}

/** The command line that prints a network's configuration. */
export function generateLine(mode: FlannelNetwork): string {
  const flags = Object.entries(flagsFor(mode)).map(
    ([key, value]) => `--${key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)} ${value}`,
  );
  return ['wincni config generate', ...flags].join(' ');
}

/** What that command prints. */
export function configurationFor(mode: FlannelNetwork): string {
  return `${jsonText(generated(readWanted(flagsFor(mode))))}\n`;
}

interface NetworkRule {
  /** What attaches a pod. */
  readonly plugin: string;
  /** What kube-flannel-cfg must say, and what else must be so. */
  readonly needs: readonly string[];
  /** What is to be known of the configuration. */
  readonly notes: readonly string[];
}

/** What differs between the manifests. */
export const networkRules: Readonly<Record<FlannelNetwork, NetworkRule>> = {
  vxlan: {
    plugin: 'win-overlay',
    needs: [
      'kube-flannel-cfg must have, in net-conf.json:',
      '  "Backend": {"Type": "vxlan", "VNI": 4096, "Port": 4789}',
      'Windows does no other port and no smaller VNI, and the Linux nodes must have the same. UDP 4789 is open',
      'between the nodes.',
    ],
    notes: [],
  },
  'host-gw': {
    plugin: 'win-bridge',
    needs: [
      'kube-flannel-cfg must have, in net-conf.json:',
      '  "Backend": {"Type": "host-gw"}',
      'and all nodes, the Linux ones too, must be in one subnet: packets go between them as they are.',
    ],
    notes: [
      "Add --node-subnet and the nodes' network, as Microsoft's scripts have it on bridges: pods reach the nodes by",
      'their own addresses then, and doctor asks for it (conf.exceptions).',
      `${nodeAddressHere}/32 stays as it is: each node writes its own address there.`,
    ],
  },
};
