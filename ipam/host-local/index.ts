import { type Address, formatAddress, parseAddress } from '../../plugins/cni/address.ts';
import { CniError, code } from '../../plugins/cni/error.ts';
import type { Host } from '../../plugins/cni/host.ts';
import type { Call, Plugin } from '../../plugins/cni/plugin.ts';
import type { IpConfig, Result } from '../../plugins/cni/result.ts';
import { prevResultOf } from '../../plugins/cni/result-versions.ts';
import { validAttachments } from '../../plugins/cni/valid-attachments.ts';
import { candidates, usage } from './allocate.ts';
import { type LeaseConfig, readDataDir, readLeaseConfig } from './config.ts';
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
 * In a folder of up to so many files, every lease is read to find an owner's. A node has some 250
 * pods; reading the 60,000 leases of a large one would take longer than all the rest.
 */
const fewLeases = 512;

/** How many addresses are tried before the folder is listed, in one with many leases. */
const blindTries = 32;

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
  const taken = new Map(config.requested.map((address) => [formatAddress(address), address]));
  const wanted = requestedBySet(config, taken);
  const held = ownLeases(store, call).filter((address) => !reserved.has(formatAddress(address)));
  const fresh: Address[] = [];
  try {
    const ips = config.sets.map((set, index): IpConfig => {
      const got = addressFor({ call, store, set, index, reserved, held, request: wanted[index] });
      if (!got.held) fresh.push(got.address);
      return ipConfig(set, got.address);
    });
    return {
      result: { interfaces: [], ips, routes: config.routes, dns },
      fresh: fresh.map(formatAddress),
    };
  } catch (error) {
    for (const address of fresh) store.free(address);
    throw error;
  }
}

