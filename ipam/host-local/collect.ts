import { type Address, formatAddress } from '../../cni/address.ts';
import { type Attachment, attachmentsAmong, isAttachments } from '../../cni/valid-attachments.ts';
import { isSystemError } from '../../system/errors.ts';
import type { Lease } from './lease.ts';
import type { Leases } from './leases.ts';
import { freeUntilNone, throwFirst } from './release.ts';
import type { Store } from './store.ts';

/**
 * GC: gives back the leases of what is no valid attachment, and sweeps up after killed processes.
 * Without a list of the valid ones (undefined), nobody knows what is stale, and no lease is given
 * back. What fails is thrown once everything else has been done. A lease that cannot be read is
 * logged and left: nobody can say that it is stale.
 */
export function collect({ host, store }: Leases, valid: readonly Attachment[] | undefined): void {
  const isValid = attachmentsAmong(valid ?? []);
  const isStale = ({ owner }: Lease) =>
    owner !== undefined && isAttachments(owner) && !isValid(owner);
  const staleAmong = (addresses: readonly Address[]) =>
    addresses.filter((address) => {
      const lease = leaseIfReadable(address, { host, store });
      if (lease && !lease.owner) store.reclaim(address);
      return valid !== undefined && lease !== undefined && isStale(lease);
    });
  store.sweep();
  const { failures, freed } = freeUntilNone(store, {
    first: store.addresses(),
    among: staleAmong,
    mayGo: isStale,
  });
  for (const { address, owner } of freed) {
    host.log('lease collected', { address: formatAddress(address), owner });
  }
  throwFirst(failures);
}

function leaseIfReadable(
  address: Address,
  { host, store }: Pick<Leases, 'host'> & { readonly store: Store },
): Lease | undefined {
  try {
    return store.lease(address);
  } catch (error) {
    if (!isSystemError(error)) throw error;
    host.log('lease not readable', { address: formatAddress(address), error: error.message });
    return undefined;
  }
}
