import { oneOf } from '../../cni/address.ts';
import { type AddressSource, overtaken } from '../allocation.ts';
import { allocate } from './allocate.ts';
import type { LeasePool } from './leases.ts';
import { holdsAll, isOwn } from './own-leases.ts';
import { freeOwn } from './release.ts';

/** host-local as the address source of an ADD, in process. */
export function hostLocalSource(leases: LeasePool): AddressSource {
  return {
    repeatable: true,
    allocate: async (reserved) => allocate(leases, reserved),
    holds: async (addresses) => holdsAll(leases, addresses),
    release: async (addresses) => freeOwn(leases, addresses),
    renew: async (addresses) => {
      const before = addresses.filter((address) => isOwn(leases, address));
      freeOwn(leases, addresses);
      const taken = addresses.filter((address) => leases.store.take(leases.owner, [address]));
      const wasHeld = oneOf(before);
      if (taken.length === addresses.length) return taken.filter((address) => !wasHeld(address));
      freeOwn(leases, taken);
      throw overtaken(addresses);
    },
  };
}
