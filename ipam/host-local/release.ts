import { type Address, bits, oneOf } from '../../cni/address.ts';
import { isOwnedBy, type Lease } from './lease.ts';
import type { Leases } from './leases.ts';
import { ownAmong } from './own-leases.ts';
import type { Freed } from './store.ts';

/**
 * In a folder of fewer files than this, DEL reads every lease, though it was told some of the pod's. An
 * ADD that was repeated after more than `ownNearby` others may have left a lease that nobody knows of. In
 * a fuller folder such a one is GC's: to read 60,000 leases for each pod takes longer than all the rest.
 */
const fewForDel = 4096;

/** How many addresses on each side of a pod's own are looked at in a fuller folder: two ADDs at once. */
const beside = 64n;

/**
 * DEL: gives the owner's leases back. Those of `previous`, the addresses of prevResult, are found at
 * once; where one of them was not the owner's, or few files are there, all leases are looked through.
 * What fails is thrown once everything else has been given back: so is a lease that cannot be read while
 * it may be the owner's, that is, as long as no prevResult says what the owner has. Gives those that went.
 */
export function releaseAll(leases: Leases, previous: readonly Address[]): readonly Lease[] {
  const { owner, store } = leases;
  const mayGo = (lease: Lease) => isOwnedBy(lease, owner);
  const told = store.free(previous, mayGo);
  const few = store.addressesOfFew(fewForDel);
  const isWhole = previous.length > 0 && told.freed.length === previous.length;
  const others = few ?? (isWhole ? previous.flatMap(nearby) : store.addresses());
  const { own, unreadable } = ownAmong(leases, others);
  const found = store.free(own, mayGo);
  const late = few && found.freed.length > 0 ? freeLate(leases, few) : nothingFreed;
  if (few) store.sweep();
  const mayBeOwn = previous.length === 0 ? unreadable : [];
  throwFirst([...told.failures, ...found.failures, ...late.failures, ...mayBeOwn]);
  return [...told.freed, ...found.freed, ...late.freed];
}

const nothingFreed: Freed = { freed: [], failures: [] };

/**
 * Frees what the owner has got since the folder was read: an ADD of the same pod that runs at the same time
 * takes one address after the other. Only names that were not there are looked at.
 */
function freeLate(leases: Leases, seen: readonly Address[]): Freed {
  const { owner, store } = leases;
  const wasSeen = oneOf(seen);
  const others = store.addresses().filter((address) => !wasSeen(address));
  const { own, unreadable } = ownAmong(leases, others);
  const { failures, freed } = store.free(own, (lease) => isOwnedBy(lease, owner));
  return { freed, failures: [...failures, ...unreadable] };
}

/** Frees those addresses that the owner holds. Throws the first failure, having tried them all. */
export function freeOwn({ owner, store }: Leases, addresses: readonly Address[]): void {
  throwFirst(store.free(addresses, (lease) => isOwnedBy(lease, owner)).failures);
}

export function throwFirst(failures: readonly unknown[]): void {
  if (failures.length > 0) throw failures[0];
}

function nearby({ family, value }: Address): readonly Address[] {
  const list: Address[] = [];
  for (let at = value - beside; at <= value + beside; at++) {
    if (at >= 0n && at >> BigInt(bits(family)) === 0n) list.push({ family, value: at });
  }
  return list;
}
