import { delegateCall } from '../../cni/delegate.ts';
import { isJsonObject, type JsonObject } from '../../cni/json-object.ts';
import { keyValue, withKeys, withoutKey } from '../../cni/keys.ts';
import type { Call } from '../../cni/plugin.ts';
import { defined } from '../../system/defined.ts';
import type { Host } from '../../system/host.ts';
import type { FlannelConfig } from './config.ts';
import { delegateType, invalidDelegate } from './delegate-type.ts';
import type { Scratch } from './scratch.ts';
import type { Recalled } from './scratch-folder.ts';
import type { SubnetEnv } from './subnet-env.ts';

/** Which plugin attaches the pod, and the call to it. */
export interface Delegation {
  readonly type: string;
  readonly call: Call;
  /** What was passed over of what is written, for the log. */
  readonly notes?: readonly string[];
}

/**
 * The delegate as the operator configures it, with what flanneld says of the node. Without a
 * subnet.env its configuration has just enough to delete by. Throws code 7.
 */
export function buildDelegation(
  call: Call,
  config: FlannelConfig,
  env: SubnetEnv | undefined,
): Delegation {
  const { delegate, runtimeConfig } = config;
  for (const key of ['name', 'ipam']) {
    if (delegate[key] === undefined || delegate[key] === null) continue;
    throw invalidDelegate(key, 'expected nothing: flannel sets it');
  }
  // In another letter case, the reference's delegate reads them before flannel's own, which win.
  const otherName = keyValue(delegate, 'name');
  const otherIpam = keyValue(delegate, 'ipam');
  const type = delegateType(delegate);
  // What the operator wrote of masquerading is not this node's; `hns` is said with each command (index.ts).
  const operators = [...masqueradeKeys, 'hns'].reduce(withoutKey, delegate);
  const [exceptions, ...others] = env?.exceptions ?? [];
  const asked = delegateCall(call, operators);
  const flannels = defined({
    type,
    // On Windows the delegate masquerades, not flanneld: subnet.env says whether, and for what not. That
    // it does not is not handed on: win-bridge goes by ipMasqNetwork alone, and a node needs its egress.
    ipMasq: keyValue(delegate, 'ipMasq') === false ? false : env?.ipMasq || undefined,
    // The reference's plugins, which may read the scratch file, take one network, as a text.
    ipMasqNetwork: exceptions,
    otherIpMasqNetworks: others.length > 0 ? others : undefined,
    ipam: withKeys(isJsonObject(otherIpam) ? otherIpam : {}, {
      type: 'host-local',
      ...subnetsOf(env),
      ...config.ipam,
    }),
    runtimeConfig,
  });
  return {
    type,
    call: { ...asked, config: withKeys(asked.config, flannels) },
    notes: [
      ...(otherName === undefined ? [] : ['delegate.name has no effect: flannel sets it']),
      ...(otherIpam === undefined ? [] : ['delegate.ipam gives way to what flannel sets']),
    ],
  };
}

const masqueradeKeys = ['ipMasq', 'ipMasqNetwork', 'otherIpMasqNetworks'];

/** One subnet as the reference writes it; of two families an address each, so two sets of ranges. */
function subnetsOf(env: SubnetEnv | undefined): JsonObject {
  if (!env) return {};
  const [subnet] = env.subnets;
  return env.subnets.length === 1
    ? { subnet }
    : { ranges: env.subnets.map((each) => [{ subnet: each }]) };
}

/** The delegate as ADD remembered it; undefined, and why in the log, when there is nothing to go by. */
export function rememberedDelegation(
  { log }: Host,
  call: Call,
  found: Recalled | undefined,
): Delegation | undefined {
  const { path, scratch } = found ?? {};
  if (!scratch) {
    log('no scratch file to go by', { path });
    return undefined;
  }
  if (scratch.network !== call.network) {
    // The operator renamed the network, and the pod is still on the old one.
    log('the pod was attached to another network', { path, network: scratch.network });
  }
  log('delegate remembered', { path, type: scratch.type });
  return { type: scratch.type, call: delegateCall(call, scratch.config, scratch.network) };
}

/** The delegate as it was remembered for a pod, for the whole network: without the pod's own keys. */
export function networkDelegation(call: Call, { config, network, type }: Scratch): Delegation {
  return { type, call: delegateCall(call, withoutKey(config, 'runtimeConfig'), network) };
}
