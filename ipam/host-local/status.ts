import { CniError, code } from '../../cni/error.ts';
import type { Call } from '../../cni/plugin.ts';
import { isSystemError } from '../../system/errors.ts';
import type { Host } from '../../system/host.ts';
import { usage } from './allocate.ts';
import { type LeaseConfig, readLeaseConfig } from './config.ts';
import { describeSet } from './ranges.ts';
import { openStore, type Store } from './store.ts';

/**
 * STATUS: leases can be written, and addresses are left. Throws code 50 when not. Few addresses are
 * only logged: a runtime takes any error for "cannot serve ADD" (SPEC.md, STATUS), containerd then
 * reports the node not ready, and its pods would be evicted while there is room.
 */
export function status(host: Host, call: Call): void {
  const config = readLeaseConfig(call);
  const leased = writable(host, config, call).addresses();
  for (const set of config.sets) {
    const { size, taken } = usage(set, leased, config.reserved);
    const free = size - taken;
    const counts = `${free} of ${size} addresses are free in range set ${describeSet(set)}`;
    const remedy = 'delete pods, enlarge the range, or clean up after pods that are gone (CNI GC)';
    if (free <= 0n) throw new CniError(code.unavailable, counts, remedy);
    if (free * 20n < size) host.log('few addresses are free', { counts, remedy });
  }
}

function writable(host: Host, { dataDir }: LeaseConfig, call: Call): Store {
  try {
    const store = openStore(host, dataDir, call.network);
    store.probe();
    return store;
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
