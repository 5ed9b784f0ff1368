import { keyValue, withKey } from '../cni/config.ts';
import type { Call, JsonObject } from '../cni/plugin.ts';
import type { FlannelConfig } from './config.ts';
import type { SubnetEnv } from './subnet-env.ts';

/**
 * The configuration of the delegate: what the operator wrote in `delegate`, and what flanneld says
 * of this node. On Windows the delegate masquerades; on Linux flanneld does.
 */
export function delegateConfig(call: Call, config: FlannelConfig, env: SubnetEnv): JsonObject {
  const networks = [...env.networks, ...env.ipv6Networks];
  const [only] = networks;
  const filled = {
    name: call.network,
    type: config.delegateType,
    cniVersion: call.version,
    ipMasq: env.ipMasq,
    // One network is written as the reference does, which can then take the node back.
    ...(only === undefined ? {} : { ipMasqNetwork: networks.length === 1 ? only : networks }),
    ...(config.runtimeConfig ? { runtimeConfig: config.runtimeConfig } : {}),
    ipam: { ...handedOn(config.ipam), type: 'host-local', ...ranges(env) },
  };
  return fill(config.delegate, filled);
}

/**
 * The delegate's configuration when nothing is known of the node any more: enough to delete the
 * endpoint by its id and name, and to find its leases by their owner.
 */
export function bareDelegateConfig(call: Call, config: FlannelConfig): JsonObject {
  return fill(config.delegate, {
    name: call.network,
    type: config.delegateType,
    cniVersion: call.version,
    ipam: { ...handedOn(config.ipam), type: 'host-local' },
  });
}

function fill(delegate: JsonObject, filled: JsonObject): JsonObject {
  return Object.entries(filled).reduce(
    (config, [key, value]) => withKey(config, key, value),
    delegate,
  );
}

/** The two keys of host-local that flanneld does not know. */
function handedOn(ipam: JsonObject): JsonObject {
  const routes = keyValue(ipam, 'routes');
  const dataDir = keyValue(ipam, 'dataDir');
  return {
    ...(routes === undefined ? {} : { routes }),
    ...(dataDir === undefined ? {} : { dataDir }),
  };
}

/** One family is written as the reference does; two are a set of ranges each. */
function ranges(env: SubnetEnv): JsonObject {
  const subnets = [env.subnet, env.ipv6Subnet].filter((subnet) => subnet !== undefined);
  if (subnets.length === 1) return { subnet: subnets[0] };
  return { ranges: subnets.map((subnet) => [{ subnet }]) };
}

/** The keys of a request that change from call to call, put into the delegate's configuration. */
export function withRequest(config: JsonObject, call: Call): JsonObject {
  const keys = ['prevResult', 'cni.dev/valid-attachments', 'logFile'];
  return keys.reduce((whole, key) => {
    const value = keyValue(call.config, key);
    return value === undefined ? whole : withKey(whole, key, value);
  }, config);
}
