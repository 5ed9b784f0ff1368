import { type AddressSource, overtaken } from '../allocation.ts';
import { allocate } from './allocate.ts';
import type { LeasePool } from './leases.ts';
import { holdsAll } from './own-leases.ts';
import { freeOwn } from './release.ts';

/** host-local as the address source of an ADD, in process. */
export function hostLocalSource(leases: LeasePool): AddressSource {
  return {
    repeatable: true,
    allocate: async (reserved) => allocate(leases, reserved),
    holds: async (addresses) => holdsAll(leases, addresses),
    release: async (addresses) => freeOwn(leases, addresses),
    renew: async (addresses) => {
      freeOwn(leases, addresses);
      const taken = addresses.filter((address) => leases.store.take(leases.owner, [address]));
      if (taken.length === addresses.length) return;
      freeOwn(leases, taken);
      throw overtaken(addresses);
    },
  };
}
