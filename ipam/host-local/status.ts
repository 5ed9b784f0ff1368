import { type Address, oneOf } from '../../cni/address.ts';
import { CniError, code } from '../../cni/error.ts';
import type { Call } from '../../cni/plugin.ts';
import { isSystemError } from '../../system/errors.ts';
import type { Host } from '../../system/host.ts';
import { readHostLocalConfig } from './config.ts';
import { describeSet, type RangeSet, rangeFinder } from './ranges.ts';
import { openStore } from './store.ts';

/**
 * STATUS: leases can be written. Throws codes 7 and 50. That few addresses are free, or none, is only
 * logged: a runtime takes any error for "cannot serve ADD" (SPEC.md, STATUS), containerd then reports the
 * node not ready, and its pods, which have their addresses, would be evicted. ADD fails with code 110.
 */
export function status(host: Host, call: Call): void {
  const config = readHostLocalConfig(call);
  const { reserved, sets } = config.pool();
  const leased = leasedNow(host, config.dataDir, call.network);
  for (const set of sets) {
    const { size, taken } = usage(set, leased, reserved);
    const free = size - taken;
    const counts = `${free} of ${size} addresses are free in range set ${describeSet(set)}`;
    const remedy = 'delete pods, enlarge the range, or clean up after pods that are gone (CNI GC)';
    if (free <= 0n) host.log('no address is free', { counts, remedy });
    else if (free * 20n < size) host.log('few addresses are free', { counts, remedy });
  }
}

/** The addresses with a lease, of a folder that can be written to. Throws code 50. */
function leasedNow(host: Host, dataDir: string, network: string): readonly Address[] {
  try {
    const store = openStore(host, dataDir, network);
    store.probe();
    return store.addresses();
  } catch (error) {
    // The specification has one code for "cannot serve ADD", whatever the reason.
    if (!isSystemError(error)) throw error;
    throw new CniError(
      code.unavailable,
      `leases cannot be written below ${dataDir}`,
      `${error.message}: run as an administrator (SYSTEM), and check the folder and its disk`,
      { cause: error },
    );
  }
}

/** How many addresses a set can give, and how many of those are taken. */
export function usage(
  set: RangeSet,
  leased: readonly Address[],
  reserved: readonly Address[],
): { readonly size: bigint; readonly taken: bigint } {
  const rangeOf = rangeFinder(set);
  const inSet = (address: Address) => rangeOf(address) !== undefined;
  const gateways = set.map(({ gateway, subnet }) => ({ family: subnet.family, value: gateway }));
  const closed = [...reserved, ...gateways].filter(inSet);
  const isClosed = oneOf(closed);
  // A set has one family: within it, addresses differ by their value.
  const closedCount = new Set(closed.map(({ value }) => value)).size;
  const size = set.reduce((sum, { start, end }) => sum + (end - start + 1n), 0n);
  const taken = leased.filter((address) => inSet(address) && !isClosed(address));
  return { size: size - BigInt(closedCount), taken: BigInt(taken.length) };
}
