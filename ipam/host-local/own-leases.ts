import { type Address, formatAddress } from '../../cni/address.ts';
import { isSystemError } from '../../system/errors.ts';
import { around } from './candidates.ts';
import { isOwnedBy } from './lease.ts';
import type { LeasePool, Leases } from './leases.ts';

/**
 * In a folder of fewer files than this, ADD reads every lease to find its owner's. A node has some 250
 * pods; reading the 60,000 leases of a large one would take longer than all the rest.
 */
const fewForAdd = 512;

/**
 * How many addresses ADD looks at in a fuller folder, of each set: so many before the last one that was
 * given, and some behind it, for a process that was killed before it wrote down what it had taken.
 */
const ownNearby = { before: 256, behind: 64 };

/** What was found among some leases. */
export interface Search {
  readonly own: readonly Address[];
  /** What kept leases from being read: they may be anybody's. */
  readonly unreadable: readonly unknown[];
}

/**
 * The addresses the owner holds, as far as ADD looks: all of them in a folder of few files. In a fuller one
 * those near the last that was given, for an ADD is repeated soon or not at all.
 */
export function knownOwn(leases: LeasePool): readonly Address[] {
  const { pool, store } = leases;
  const few = store.addressesOfFew(fewForAdd);
  const near = () => pool.sets.flatMap((set, index) => around(set, store.last(index), ownNearby));
  return ownAmong(leases, few ?? near()).own;
}

/**
 * The owner's among some addresses. A lease that cannot be read is passed over, and logged: it must not
 * keep every other pod of the node from being added or deleted.
 */
export function ownAmong({ host, owner, store }: Leases, addresses: readonly Address[]): Search {
  const unreadable: unknown[] = [];
  const own = addresses.filter((address) => {
    try {
      const lease = store.lease(address);
      return lease !== undefined && isOwnedBy(lease, owner);
    } catch (error) {
      if (!isSystemError(error)) throw error;
      host.log('lease not readable', { address: formatAddress(address), error: error.message });
      unreadable.push(error);
      return false;
    }
  });
  return { own, unreadable };
}

/** Whether the owner holds an address. Throws what keeps that lease from being read. */
export function isOwn({ owner, store }: Leases, address: Address): boolean {
  const lease = store.lease(address);
  return lease !== undefined && isOwnedBy(lease, owner);
}

/** Whether the owner holds all these addresses. A file each is read. */
export function holdsAll(leases: Leases, addresses: readonly Address[]): boolean {
  return addresses.every((address) => isOwn(leases, address));
}
