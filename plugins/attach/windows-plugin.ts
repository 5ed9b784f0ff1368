import type { Plugin } from '../cni/plugin.ts';
import { add } from './add.ts';
import { check } from './check.ts';
import { del } from './del.ts';
import type { AttachDeps } from './deps.ts';
import { gc } from './gc.ts';
import type { Mode } from './modes.ts';
import { status } from './status.ts';

/** The CNI plugin that a mode makes of the attach engine. */
export function windowsPlugin(mode: Mode, deps: AttachDeps): Plugin {
  return {
    name: mode.name,
    add: (call) => add(deps, mode, call),
    del: (call) => del(deps, call),
    check: (call) => check(deps, mode, call),
    gc: (call) => gc(deps, call),
    status: (call) => status(deps, mode, call),
  };
}
