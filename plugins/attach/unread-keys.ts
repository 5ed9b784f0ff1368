/**
 * Keys that the reference plugin of a name never reads, though ours does: their paths, with all below
 * them. Taken from the structures the reference decodes a configuration into (its NetConf, Microsoft's
 * NetworkConfig).
 */

/** Ours, and what host-local alone reads, which says itself what is wrong there. */
const unreadByAll = [
  'hns',
  'createNetwork',
  'vni',
  'HcnPolicyArgs',
  'otherIpMasqNetworks',
  'ipam.gateway',
  'ipam.ranges',
  'runtimeConfig.mac',
  'runtimeConfig.ips',
  'runtimeConfig.ipRanges',
  'args',
];

/** Microsoft's keys, and what their plugins alone read of those that all have. */
const unreadByContainernetworking = [
  ...unreadByAll,
  'AdditionalArgs',
  'optionalFlags',
  'additionalRoutes',
  'master',
  'ipam.subnet',
  'ipam.routes',
  'runtimeConfig.dns.options',
];

export const unreadKeys = {
  winBridge: [...unreadByContainernetworking, 'ipMasq', 'endpointMacPrefix'],
  winOverlay: [...unreadByContainernetworking, 'ipMasqNetwork'],
  microsofts: [...unreadByAll, 'policies'],
} as const satisfies Readonly<Record<string, readonly string[]>>;

/** Keys that Microsoft's plugins do not read, and that have no effect under their names here either. */
export const withoutEffectUnderMicrosofts: readonly string[] = [
  'apiVersion',
  'ipMasq',
  'ipMasqNetwork',
  'otherIpMasqNetworks',
  'endpointMacPrefix',
  'loopbackDSR',
  'master',
];

/** Whether a key, or one above it, is among the paths of a list. */
export function isUnder(paths: readonly string[], key: string): boolean {
  const folded = key.toLowerCase();
  return paths.some((path) => `${folded}.`.startsWith(`${path.toLowerCase()}.`));
}
