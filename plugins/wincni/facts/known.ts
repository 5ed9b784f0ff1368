import type { Facts } from './facts.ts';

/**
 * Whether nothing is known of a node that any check could look at: without rights, without HNS, without
 * a file of a runtime's. That is no well node.
 */
export function isBlind({
  configurations,
  containerd,
  hns,
  looks,
  services,
  windows,
}: Facts): boolean {
  const isFound = looks.some(({ leases, scratch }) => leases.length + scratch.length > 0);
  const answers = hns?.ways.some(({ version }) => version !== undefined) ?? false;
  return !(windows || services || containerd || answers || isFound || configurations.length > 0);
}
