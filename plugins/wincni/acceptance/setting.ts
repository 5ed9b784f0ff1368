import { type Cidr, formatAddress, formatCidr } from '../../../cni/address.ts';
import type { JsonObject } from '../../../cni/json-object.ts';
import { schemaVersion } from '../../../hns-bridge/documents.ts';
import { networkId } from '../../attach/identity.ts';

/** The kinds of network that are tried, each with the plugin that serves it. */
export const modes = { nat: 'nat', l2bridge: 'win-bridge', overlay: 'win-overlay' } as const;

export type ModeName = keyof typeof modes;

/** The ways to HNS; the simulator's where WINCNI_HNS names it, for trying acceptance itself. */
export type WayName = 'powershell' | 'native' | 'simulator';

export const isMode = (name: string): name is ModeName => Object.hasOwn(modes, name);

/** All that is made has a name of this beginning, or an id of such a name: a later run finds it. */
export const ownPrefix = 'wincni-acceptance';

/** How many namespaces are made at most: each pod that is added at once has its own. */
export const mostNamespaces = 64;

/** The namespace of a number, from 1. */
export const namespaceId = (number: number): string =>
  networkId(`${ownPrefix}-namespace-${number}`);

/** The id of an endpoint or a network that a step makes, by its name. */
export const ownId = (name: string): string => networkId(`${ownPrefix}-${name}`);

/** What the networks are made with. */
export interface NetworkOptions {
  readonly subnet: Cidr;
  readonly adapter?: string | undefined;
  /** Of an overlay. */
  readonly vni: number;
}

/** A network that is made for a trial. */
export interface TrialNetwork {
  readonly mode: ModeName;
  readonly plugin: string;
  readonly id: string;
  readonly name: string;
  /** As HNS writes it. */
  readonly type: string;
  readonly subnet: string;
  readonly gateway: string;
  /** The address of so many behind the subnet's first. */
  readonly address: (offset: number) => string;
  /** The last of the subnet. */
  readonly broadcast: string;
  /** What HNS is asked for. */
  readonly document: JsonObject;
}

const types = { nat: 'NAT', l2bridge: 'L2Bridge', overlay: 'Overlay' } as const;

/** Networks of Flags 8 are not persistent: flanneld's are (HNS.md, "What flanneld creates"). */
const notPersistent = 8;

/** The network of a mode. */
export function trialNetwork(
  mode: ModeName,
  { adapter, subnet, vni }: NetworkOptions,
): TrialNetwork {
  const address = (offset: number) =>
    formatAddress({ family: subnet.family, value: subnet.first + BigInt(offset) });
  const name = `${ownPrefix}-${mode}`;
  const isOverlay = mode === 'overlay';
  const policies: readonly JsonObject[] = [
    ...(mode !== 'nat' && adapter !== undefined
      ? [{ Type: 'NetAdapterName', Settings: { NetworkAdapterName: adapter } }]
      : []),
    ...(isOverlay ? [{ Type: 'HostRoute', Settings: {} }] : []),
  ];
  const prefix = formatCidr(subnet);
  const described: JsonObject = {
    IpAddressPrefix: prefix,
    Routes: [{ NextHop: address(1), DestinationPrefix: '0.0.0.0/0' }],
    ...(isOverlay ? { Policies: [{ Type: 'VSID', Settings: { IsolationId: vni } }] } : {}),
  };
  return {
    mode,
    plugin: modes[mode],
    id: networkId(name),
    name,
    type: types[mode],
    subnet: prefix,
    gateway: address(1),
    address,
    broadcast: formatAddress({ family: subnet.family, value: subnet.last }),
    document: {
      Name: name,
      Type: types[mode],
      ...(policies.length > 0 ? { Policies: policies } : {}),
      Ipams: [{ Type: 'Static', Subnets: [described] }],
      ...(isOverlay ? { Flags: notPersistent } : {}),
      ...schemaVersion,
    },
  };
}

/** The first address behind the subnet's own that pods get: those before it are for the host and for HNS. */
export const firstOfPods = 10;

/** Where the endpoints' addresses begin that are asked of HNS directly. */
export const firstOfEndpoints = 40;

/** The configuration of the network for its plugin, as libcni would hand it over. */
export function pluginConfig(
  { address, name, plugin, subnet }: TrialNetwork,
  { dataDir, way }: { readonly dataDir: string; readonly way: WayName },
): JsonObject {
  return {
    cniVersion: '1.1.0',
    name,
    type: plugin,
    ...(way === 'simulator' ? {} : { hns: way }),
    ipam: { type: 'host-local', subnet, rangeStart: address(firstOfPods), dataDir },
  };
}

/** A pod's container id. */
export const podName = (number: number): string => `${ownPrefix}-pod-${number}`;
