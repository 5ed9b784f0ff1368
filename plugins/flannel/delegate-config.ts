import { commandRule } from '../../cni/commands.ts';
import { type CniError, invalidConfig } from '../../cni/error.ts';
import { isIdentifier } from '../../cni/identifiers.ts';
import { isJsonObject, keyValue, withKey, withoutKey } from '../../cni/keys.ts';
import type { Call, JsonObject } from '../../cni/plugin.ts';
import type { FlannelConfig } from './config.ts';
import type { SubnetEnv } from './subnet-env.ts';

/**
 * The delegate's configuration, as it is remembered: what the operator says to it, and what flanneld
 * says of the node. Without a subnet.env it has just enough to delete by. Throws code 7.
 */
export function delegateConfig(
  call: Call,
  config: FlannelConfig,
  env: SubnetEnv | undefined,
): { readonly type: string; readonly config: JsonObject } {
  const { delegate, runtimeConfig } = config;
  for (const key of ['name', 'ipam']) {
    if (keyValue(delegate, key) === undefined) continue;
    throw invalid(`delegate.${key}`, 'expected nothing: flannel sets it');
  }
  const type = delegateType(delegate);
  const own: JsonObject = {
    name: call.network,
    cniVersion: call.version,
    type,
    // On Windows the delegate masquerades, not flanneld: what subnet.env says is what it shall do.
    ...(env ? { ipMasq: env.ipMasq, ipMasqNetwork: oneOrAll(env.networks) } : {}),
    ipam: { type: 'host-local', ...subnetsOf(env), ...config.ipam },
    ...(runtimeConfig ? { runtimeConfig } : {}),
  };
  const built = Object.entries(own).reduce(
    (under, [key, value]) => withKey(under, key, value),
    // What the operator wrote there is not this node's.
    withoutKey(withoutKey(delegate, 'ipMasq'), 'ipMasqNetwork'),
  );
  return { type, config: built };
}

/** The reference's plugins read one network, as a text. */
function oneOrAll(networks: readonly string[]): string | readonly string[] | undefined {
  return networks.length === 1 ? networks[0] : networks;
}

/** One subnet as the reference writes it; of two families an address each, so two sets of ranges. */
function subnetsOf(env: SubnetEnv | undefined): JsonObject {
  if (!env) return {};
  const [subnet] = env.subnets;
  return env.subnets.length === 1
    ? { subnet }
    : { ranges: env.subnets.map((each) => [{ subnet: each }]) };
}

function delegateType(delegate: JsonObject): string {
  const type = keyValue(delegate, 'type') ?? 'win-bridge';
  if (typeof type !== 'string') {
    throw invalid(
      'delegate.type',
      `expected string, found ${Array.isArray(type) ? 'an array' : typeof type}`,
    );
  }
  if (isFlannel(type))
    throw invalid('delegate.type', 'expected another plugin than flannel itself');
  if (isIdentifier(type)) return type;
  throw invalid(
    'delegate.type',
    `expected the name of an executable, without folder, found ${JSON.stringify(type.slice(0, 80))}`,
  );
}

function isFlannel(type: string): boolean {
  return /^flannel(?:\.exe)?$/i.test(type);
}

/** Whether a type is one that a remembered configuration may have. */
export function isDelegateType(type: unknown): type is string {
  return typeof type === 'string' && isIdentifier(type) && !isFlannel(type);
}

function invalid(where: string, complaint: string): CniError {
  return invalidConfig(
    where,
    complaint,
    '"delegate" holds the keys of the plugin that attaches the pod: "type", "policies", "dns", …',
  );
}

/** The call to the delegate: this one, with its configuration and what the runtime added to ours. */
export function delegateCall(call: Call, network: string, config: JsonObject): Call {
  const added = commandRule(call.command).addedKeys;
  const complete = Object.entries(call.config)
    .filter(([key]) => added.includes(key.toLowerCase()))
    .reduce<JsonObject>(
      (built, [key, value]) => withKey(built, key, value),
      withKey(config, 'cniVersion', call.version),
    );
  return { ...call, config: complete, network };
}

/** What a pod's remembered configuration says of its whole network: all but the pod's own wishes. */
export function networkWide(config: JsonObject): JsonObject {
  return withoutKey(config, 'runtimeConfig');
}

/** The subnets a remembered configuration has its addresses from. */
export function subnetsIn(config: JsonObject): readonly string[] {
  const ipam = keyValue(config, 'ipam');
  if (!isJsonObject(ipam)) return [];
  const ranges = keyValue(ipam, 'ranges');
  const sets = Array.isArray(ranges) ? ranges.flat(1) : [];
  return [ipam, ...sets].flatMap((range: unknown) => {
    const subnet = isJsonObject(range) ? keyValue(range, 'subnet') : undefined;
    return typeof subnet === 'string' ? [subnet] : [];
  });
}
