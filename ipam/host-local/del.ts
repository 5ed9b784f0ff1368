import { type Address, parseAddress } from '../../cni/address.ts';
import type { Call } from '../../cni/plugin.ts';
import type { Host } from '../../system/host.ts';
import { readDataDir } from './config.ts';
import { allOwn, fewOwn, previousAddresses } from './owned.ts';
import { isOwnedBy, type Lease, openStore, type Store } from './store.ts';

/**
 * DEL: gives an owner's leases back, or only those of these addresses. Those prevResult names are
 * found at once; unless it names any, or where there are few, all leases are looked through. What
 * fails is thrown once everything else has been given back.
 */
export function release(host: Host, call: Call, only?: readonly string[]): void {
  const store = openStore(host, readDataDir(call), call.network);
  const freed = (addresses: readonly Address[]) =>
    freeEach(store, addresses, (lease) => isOwnedBy(lease, call.containerId, call.ifName));
  if (only) {
    freed(only.flatMap((text) => parseAddress(text) ?? []));
    return;
  }
  const known = freed(previousAddresses(call));
  const few = fewOwn(host, store, call);
  if (few) store.sweep();
  if (few || known.length === 0) freed(few ?? allOwn(host, store, call));
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
