import { configOf, type Json, type NodePaths } from '../helpers/trial-node.ts';

/** A chain of plugins that is stopped, or made to fail, at everything it does. */
export interface Chain {
  readonly name: string;
  /** The node it is on: test/fixtures/hns. */
  readonly fixture: string;
  /** The name of its network. */
  readonly network: string;
  /** The plugin that the runtime calls. */
  readonly plugin: string;
  /** CNI_NETNS, where it is not a compute namespace of its own for each pod. */
  readonly netns?: string;
  /** The first command makes the network, so that nobody was here before. */
  readonly createsNetwork?: boolean;
  /** The addresses of the second pod, which are leased; none where HNS gives them. */
  readonly leases: readonly string[];
  config(node: NodePaths): Json;
}

function ofConflist(
  names: { readonly conf: string; readonly fixture: string },
  chain: Pick<Chain, 'name' | 'network' | 'plugin' | 'leases'>,
): Chain {
  return {
    ...chain,
    fixture: names.fixture,
    config: (node) => configOf(node, names.conf, { cniVersion: '1.1.0' }),
  };
}

export const flannelOverlay = ofConflist(
  { fixture: 'overlay', conf: 'flannel-overlay' },
  {
    name: 'flannel -> win-overlay',
    network: 'flannel.4096',
    plugin: 'flannel',
    leases: ['10.244.1.3'],
  },
);

export const flannelBridge = ofConflist(
  { fixture: 'host-gw', conf: 'flannel-host-gw' },
  { name: 'flannel -> win-bridge', network: 'cbr0', plugin: 'flannel', leases: ['10.244.2.4'] },
);

export const overlay = ofConflist(
  { fixture: 'alone', conf: 'win-overlay' },
  { name: 'win-overlay', network: 'vxlan0', plugin: 'win-overlay', leases: ['10.244.3.3'] },
);

export const bridge = ofConflist(
  { fixture: 'alone', conf: 'win-bridge' },
  { name: 'win-bridge', network: 'l2br', plugin: 'win-bridge', leases: ['10.244.4.11'] },
);

/** Too many for every day: `npm run test:long`. */
export const sdnBridge = ofConflist(
  { fixture: 'every-type', conf: 'sdnbridge-dual-stack' },
  {
    name: 'sdnbridge',
    network: 'dual',
    plugin: 'sdnbridge',
    leases: ['10.244.7.21', 'fd00:10:244:7::21'],
  },
);

export const sdnOverlay = ofConflist(
  { fixture: 'every-type', conf: 'sdnoverlay' },
  { name: 'sdnoverlay', network: 'vxlan1', plugin: 'sdnoverlay', leases: ['10.244.6.3'] },
);

export const transparent = ofConflist(
  { fixture: 'every-type', conf: 'win-transparent' },
  {
    name: 'win-transparent',
    network: 'physical',
    plugin: 'win-transparent',
    leases: ['192.168.10.101'],
  },
);

export const flannelSdnBridge = ofConflist(
  { fixture: 'host-gw', conf: 'flannel-sdnbridge' },
  { name: 'flannel -> sdnbridge', network: 'cbr0', plugin: 'flannel', leases: ['10.244.2.4'] },
);

/** Docker: HNS's first dialect, in which HNS chooses an endpoint's id. */
export const docker: Chain = { ...bridge, name: 'win-bridge for Docker', netns: 'none' };

/** HNS gives the addresses; the network is made when it is missing. */
export const nat: Chain = {
  name: 'nat',
  fixture: 'alone',
  network: 'pods-nat',
  plugin: 'nat',
  createsNetwork: true,
  leases: [],
  config: () => ({
    cniVersion: '1.1.0',
    name: 'pods-nat',
    type: 'nat',
    master: 'Ethernet',
    ipam: { subnet: '172.30.16.0/20', routes: [{ gw: '172.30.16.1' }] },
  }),
};

/** Two sets of ranges: what was taken of the first is given back when the second fails. */
export const hostLocal: Chain = {
  name: 'host-local',
  fixture: 'alone',
  network: 'addresses',
  plugin: 'host-local',
  leases: ['10.20.0.3', 'fd00:20::3'],
  config: (node) => ({
    cniVersion: '1.1.0',
    name: 'addresses',
    type: 'host-local',
    ipam: {
      type: 'host-local',
      ranges: [[{ subnet: '10.20.0.0/24' }], [{ subnet: 'fd00:20::/64' }]],
      dataDir: node.leaseFolder,
    },
  }),
};
