import { isJsonObject } from '../../cni/json-object.ts';
import { keyValue, withKey } from '../../cni/keys.ts';
import type { Call, Delegate, Plugin } from '../../cni/plugin.ts';
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
    ADD: (call) => add(host, reachingHns(delegate, call), call),
    DEL: (call) => del(host, reachingHns(delegate, call), call),
    CHECK: (call) => check(host, reachingHns(delegate, call), call),
    GC: (call) => gc(host, reachingHns(delegate, call), call),
    STATUS: (call) => status(host, reachingHns(delegate, call), call),
  };
}

/**
 * A delegate that is told how to reach HNS, by `delegate.hns` or else our own `hns`. It is what the
 * configuration says now, not what it said when the pod was added: it is not remembered.
 */
function reachingHns(delegate: Delegate, { config }: Call): Delegate {
  const operators = keyValue(config, 'delegate');
  const ofDelegate = isJsonObject(operators) ? keyValue(operators, 'hns') : undefined;
  const hns = ofDelegate ?? keyValue(config, 'hns');
  if (hns === undefined) return delegate;
  return (type, call) => delegate(type, { ...call, config: withKey(call.config, 'hns', hns) });
}
