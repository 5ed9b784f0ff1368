/**
 * What one kind of Windows network asks of the engine. A mode is a row of the table below and
 * nothing else: no workflow looks at its name.
 */
export interface Mode {
  /** The executable's name. */
  readonly name: string;
  /** HNS's network types it serves, as HNS writes them. */
  readonly networkTypes: readonly string[];
  /**
   * The default gateway of a pod, unless `ipam.gateway` says it: the second address of the pod's
   * subnet (the host's own endpoint on a bridge), the gateway of the HNS network, or the one that
   * IPAM answers, else the network's.
   */
  readonly gateway: 'second' | 'network' | 'ipam';
  /** Whether the host's own endpoint has the second address of each subnet. */
  readonly hostHasSecond: boolean;
  /** Where the MAC address is from: HNS, the IPv4 address, or the configuration. */
  readonly mac: 'hns' | 'from-address' | 'given';
  /** What ipMasq adds to the exceptions: ipMasqNetwork, and the network's own subnets. */
  readonly addedExceptions: 'configured' | 'configured-and-subnets' | 'none';
  /** Whether ipMasqNetwork alone, without ipMasq, adds exceptions (win-bridge's way). */
  readonly ipMasqNetworkSuffices: boolean;
  /** An overlay's endpoints carry the node's address on the underlay. */
  readonly providerAddress: boolean;
  /** Whether an IPv6 address may come beside an IPv4 one, come alone, or not at all. */
  readonly ipv6: 'beside' | 'alone' | 'never';
  /** The pod's namespace goes in front of a bare cluster suffix in the search list. */
  readonly podNamespaceInSearch: boolean;
  /** Whether a missing network is made without being asked (`createNetwork`). */
  readonly createsNetwork: boolean;
}

const bridge: Mode = {
  name: 'win-bridge',
  networkTypes: ['L2Bridge', 'L2Tunnel'],
  gateway: 'second',
  hostHasSecond: true,
  mac: 'hns',
  addedExceptions: 'configured',
  ipMasqNetworkSuffices: true,
  providerAddress: false,
  ipv6: 'beside',
  podNamespaceInSearch: false,
  createsNetwork: false,
};

const overlay: Mode = {
  name: 'win-overlay',
  networkTypes: ['Overlay'],
  gateway: 'network',
  hostHasSecond: false,
  mac: 'from-address',
  addedExceptions: 'configured-and-subnets',
  ipMasqNetworkSuffices: false,
  providerAddress: true,
  ipv6: 'never',
  podNamespaceInSearch: false,
  createsNetwork: false,
};

const nat: Mode = {
  name: 'nat',
  networkTypes: ['NAT'],
  gateway: 'network',
  hostHasSecond: false,
  mac: 'hns',
  // WinNAT does it.
  addedExceptions: 'none',
  ipMasqNetworkSuffices: false,
  providerAddress: false,
  ipv6: 'never',
  podNamespaceInSearch: true,
  createsNetwork: true,
};

const transparent: Mode = {
  name: 'win-transparent',
  networkTypes: ['Transparent'],
  gateway: 'ipam',
  hostHasSecond: false,
  mac: 'given',
  addedExceptions: 'none',
  ipMasqNetworkSuffices: false,
  providerAddress: false,
  ipv6: 'alone',
  podNamespaceInSearch: false,
  createsNetwork: false,
};

/** Microsoft's name for a bridge takes IPAM's gateway (azure-vnet-ipam knows it) unless `forceBridgeGateway` asks for the second address. */
const sdnBridge: Mode = {
  ...bridge,
  name: 'sdnbridge',
  gateway: 'ipam',
  podNamespaceInSearch: true,
  createsNetwork: true,
};

const sdnOverlay: Mode = { ...overlay, name: 'sdnoverlay', podNamespaceInSearch: true };

/** Every mode there is. The registry of plugins is made from this table. */
export const modes = { bridge, overlay, transparent, nat, sdnBridge, sdnOverlay } as const;

/** The mode that an executable's name stands for. */
export function modeNamed(name: string): Mode | undefined {
  return Object.values(modes).find((mode) => mode.name === name);
}
