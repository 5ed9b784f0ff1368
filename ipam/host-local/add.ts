import { type Address, formatAddress } from '../../cni/address.ts';
import { CniError, code } from '../../cni/error.ts';
import type { Call } from '../../cni/plugin.ts';
import type { IpConfig, Result } from '../../cni/result.ts';
import type { Host } from '../../system/host.ts';
import { type Candidate, candidates } from './allocate.ts';
import { type LeaseConfig, readLeaseConfig } from './config.ts';
import { freeEach } from './del.ts';
import { fewOwn, isOwn } from './owned.ts';
import { describeSet, type RangeSet, rangeFor, withPrefix } from './ranges.ts';
import { readResolvConf } from './resolv-conf.ts';
import { isOwnedBy, openStore, type Store } from './store.ts';

/** What ADD gives. */
export interface Allocation {
  readonly result: Result;
  /** The addresses this call took; the others were this owner's before. */
  readonly fresh: readonly string[];
}

/**
 * How many addresses are tried before the folder is listed. Where one of a hundred is free, a free
 * one is nearly always among so many, and trying them takes less time than listing 60,000 leases.
 */
const blindTries = 1024;

/**
 * ADD: an address of each set of ranges. What the owner holds already is given again, so that an ADD
 * that was cut short can be repeated. On a failure, what this call took is given back, no more.
 * Throws codes 7, 110 (none free) and 111 (the requested one is taken).
 */
export function allocate(
  host: Host,
  call: Call,
  options: { readonly reserved?: readonly string[] } = {},
): Allocation {
  const config = readLeaseConfig(call);
  const dns = config.resolvConf === undefined ? {} : readResolvConf(host, config.resolvConf);
  const store = openStore(host, config.dataDir, call.network);
  const reserved = new Set([...config.reserved.map(formatAddress), ...(options.reserved ?? [])]);
  const wanted = requestedBySet(config);
  const held = fewOwn(host, store, call) ?? [];
  const fresh: Address[] = [];
  try {
    const ips = config.sets.map((set, index): IpConfig => {
      const got = addressFor({
        call,
        store,
        set,
        index,
        reserved,
        held,
        request: wanted.get(index),
      });
      if (!got.held) fresh.push(got.address);
      return ipConfig(set, got.address);
    });
    return {
      result: { interfaces: [], ips, routes: config.routes, dns },
      fresh: fresh.map(formatAddress),
    };
  } catch (error) {
    giveBack(host, store, call, fresh);
    throw error;
  }
}

/** What has been taken in vain goes back; what then fails as well must not hide the first failure. */
function giveBack(host: Host, store: Store, call: Call, addresses: readonly Address[]): void {
  try {
    freeEach(store, addresses, (lease) => isOwnedBy(lease, call.containerId, call.ifName));
  } catch (error) {
    host.log('leases not given back', { error: String(error) });
  }
}

/** The requested address of each set. Throws code 7 when one is of no set, or a set has two. */
function requestedBySet({ requested, sets }: LeaseConfig): ReadonlyMap<number, Address> {
  const bySet = new Map<number, Address>();
  const left = new Set<string>();
  for (const address of requested) {
    const index = sets.findIndex((set) => rangeFor(set, address));
    const other = bySet.get(index);
    if (index < 0 || (other && other.value !== address.value)) left.add(formatAddress(address));
    else bySet.set(index, address);
  }
  if (left.size === 0) return bySet;
  throw new CniError(
    code.invalidConfig,
    `failed to allocate all requested IPs: ${[...left].join(' ')}`,
    `each must be of another set of ranges: ${sets.map(describeSet).join(' | ')}`,
  );
}

interface Search {
  readonly call: Call;
  readonly store: Store;
  readonly set: RangeSet;
  readonly index: number;
  readonly reserved: ReadonlySet<string>;
  readonly held: readonly Address[];
  readonly request: Address | undefined;
}

function addressFor(search: Search): { readonly address: Address; readonly held: boolean } {
  const { call, held, request, store } = search;
  // One file tells whose a requested address is; for any other, the few leases were looked through.
  const own = request ? [request].filter((address) => isOwn(store, call, address)) : held;
  const mine = own.find((address) => mayKeep(search, address));
  if (mine) return { address: mine, held: true };
  return { address: request ? takeRequested(search, request) : takeNext(search), held: false };
}

/** Whether an address that the owner holds would still be given to it. */
function mayKeep({ reserved, set }: Search, address: Address): boolean {
  const range = rangeFor(set, address);
  if (!range || range.gateway === address.value) return false;
  return !reserved.has(formatAddress(address));
}

function takeRequested({ call, reserved, set, store }: Search, address: Address): Address {
  const text = formatAddress(address);
  const range = rangeFor(set, address);
  if (range?.gateway === address.value) {
    throw new CniError(code.addressTaken, `requested ip ${text} is subnet's gateway`);
  }
  if (reserved.has(text)) {
    throw new CniError(
      code.addressTaken,
      `requested IP address ${text} is reserved`,
      "on a bridge, the second address of the subnet is the host's own",
    );
  }
  store.reclaim(address);
  if (store.take(call, [{ address }])) return address;
  throw new CniError(
    code.addressTaken,
    `requested IP address ${text} is not available in range set ${describeSet(set)}`,
    `its lease is held by ${store.lease(address)?.owner?.containerId ?? 'nobody known'}`,
  );
}

function takeNext({ call, index, reserved, set, store }: Search): Address {
  const last = store.last(index);
  const found = store.take(call, untaken(store, candidates(set, last, reserved)));
  if (found) {
    store.rememberLast(index, found.address);
    return found.address;
  }
  throw new CniError(
    code.noAddress,
    `no IP addresses available in range set: ${describeSet(set)}`,
    'every address has a lease: delete pods, enlarge the range, or clean up after pods that are gone (CNI GC)',
  );
}

/**
 * The candidates without a lease. In a folder with many leases, the first are tried blindly: round
 * robin finds one of them free nearly always. Empty leases count once nothing else is left.
 */
function* untaken(store: Store, all: Iterable<Candidate>): Generator<Candidate> {
  let isLeased: ((text: string) => boolean) | undefined;
  const passed: Candidate[] = [];
  for (const candidate of all) {
    if (passed.length === blindTries) isLeased = store.listed();
    if (!isLeased?.(candidate.text)) yield candidate;
    // Whoever comes back for more could not have it.
    passed.push(candidate);
  }
  for (const candidate of passed) if (store.reclaim(candidate.address)) yield candidate;
}

function ipConfig(set: RangeSet, address: Address): IpConfig {
  const range = rangeFor(set, address);
  if (!range) throw new Error(`${formatAddress(address)} is of no range`);
  const gateway = formatAddress({ family: address.family, value: range.gateway });
  return { address: withPrefix(range, address.value), gateway };
}