/** Which set each requested address is of. Throws code 7 when one is of none, or a set has two. */
function requestedBySet(config: LeaseConfig, requested: ReadonlyMap<string, Address>) {
  const open = new Map(requested);
  const bySet = config.sets.map((set) => {
    const found = [...open].find(([, address]) => rangeFor(set, address));
    if (found) open.delete(found[0]);
    return found?.[1];
  });
  if (open.size === 0) return bySet;
  throw new CniError(
    code.invalidConfig,
    `failed to allocate all requested IPs: ${[...open.keys()].join(' ')}`,
    `each must be of another set of ranges: ${config.sets.map(describeSet).join(' | ')}`,
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
  const { held, request, set } = search;
  const mine = held.find(
    (address) =>
      rangeFor(set, address) && (!request || formatAddress(request) === formatAddress(address)),
  );
  if (mine) return { address: mine, held: true };
  return { address: request ? takeRequested(search, request) : takeNext(search), held: false };
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
  // Taken by this very owner, in a folder too large to have been searched.
  const lease = store.lease(address);
  if (lease && isOwnedBy(lease, call.containerId, call.ifName)) return address;
  throw new CniError(
    code.addressTaken,
    `requested IP address ${text} is not available in range set ${describeSet(set)}`,
    `its lease is held by ${lease?.owner?.containerId ?? 'nobody known'}`,
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
function* untaken<C extends { readonly address: Address; readonly text: string }>(
  store: Store,
  all: Iterable<C>,
): Generator<C> {
  let names: ReadonlySet<string> | undefined;
  const passed: C[] = [];
  let tried = 0;
  for (const candidate of all) {
    if (names === undefined && tried >= blindTries) {
      names = new Set(store.addresses().map(formatAddress));
    }
    tried++;
    if (!names?.has(candidate.text)) yield candidate;
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

/** The addresses an owner holds, where they can be found without reading very many files. */
function ownLeases(store: Store, call: Call): Address[] {
  const some = store.addresses(fewLeases);
  return some.length < fewLeases ? ownAmong(store, call, some) : [];
}

function ownAmong(store: Store, call: Call, addresses: readonly Address[]): Address[] {
  return addresses.filter((address) => {
    const lease = store.lease(address);
    return lease !== undefined && isOwnedBy(lease, call.containerId, call.ifName);
  });
}

/** Whether an owner has leases of all these addresses. A file each is read. */
export function holdsAll(host: Host, call: Call, addresses: readonly string[]): boolean {
  const store = openStore(host, readDataDir(call), call.network);
  const parsed = addresses.flatMap((text) => parseAddress(text) ?? []);
  return (
    parsed.length === addresses.length && ownAmong(store, call, parsed).length === parsed.length
  );
}

/**
 * DEL: gives an owner's leases back, or only those of these addresses. Those prevResult names are
 * found at once; unless it names any, or where there are few, all leases are looked through.
 */
export function release(host: Host, call: Call, only?: readonly string[]): void {
  const store = openStore(host, readDataDir(call), call.network);
  const freed = (addresses: readonly Address[]) =>
    ownAmong(store, call, addresses).filter((address) => store.free(address));
  if (only) {
    freed(only.flatMap((text) => parseAddress(text) ?? []));
    return;
  }
  const known = freed(previousAddresses(call));
  const some = store.addresses(fewLeases);
  if (known.length > 0 && some.length >= fewLeases) return;
  freed(some.length < fewLeases ? some : store.addresses());
}

/** The addresses of prevResult. One that cannot be read must not keep a lease from being freed. */
function previousAddresses(call: Call): Address[] {
  try {
    const ips = prevResultOf(call)?.ips ?? [];
    return ips.flatMap((ip) => parseAddress(ip.address.split('/')[0] ?? '') ?? []);
  } catch {
    return [];
  }
}

/** CHECK: the owner has a lease, and one of each address of prevResult. Throws code 112. */
export function checkLease(host: Host, call: Call): void {
  const { dataDir, sets } = readLeaseConfig(call);
  const store = openStore(host, dataDir, call.network);
  const expected = previousAddresses(call).filter((address) =>
    sets.some((set) => rangeFor(set, address)),
  );
  for (const address of expected) {
    const owner = store.lease(address)?.owner;
    if (owner && isOwnedBy({ address, owner }, call.containerId, call.ifName)) continue;
    throw new CniError(
      code.leaseMissing,
      `the lease of ${formatAddress(address)} is not held by ${call.containerId}`,
      owner
        ? `it is held by ${owner.containerId}`
        : 'there is none: the address may be given to another pod',
    );
  }
  if (expected.length > 0 || ownAmong(store, call, store.addresses()).length > 0) return;
  throw new CniError(
    code.leaseMissing,
    `failed to find an address of container ${call.containerId}`,
    'delete the pod and add it again',
  );
}

/** kube-proxy's source address on an overlay is leased under this container id. */
const sourceVipOwner = 'dummy';

/** GC: gives back the leases of what is no valid attachment, and sweeps up after killed processes. */
export function collect(host: Host, call: Call): void {
  const valid = validAttachments(call);
  const store = openStore(host, readDataDir(call), call.network);
  for (const address of store.addresses()) {
    const lease = store.lease(address);
    if (!lease) continue;
    if (!lease.owner) {
      store.reclaim(address);
      continue;
    }
    // Without the list, nobody knows what is stale.
    if (!valid || lease.owner.containerId === sourceVipOwner) continue;
    const stays = valid.some(({ containerId, ifName }) => isOwnedBy(lease, containerId, ifName));
    if (!stays && store.free(address)) {
      host.log('lease collected', { address: formatAddress(address), owner: lease.owner });
    }
  }
  store.sweep();
}

/** STATUS: leases can be written, and addresses are left. Throws 50 when none is, 51 under 5 %. */
export function status(host: Host, call: Call): void {
  const config = readLeaseConfig(call);
  const store = openStore(host, config.dataDir, call.network);
  store.probe();
  const leased = store.addresses();
  for (const set of config.sets) {
    const { size, taken } = usage(set, leased, config.reserved);
    const free = size - taken;
    const counts = `${free} of ${size} addresses are free in range set ${describeSet(set)}`;
    const remedy = 'delete pods, enlarge the range, or clean up after pods that are gone (CNI GC)';
    if (free <= 0n) throw new CniError(code.unavailable, counts, remedy);
    if (free * 20n < size) throw new CniError(code.limited, counts, remedy);
  }
}

/** host-local, as the executable of that name. */
export function hostLocal(host: Host): Plugin {
  return {
    name: 'host-local',
    add: async (call) => allocate(host, call).result,
    del: async (call) => release(host, call),
    check: async (call) => checkLease(host, call),
    gc: async (call) => collect(host, call),
    status: async (call) => status(host, call),
  };
}
