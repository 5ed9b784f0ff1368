import type { Delegate, Plugin } from '../../cni/plugin.ts';
import type { Host } from '../../system/host.ts';
import { add } from './add.ts';
import { check } from './check.ts';
import { del } from './del.ts';
import { gc } from './gc.ts';
import { status } from './status.ts';

/**
 * flannel: joins what the operator's configuration says with what flanneld says of this node, hands
 * it to a delegate that attaches the pod, and remembers it for the pod's end.
 */
export function flannel(host: Host, delegate: Delegate): Plugin {
  return {
    ADD: (call) => add(host, delegate, call),
    DEL: (call) => del(host, delegate, call),
    CHECK: (call) => check(host, delegate, call),
    GC: (call) => gc(host, delegate, call),
    STATUS: (call) => status(host, delegate, call),
  };
}
