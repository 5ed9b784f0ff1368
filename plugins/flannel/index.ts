import { afterEarlier } from '../../cni/earlier-result.ts';
import { isJsonObject } from '../../cni/json-object.ts';
import { keyValue, withKey } from '../../cni/keys.ts';
import type { Call, Delegate, Plugin } from '../../cni/plugin.ts';
import type { Host } from '../../system/host.ts';
import { add } from './add.ts';
import { check } from './check.ts';
import { del } from './del.ts';
import { placingErrors } from './delegate-errors.ts';
import { gc } from './gc.ts';
import { status } from './status.ts';

/**
 * flannel: joins what the operator's configuration says with what flanneld says of this node, hands
 * it to a delegate that attaches the pod, and remembers it for the pod's end.
 */
export function flannel(host: Host, delegate: Delegate): Plugin {
  const called = (call: Call) => placingErrors(reachingHns(logged(host, delegate), call), call);
  return {
    // The delegate is not told what the plugins before us made.
    ADD: async (call) => afterEarlier(call, await add(host, called(call), call), host.log),
    DEL: (call) => del(host, called(call), call),
    CHECK: (call) => check(host, called(call), call),
    GC: (call) => gc(host, called(call), call),
    STATUS: (call) => status(host, called(call), call),
  };
}

/** A delegate whose calls are in the log; whoever watches the steps gets its configuration, too. */
function logged({ log }: Host, delegate: Delegate): Delegate {
  return (type, call) => {
    log('delegate called', { type, command: call.command }, { config: call.config });
    return delegate(type, call);
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
