import type { Plugin } from '../../cni/plugin.ts';
import { validAttachments } from '../../cni/valid-attachments.ts';
import type { Host } from '../../system/host.ts';
import { toResult } from '../allocation-result.ts';
import { allocateKept } from './allocate.ts';
import { assertHeld } from './check.ts';
import { collect } from './collect.ts';
import { openLeases, openPool, previousAddresses } from './leases.ts';
import { releaseAll } from './release.ts';
import { status } from './status.ts';

/** host-local, as the executable of that name, and as the IPAM of our own plugins. */
export function hostLocal(host: Host): Plugin {
  return {
    ADD: async (call) => toResult(allocateKept(openPool(host, call))),
    DEL: async (call) => {
      releaseAll(openLeases(host, call), previousAddresses(call));
    },
    CHECK: async (call) => assertHeld(openPool(host, call), previousAddresses(call)),
    GC: async (call) => {
      const valid = validAttachments(call);
      collect(openLeases(host, call), valid);
    },
    STATUS: async (call) => status(host, call),
  };
}
