import {
  type Address,
  addressOf,
  cidrOf,
  formatAddress,
  oneOf,
  sameAddress,
} from '../../cni/address.ts';
import { CniError, code, withLeftovers } from '../../cni/error.ts';
import { type AllocatedIp, type Allocation, overtaken } from '../allocation.ts';
import { candidates } from './candidates.ts';
import type { Pool } from './config.ts';
import type { LeasePool, Leases } from './leases.ts';
import { holdsAll, isOwn, knownOwn } from './own-leases.ts';
import { describeSet, type RangeSet, rangeFor } from './ranges.ts';
import { freeOwn } from './release.ts';
import { readResolvConf } from './resolv-conf.ts';
import type { Store } from './store.ts';

/**
 * How many addresses are tried before the folder is listed. Where one of a hundred is free, a free
 * one is nearly always among so many, and trying them takes less time than listing 60,000 leases.
 */
const blindTries = 1024;

/**
 * ADD: an address of each set of ranges. What the owner holds already is given again, so that an ADD
 * that was cut short can be repeated. On a failure, what this call took is given back, no more.
 * Throws codes 5 (resolvConf), 7, 110 (none free) and 111 (the requested one is taken).
 */
export function allocate(leases: LeasePool, reserved: readonly Address[]): Allocation {
  const { requested, resolvConf, routes, sets } = leases.pool;
  const dns = resolvConf === undefined ? {} : readResolvConf(leases.host, resolvConf);
  const wanted = requestedBySet({ requested, sets });
  leases.store.prepare();
  const held = knownOwn(leases);
  const isReserved = oneOf([...leases.pool.reserved, ...reserved]);
  const allocated: Address[] = [];
  try {
    const ips = sets.map((set, index) => {
      const search = { leases, set, index, isReserved };
      const request = wanted.get(index);
      const kept = keptAddress(search, held, request);
      if (kept) return allocatedIp(set, kept);
      if (request) assertHoldsNone(search, held, request);
      const taken = request ? takeRequested(search, request) : takeNext(search);
      allocated.push(taken);
      return allocatedIp(set, taken);
    });
    return { ips, routes, dns, allocated };
  } catch (error) {
    throw withLeftovers(error, giveBack(leases, allocated));
  }
}

/**
 * The same for who answers at once: the leases are looked at once more. A DEL of the same pod, or a GC with
 * an older list, may have given them back meanwhile, and another pod have got them. Throws code 11 then.
 */
export function allocateKept(leases: LeasePool): Allocation {
  const allocation = allocate(leases, []);
  const addresses = allocation.ips.map(({ cidr }) => addressOf(cidr));
  try {
    if (holdsAll(leases, addresses)) return allocation;
    throw overtaken(addresses);
  } catch (error) {
    throw withLeftovers(error, giveBack(leases, allocation.allocated));
  }
}

/** After a failure, what was taken goes back; a failure of that must not hide the first one. Gives what stays. */
function giveBack(leases: Leases, addresses: readonly Address[]): readonly string[] {
  try {
    freeOwn(leases, addresses);
    return [];
  } catch (error) {
    leases.host.log('leases not given back', { error: String(error) });
    return [`lease of ${addresses.map(formatAddress).join(', ')}`];
  }
}

/** The requested address of each set. Throws code 7 when one is of no set, or a set has two. */
function requestedBySet({
  requested,
  sets,
}: Pick<Pool, 'requested' | 'sets'>): ReadonlyMap<number, Address> {
  const bySet = new Map<number, Address>();
  const left = new Set<string>();
  for (const address of requested) {
    const index = sets.findIndex((set) => rangeFor(set, address));
    const other = bySet.get(index);
    if (index < 0 || (other && !sameAddress(other, address))) left.add(formatAddress(address));
    else bySet.set(index, address);
  }
  if (left.size === 0) return bySet;
  throw new CniError(
    code.invalidConfig,
    `failed to allocate all requested IPs: ${[...left].join(' ')}`,
    `each must be of another set of ranges: ${sets.map(describeSet).join(' | ')}`,
  );
}

