import type { Plugin } from '../../cni/plugin.ts';
import type { Host } from '../../system/host.ts';
import { toResult } from '../allocation-result.ts';
import { hostLocalSource } from './source.ts';

/** host-local, as the executable of that name. */
export function hostLocal(host: Host): Plugin {
  return {
    ADD: async (call) => toResult(await hostLocalSource(host, call).allocate([])),
    DEL: async (call) => hostLocalSource(host, call).release(),
    CHECK: async (call) => hostLocalSource(host, call).check(),
    GC: async (call) => hostLocalSource(host, call).gc(),
    STATUS: async (call) => hostLocalSource(host, call).status(),
  };
}
