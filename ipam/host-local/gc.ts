import { formatAddress } from '../../cni/address.ts';
import type { Call } from '../../cni/plugin.ts';
import { validAttachments } from '../../cni/valid-attachments.ts';
import type { Host } from '../../system/host.ts';
import { readDataDir } from './config.ts';
import { freeEach } from './del.ts';
import { isOwnedBy, type Lease, openStore } from './store.ts';

/** kube-proxy's source address on an overlay is leased under this container id. */
const sourceVipOwner = 'dummy';

/**
 * GC: gives back the leases of what is no valid attachment, and sweeps up after killed processes.
 * What fails is thrown once everything else has been done.
 */
export function collect(host: Host, call: Call): void {
  const valid = validAttachments(call);
  const store = openStore(host, readDataDir(call), call.network);
  const isStale = (lease: Lease) => {
    if (!lease.owner) {
      store.reclaim(lease.address);
      return false;
    }
    // Without the list, nobody knows what is stale.
    if (!valid || lease.owner.containerId === sourceVipOwner) return false;
    return !valid.some(({ containerId, ifName }) => isOwnedBy(lease, containerId, ifName));
  };
  store.sweep();
  // One that cannot be read may be stale: that is told, unlike where it is somebody else's affair.
  for (const { address, owner } of freeEach(store, store.addresses(), isStale)) {
    host.log('lease collected', { address: formatAddress(address), owner });
  }
}
