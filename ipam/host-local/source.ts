import type { Address } from '../../cni/address.ts';
import type { Call } from '../../cni/plugin.ts';
import { validAttachments } from '../../cni/valid-attachments.ts';
import type { Host } from '../../system/host.ts';
import { allocate } from './allocate.ts';
import { assertHeld } from './check.ts';
import { collect } from './collect.ts';
import { openLeases, previousAddresses } from './leases.ts';
import { once } from './once.ts';
import { holdsAll } from './own-leases.ts';
import { freeOwn, releaseAll } from './release.ts';
import { status } from './status.ts';

/**
 * host-local as the address source of a call. Its configuration is read at the first question, and
 * once: DEL must be able to delete an endpoint before it is told what is wrong with `ipam`.
 */
export function hostLocalSource(host: Host, call: Call) {
  const leases = once(() => openLeases(host, call));
  return {
    repeatable: true,
    assignedByHns: false,
    allocate: async (reserved: readonly Address[]) => allocate(leases(), reserved),
    holds: async (addresses: readonly Address[]) => holdsAll(leases(), addresses),
    release: async (only?: readonly Address[]) => {
      if (only) freeOwn(leases(), only);
      else releaseAll(leases(), previousAddresses(call));
    },
    check: async () => assertHeld(leases(), previousAddresses(call)),
    gc: async () => collect(leases(), validAttachments(call)),
    status: async () => status(leases()),
  };
}
