import { unreadKeys, withoutEffectUnderMicrosofts } from './unread-keys.ts';

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
   * The default gateway of a pod: the second address of the HNS network's subnet (the host's own
   * endpoint on a bridge), the gateway of the HNS network, or the one that `ipam.gateway` says or IPAM
   * answers, else the network's.
   */
  readonly gateway: 'second' | 'network' | 'ipam';
  /** Whether HNS is told the prefix length of an address; without it takes the subnet's. */
  readonly prefixLength: boolean;
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
  /** Whether an IPv6 address may come beside an IPv4 one (if `enableDualStack` says so), come alone, or not at all. */
  readonly ipv6: 'beside' | 'beside-if-told' | 'alone' | 'never';
  /** The pod's namespace goes in front of the first entry of the search list. */
  readonly podNamespaceInSearch: boolean;
  /** Keys of ours that the reference plugin of this name never reads: a wrong one must not fail a pod. */
  readonly unreadKeys: readonly string[];
  /** Keys that are without effect, as the plugin of this name at Microsoft does nothing for them. */
  readonly keysWithoutEffect: readonly string[];
  /** What the reference plugin of this name does nothing for, where ours does. */
  readonly leftOutByReference: readonly ('ipMasqNetwork' | 'portMappings')[];
  /** Whether a missing network is made without being asked (`createNetwork`). */
  readonly createsNetwork: boolean;
}

const bridge: Mode = {
  name: 'win-bridge',
  networkTypes: ['L2Bridge', 'L2Tunnel'],
  gateway: 'second',
  prefixLength: true,
  hostHasSecond: true,
  mac: 'hns',
  addedExceptions: 'configured',
  ipMasqNetworkSuffices: true,
  providerAddress: false,
  ipv6: 'beside',
  podNamespaceInSearch: false,
  unreadKeys: unreadKeys.winBridge,
  keysWithoutEffect: [],
  leftOutByReference: [],
  createsNetwork: false,
};

const overlay: Mode = {
  name: 'win-overlay',
  networkTypes: ['Overlay'],
  gateway: 'network',
  prefixLength: false,
  hostHasSecond: false,
  mac: 'from-address',
  addedExceptions: 'configured-and-subnets',
  ipMasqNetworkSuffices: false,
  providerAddress: true,
  ipv6: 'never',
  podNamespaceInSearch: false,
  unreadKeys: unreadKeys.winOverlay,
  keysWithoutEffect: [],
  leftOutByReference: ['ipMasqNetwork', 'portMappings'],
  createsNetwork: false,
};

const nat: Mode = {
  name: 'nat',
  networkTypes: ['NAT'],
  gateway: 'network',
  prefixLength: true,
  hostHasSecond: false,
  mac: 'hns',
  // WinNAT does it.
  addedExceptions: 'none',
  ipMasqNetworkSuffices: false,
  providerAddress: false,
  ipv6: 'never',
  podNamespaceInSearch: true,
  unreadKeys: unreadKeys.microsofts,
  keysWithoutEffect: withoutEffectUnderMicrosofts,
  leftOutByReference: [],
  createsNetwork: true,
};

const transparent: Mode = {
  name: 'win-transparent',
  networkTypes: ['Transparent'],
  gateway: 'ipam',
  prefixLength: true,
  hostHasSecond: false,
  mac: 'given',
  addedExceptions: 'none',
  ipMasqNetworkSuffices: false,
  providerAddress: false,
  ipv6: 'alone',
  podNamespaceInSearch: false,
  unreadKeys: [],
  keysWithoutEffect: [],
  leftOutByReference: [],
  createsNetwork: false,
};

/** Microsoft's name for a bridge takes IPAM's gateway (azure-vnet-ipam knows it) unless `forceBridgeGateway` asks for the second address. */
const sdnBridge: Mode = {
  ...bridge,
  name: 'sdnbridge',
  gateway: 'ipam',
  addedExceptions: 'none',
  ipv6: 'beside-if-told',
  podNamespaceInSearch: true,
  unreadKeys: unreadKeys.microsofts,
  keysWithoutEffect: withoutEffectUnderMicrosofts,
  createsNetwork: true,
};

const sdnOverlay: Mode = {
  ...overlay,
  name: 'sdnoverlay',
  mac: 'hns',
  addedExceptions: 'none',
  providerAddress: false,
  podNamespaceInSearch: true,
  unreadKeys: unreadKeys.microsofts,
  keysWithoutEffect: withoutEffectUnderMicrosofts,
};

/** Every mode there is. The registry of plugins is made from this table. */
export const modes = { bridge, overlay, transparent, nat, sdnBridge, sdnOverlay } as const;

/** The mode that an executable's name stands for. */
export function modeNamed(name: string): Mode | undefined {
  return Object.values(modes).find((mode) => mode.name === name);
}
