import { type Address, formatAddress, parseAddress } from '../../cni/address.ts';
import type { Call } from '../../cni/plugin.ts';
import { prevResultOf } from '../../cni/read-result.ts';
import { isSystemError } from '../../system/errors.ts';
import type { Host } from '../../system/host.ts';
import { readDataDir } from './config.ts';
import { isOwnedBy, type Lease, openStore, type Store } from './store.ts';

/**
 * In a folder of fewer files than this, every lease is read to find an owner's. A node has some 250
 * pods; reading the 60,000 leases of a large one would take longer than all the rest.
 */
const fewLeases = 512;

/** The addresses an owner holds; undefined where too many files would have to be read for it. */
export function fewOwn(host: Host, store: Store, call: Call): Address[] | undefined {
  const some = store.addressesOfFew(fewLeases);
  return some && ownAmong(host, store, call, some);
}

/** The addresses an owner holds, however many there are. */
export function allOwn(host: Host, store: Store, call: Call): Address[] {
  return ownAmong(host, store, call, store.addresses());
}

function ownAmong(host: Host, store: Store, call: Call, addresses: readonly Address[]): Address[] {
  return addresses.filter((address) => {
    const lease = legible(host, store, address);
    return lease !== undefined && isOwnedBy(lease, call.containerId, call.ifName);
  });
}

/**
 * A lease, for who reads many. One that cannot be read is passed over, and logged: it must not keep
 * every other pod of the node from being added or deleted.
 */
function legible(host: Host, store: Store, address: Address): Lease | undefined {
  try {
    return store.lease(address);
  } catch (error) {
    if (!isSystemError(error)) throw error;
    host.log('lease not readable', { address: formatAddress(address), error: String(error) });
    return undefined;
  }
}

/** Whether an owner holds an address. Throws what keeps that lease from being read. */
export function isOwn(store: Store, call: Call, address: Address): boolean {
  const lease = store.lease(address);
  return lease !== undefined && isOwnedBy(lease, call.containerId, call.ifName);
}

/** Whether an owner has leases of all these addresses. A file each is read. */
export function holdsAll(host: Host, call: Call, addresses: readonly string[]): boolean {
  const store = openStore(host, readDataDir(call), call.network);
  return addresses.every((text) => {
    const address = parseAddress(text);
    return address !== undefined && isOwn(store, call, address);
  });
}

/** The addresses of prevResult. One that cannot be read must not keep a lease from being freed. */
export function previousAddresses(call: Call): Address[] {
  try {
    const ips = prevResultOf(call)?.ips ?? [];
    return ips.flatMap((ip) => parseAddress(ip.address.split('/')[0] ?? '') ?? []);
  } catch {
    return [];
  }
}
