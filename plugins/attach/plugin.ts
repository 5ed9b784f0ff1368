import { afterEarlier } from '../../cni/earlier-result.ts';
import type { Plugin } from '../../cni/plugin.ts';
import { add } from './add.ts';
import { check } from './check.ts';
import { del } from './del.ts';
import type { AttachDeps } from './deps.ts';
import { gc } from './gc.ts';
import type { Mode } from './modes.ts';
import { readPod } from './pod.ts';
import { status } from './status.ts';

/** The CNI plugin that a mode makes of the attach engine. */
export function windowsPlugin(mode: Mode, deps: AttachDeps): Plugin {
  return {
    ADD: async (call) =>
      afterEarlier(call, await add(deps, mode, readPod(deps, mode, call)), deps.host.log),
    DEL: (call) => del(deps, call),
    CHECK: (call) => check(deps, mode, call),
    GC: (call) => gc(deps, call),
    STATUS: (call) => status(deps, mode, call),
  };
}
