import { type Address, parseAddress } from '../../plugins/cni/address.ts';
import type { Host } from '../../plugins/cni/host.ts';
import type { Call } from '../../plugins/cni/plugin.ts';
import { readDataDir } from './config.ts';
import { allOwn, fewOwn, isOwn, previousAddresses } from './owned.ts';
import { openStore, type Store } from './store.ts';

/**
 * DEL: gives an owner's leases back, or only those of these addresses. Those prevResult names are
 * found at once; unless it names any, or where there are few, all leases are looked through. What
 * fails is thrown once everything else has been given back.
 */
export function release(host: Host, call: Call, only?: readonly string[]): void {
  const store = openStore(host, readDataDir(call), call.network);
  const freed = (addresses: readonly Address[]) =>
    freeEach(store, addresses, (address) => isOwn(store, call, address));
  if (only) {
    freed(only.flatMap((text) => parseAddress(text) ?? []));
    return;
  }
  const known = freed(previousAddresses(call));
  const few = fewOwn(host, store, call);
  if (few) store.sweep();
  if (few || known === 0) freed(few ?? allOwn(host, store, call));
}

/**
 * Frees the leases that may go, and tells how many did. Throws the first failure, having tried them
 * all.
 */
export function freeEach(
  store: Store,
  addresses: readonly Address[],
  mayGo: (address: Address) => boolean,
): number {
  const failures: unknown[] = [];
  let count = 0;
  for (const address of addresses) {
    try {
      if (mayGo(address) && store.free(address)) count++;
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
  return count;
}
