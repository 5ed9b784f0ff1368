import type { Plugin } from '../../cni/plugin.ts';
import { validAttachments } from '../../cni/valid-attachments.ts';
import type { Host } from '../../system/host.ts';
import { toResult } from '../allocation-result.ts';
import { allocate } from './allocate.ts';
import { assertHeld } from './check.ts';
import { collect } from './collect.ts';
import { openLeases, previousAddresses } from './leases.ts';
import { releaseAll } from './release.ts';
import { status } from './status.ts';

/** host-local, as the executable of that name, and as the IPAM of our own plugins. */
export function hostLocal(host: Host): Plugin {
  return {
    ADD: async (call) => toResult(allocate(openLeases(host, call), [])),
    DEL: async (call) => releaseAll(openLeases(host, call), previousAddresses(call)),
    CHECK: async (call) => assertHeld(openLeases(host, call), previousAddresses(call)),
    GC: async (call) => collect(openLeases(host, call), validAttachments(call)),
    STATUS: async (call) => status(host, call),
  };
}
