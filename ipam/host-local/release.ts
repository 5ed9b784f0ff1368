import { type Address, bits, oneOf } from '../../cni/address.ts';
import { isOwnedBy, type Lease } from './lease.ts';
import type { Leases } from './leases.ts';
import { ownAmong } from './own-leases.ts';
import type { Freed, Store } from './store.ts';

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
  const unreadable: unknown[] = [];
  const ownIn = (addresses: readonly Address[]) => {
    const found = ownAmong(leases, addresses);
    unreadable.push(...found.unreadable);
    return found.own;
  };
  const found = freeUntilNone(store, {
    first: others,
    among: ownIn,
    mayGo,
    looks: few ? undefined : 1,
  });
  if (few) store.sweep();
  const mayBeOwn = previous.length === 0 ? unreadable : [];
  throwFirst([...told.failures, ...found.failures, ...mayBeOwn]);
  return [...told.freed, ...found.freed];
}

/** How often leases are looked for: more only where ADDs of the same pod go on and on. */
const mostLooks = 5;

/**
 * Frees what is to go among some addresses, and then what has come since: an ADD that runs at the same time
 * takes one address after the other. It is looked again until nothing is found; only names that were not
 * there, or that were freed, are looked at.
 * @param among which of some addresses are to go
 */
export function freeUntilNone(
  store: Store,
  search: {
    readonly first: readonly Address[];
    readonly among: (addresses: readonly Address[]) => readonly Address[];
    readonly mayGo: (lease: Lease) => boolean;
    readonly looks?: number | undefined;
  },
): Freed {
  const { among, first, looks = mostLooks, mayGo } = search;
  const freed: Lease[] = [];
  const failures: unknown[] = [];
  let seen: readonly Address[] = [];
  let fresh = first;
  for (let look = 1; ; look++) {
    const gone = store.free(among(fresh), mayGo);
    freed.push(...gone.freed);
    failures.push(...gone.failures);
    if (gone.freed.length === 0 || look >= looks) return { freed, failures };
    const isFree = oneOf(gone.freed.map(({ address }) => address));
    seen = [...seen, ...fresh].filter((address) => !isFree(address));
    const wasSeen = oneOf(seen);
    fresh = store.addresses().filter((address) => !wasSeen(address));
  }
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
