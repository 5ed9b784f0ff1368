import type { Host } from '../../plugins/cni/host.ts';
import type { Plugin } from '../../plugins/cni/plugin.ts';
import { allocate } from './add.ts';
import { checkLease } from './check.ts';
import { release } from './del.ts';
import { collect } from './gc.ts';
import { status } from './status.ts';

/** host-local, as the executable of that name. */
export function hostLocal(host: Host): Plugin {
  return {
    name: 'host-local',
    add: async (call) => allocate(host, call).result,
    del: async (call) => release(host, call),
    check: async (call) => checkLease(host, call),
    gc: async (call) => collect(host, call),
    status: async (call) => status(host, call),
  };
}
