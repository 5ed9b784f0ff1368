import { formatAddress } from '../../cni/address.ts';
import type { Attachment } from '../../cni/valid-attachments.ts';
import type { Leases } from './leases.ts';
import { freeEach } from './release.ts';
import { isOwnedBy, type Lease } from './store.ts';

/** kube-proxy's source address on an overlay is leased under this container id. */
const sourceVipOwner = 'dummy';

/**
 * GC: gives back the leases of what is no valid attachment, and sweeps up after killed processes.
 * Without a list of the valid ones (undefined), nobody knows what is stale, and no lease is given
 * back. What fails is thrown once everything else has been done.
 */
export function collect(
  { host, store: open }: Leases,
  valid: readonly Attachment[] | undefined,
): void {
  const store = open();
  const isStale = (lease: Lease) => {
    if (!lease.owner) {
      store.reclaim(lease.address);
      return false;
    }
    if (!valid || lease.owner.containerId === sourceVipOwner) return false;
    return !valid.some((attachment) => isOwnedBy(lease, attachment));
  };
  store.sweep();
  // A lease that cannot be read may be stale: GC fails, where ADD and DEL pass over it.
  for (const { address, owner } of freeEach(store, store.addresses(), isStale)) {
    host.log('lease collected', { address: formatAddress(address), owner });
  }
}
