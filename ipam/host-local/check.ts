import { type Address, formatAddress } from '../../cni/address.ts';
import { CniError, code } from '../../cni/error.ts';
import type { LeasePool } from './leases.ts';
import { isOwn, ownAmong } from './own-leases.ts';
import { rangeFor } from './ranges.ts';
import { throwFirst } from './release.ts';

/** CHECK: the owner has a lease, and one of each address of prevResult. Throws codes 5, 7 and 112. */
export function assertHeld(leases: LeasePool, previous: readonly Address[]): void {
  const { owner, store } = leases;
  const { sets } = leases.pool;
  const expected = previous.filter((address) => sets.some((set) => rangeFor(set, address)));
  for (const address of expected) {
    if (isOwn(leases, address)) continue;
    const holder = store.lease(address)?.owner;
    throw new CniError(
      code.leaseMissing,
      `the lease of ${formatAddress(address)} is not held by ${owner.containerId}`,
      holder
        ? `it is held by ${holder.containerId}${holder.ifName === undefined ? '' : `, ${holder.ifName}`}`
        : 'there is none: the address may be given to another pod',
    );
  }
  if (expected.length > 0) return;
  const { own, unreadable } = ownAmong(leases, store.addresses());
  if (own.length > 0) return;
  // It may be the one that cannot be read.
  throwFirst(unreadable);
  throw new CniError(
    code.leaseMissing,
    `failed to find an address of container ${owner.containerId}`,
    'delete the pod and add it again',
  );
}
