import { type Address, formatAddress } from '../../cni/address.ts';
import { isSystemError } from '../../system/errors.ts';
import type { Leases } from './leases.ts';
import { isOwnedBy, type Lease } from './store.ts';

/**
 * In a folder of fewer files than this, every lease is read to find an owner's. A node has some 250
 * pods; reading the 60,000 leases of a large one would take longer than all the rest.
 */
const fewLeases = 512;

/** The addresses the owner holds; undefined where too many files would have to be read for it. */
export function fewOwn(leases: Leases): readonly Address[] | undefined {
  const some = leases.store().addressesOfFew(fewLeases);
  return some && ownAmong(leases, some);
}

/** The addresses the owner holds, however many leases there are. */
export function allOwn(leases: Leases): readonly Address[] {
  return ownAmong(leases, leases.store().addresses());
}

function ownAmong(leases: Leases, addresses: readonly Address[]): readonly Address[] {
  return addresses.filter((address) => {
    const lease = leaseIfReadable(leases, address);
    return lease !== undefined && isOwnedBy(lease, leases.owner);
  });
}

/**
 * A lease, for who reads many. One that cannot be read is passed over, and logged: it must not keep
 * every other pod of the node from being added or deleted.
 */
function leaseIfReadable({ host, store }: Leases, address: Address): Lease | undefined {
  try {
    return store().lease(address);
  } catch (error) {
    if (!isSystemError(error)) throw error;
    host.log('lease not readable', { address: formatAddress(address), error: String(error) });
    return undefined;
  }
}

/** Whether the owner holds an address. Throws what keeps that lease from being read. */
export function isOwn({ owner, store }: Leases, address: Address): boolean {
  const lease = store().lease(address);
  return lease !== undefined && isOwnedBy(lease, owner);
}

/** Whether the owner holds all these addresses. A file each is read. */
export function holdsAll(leases: Leases, addresses: readonly Address[]): boolean {
  return addresses.every((address) => isOwn(leases, address));
}
