import { formatAddress } from '../../cni/address.ts';
import { CniError, code } from '../../cni/error.ts';
import type { Call } from '../../cni/plugin.ts';
import type { Host } from '../../system/host.ts';
import { readLeaseConfig } from './config.ts';
import { allOwn, isOwn, previousAddresses } from './owned.ts';
import { rangeFor } from './ranges.ts';
import { openStore } from './store.ts';

/** CHECK: the owner has a lease, and one of each address of prevResult. Throws code 112. */
export function checkLease(host: Host, call: Call): void {
  const { dataDir, sets } = readLeaseConfig(call);
  const store = openStore(host, dataDir, call.network);
  const expected = previousAddresses(call).filter((address) =>
    sets.some((set) => rangeFor(set, address)),
  );
  for (const address of expected) {
    if (isOwn(store, call, address)) continue;
    const owner = store.lease(address)?.owner;
    throw new CniError(
      code.leaseMissing,
      `the lease of ${formatAddress(address)} is not held by ${call.containerId}`,
      owner
        ? `it is held by ${owner.containerId}${owner.ifName === undefined ? '' : `, ${owner.ifName}`}`
        : 'there is none: the address may be given to another pod',
    );
  }
  if (expected.length > 0 || allOwn(host, store, call).length > 0) return;
  throw new CniError(
    code.leaseMissing,
    `failed to find an address of container ${call.containerId}`,
    'delete the pod and add it again',
  );
}