/** What an address of one set is searched with. */
interface Search {
  readonly leases: Leases;
  readonly set: RangeSet;
  /** The set's place in the configuration. */
  readonly index: number;
  readonly isReserved: (address: Address) => boolean;
}

/** The address of the set that the owner holds already, if it would still be given to it. */
function keptAddress(
  search: Search,
  held: readonly Address[],
  request: Address | undefined,
): Address | undefined {
  const { isReserved, leases, set } = search;
  // One file tells whose a requested address is; for any other, the few leases were looked through.
  const own = request ? [request].filter((address) => isOwn(leases, address)) : held;
  return own.find((address) => {
    const range = rangeFor(set, address);
    return range && range.gateway !== address.value && !isReserved(address);
  });
}

/** Throws code 111 when the owner asks for another address of a set than it has: it would have both. */
function assertHoldsNone(
  { leases, set }: Search,
  held: readonly Address[],
  request: Address,
): void {
  const other = held.find((address) => rangeFor(set, address));
  if (!other) return;
  const { containerId, ifName } = leases.owner;
  throw new CniError(
    code.addressTaken,
    `${formatAddress(other)} has been allocated to ${containerId} (${ifName}), which now asks for ${formatAddress(request)}`,
    'delete the pod first: DEL gives an address back',
  );
}

function takeRequested({ index, isReserved, leases, set }: Search, address: Address): Address {
  const text = formatAddress(address);
  if (rangeFor(set, address)?.gateway === address.value) {
    throw new CniError(code.addressTaken, `requested ip ${text} is subnet's gateway`);
  }
  if (isReserved(address)) {
    throw new CniError(
      code.addressTaken,
      `requested IP address ${text} is reserved`,
      "on a bridge, the second address of the subnet is the host's own",
    );
  }
  const store = leases.store;
  store.reclaim(address);
  if (store.take(leases.owner, [address])) {
    // The next one is looked for behind it, as the reference does.
    store.rememberLast(index, address);
    return address;
  }
  throw new CniError(
    code.addressTaken,
    `requested IP address ${text} is not available in range set ${describeSet(set)}`,
    `its lease is held by ${store.lease(address)?.owner?.containerId ?? 'nobody known'}`,
  );
}

function takeNext({ index, isReserved, leases, set }: Search): Address {
  const store = leases.store;
  const inTurn = candidates(set, store.last(index), isReserved);
  const found = store.take(leases.owner, untaken(store, inTurn));
  if (found) {
    store.rememberLast(index, found);
    return found;
  }
  throw new CniError(
    code.noAddress,
    `no IP addresses available in range set: ${describeSet(set)}`,
    'every address has a lease: delete pods, enlarge the range, or clean up after pods that are gone (CNI GC)',
  );
}

/**
 * The addresses without a lease. In a folder with many leases, the first are tried blindly: round
 * robin finds one of them free nearly always. Empty leases count once nothing else is left.
 */
function* untaken(store: Store, all: Iterable<Address>): Generator<Address> {
  let isLeased: ((address: Address) => boolean) | undefined;
  const passed: Address[] = [];
  for (const address of all) {
    if (passed.length === blindTries) isLeased = store.listed();
    if (!isLeased?.(address)) yield address;
    // The caller asks for the next one only because this one could not be taken.
    passed.push(address);
  }
  for (const address of passed) if (store.reclaim(address)) yield address;
}

function allocatedIp(set: RangeSet, address: Address): AllocatedIp {
  const range = rangeFor(set, address);
  if (!range) throw new Error(`${formatAddress(address)} is of no range`);
  const { family } = address;
  return {
    cidr: cidrOf(address, range.subnet.prefixLength),
    gateway: { family, value: range.gateway },
  };
}
