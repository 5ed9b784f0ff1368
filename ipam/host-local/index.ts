import type { Plugin } from '../../cni/plugin.ts';
import type { Host } from '../../system/host.ts';
import { allocate } from './add.ts';
import { checkLease } from './check.ts';
import { release } from './del.ts';
import { collect } from './gc.ts';
import { status } from './status.ts';

/** host-local, as the executable of that name. */
export function hostLocal(host: Host): Plugin {
  return {
    ADD: async (call) => allocate(host, call).result,
    DEL: async (call) => release(host, call),
    CHECK: async (call) => checkLease(host, call),
    GC: async (call) => collect(host, call),
    STATUS: async (call) => status(host, call),
  };
}
