import type { Address } from '../../cni/address.ts';
import type { Leases } from './leases.ts';
import { allOwn, fewOwn } from './own-leases.ts';
import { isOwnedBy, type Lease, type Store } from './store.ts';

/**
 * DEL: gives the owner's leases back. Those of `previous`, the addresses of prevResult, are found at
 * once; unless one of them was the owner's, or where there are few, all leases are looked through.
 * What fails is thrown once everything else has been given back.
 */
export function releaseAll(leases: Leases, previous: readonly Address[]): void {
  const known = freeOwn(leases, previous);
  const few = fewOwn(leases);
  if (few) leases.store().sweep();
  if (few || known.length === 0) freeOwn(leases, few ?? allOwn(leases));
}

/** Frees those addresses that the owner holds. Throws the first failure, having tried them all. */
export function freeOwn({ owner, store }: Leases, addresses: readonly Address[]): readonly Lease[] {
  return freeEach(store(), addresses, (lease) => isOwnedBy(lease, owner));
}

/** Frees the leases that may go: those that did. Throws the first failure, having tried them all. */
export function freeEach(
  store: Store,
  addresses: readonly Address[],
  mayGo: (lease: Lease) => boolean,
): readonly Lease[] {
  const failures: unknown[] = [];
  const freed: Lease[] = [];
  for (const address of addresses) {
    try {
      const lease = store.lease(address);
      if (lease && mayGo(lease) && store.free(address, mayGo)) freed.push(lease);
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
  return freed;
}
