import { parseCidr } from '../../../cni/address.ts';
import { pluginNameOf } from '../../../cni/delegate.ts';
import { isJsonObject, type JsonObject } from '../../../cni/json-object.ts';
import { keyValue } from '../../../cni/keys.ts';
import type { Files } from '../../../system/host.ts';
import { type Mode, modeNamed } from '../../attach/modes.ts';
import { parseSubnetEnv } from '../../flannel/subnet-env.ts';
import type { PluginConfig } from './configuration.ts';
import { type AssumedNetwork, assumedManagementAddress } from './model.ts';

/** flannel's own default (its config.ts). */
const usualSubnetFile = '/run/flannel/subnet.env';

/**
 * The network of a configuration, where HNS is not asked: of the type that the plugin serves first, with
 * the subnets that IPAM gives addresses from. Undefined where the plugin makes its network, or where no
 * network is needed.
 */
export function assumedNetwork(
  files: Files,
  { config, plugin }: PluginConfig,
): AssumedNetwork | undefined {
  const delegate = objectUnder(config, 'delegate');
  const isFlannel = plugin === 'flannel';
  const type = isFlannel ? (keyValue(delegate, 'type') ?? 'win-bridge') : plugin;
  const mode = typeof type === 'string' ? modeNamed(pluginNameOf(type)) : undefined;
  const name = keyValue(config, 'name');
  if (!mode || typeof name !== 'string') return undefined;
  const texts = isFlannel ? flannelSubnets(files, config) : writtenSubnets(config);
  const subnets = [...new Set(texts)].flatMap((text) => parseCidr(text) ?? []);
  const isMade = mode.createsNetwork || keyValue(config, 'createNetwork') === true;
  if (isMade) return undefined;
  return { name, type: firstType(mode), subnets };
}

/** In words, for who reads the plan. */
export function assumedInWords(network: AssumedNetwork | undefined): string {
  if (!network) return 'HNS has no network yet: the plugin makes it (--offline)';
  const { name, subnets, type } = network;
  const said = subnets.length === 0 ? 'without subnets' : 'with the subnets that IPAM has';
  return `HNS has a network ${name} of type ${type} ${said}, gateways their first addresses, management address ${assumedManagementAddress}, no endpoint (--offline)`;
}

const firstType = ({ networkTypes: [type = ''] }: Mode) => type;

function flannelSubnets(files: Files, config: JsonObject): readonly string[] {
  const file = keyValue(config, 'subnetFile');
  try {
    const path = typeof file === 'string' && file !== '' ? file : usualSubnetFile;
    const reading = parseSubnetEnv(files.read(path));
    return reading.kind === 'complete' ? reading.env.subnets : [];
  } catch {
    // flannel says itself what is wrong with it.
    return [];
  }
}

function writtenSubnets(config: JsonObject): readonly string[] {
  const ipam = objectUnder(config, 'ipam');
  const ranges = [
    ipam,
    ...objectsUnder(ipam, 'ranges'),
    ...objectsUnder(objectUnder(config, 'runtimeConfig'), 'ipRanges'),
  ];
  return ranges.flatMap((range) => {
    const subnet = keyValue(range, 'subnet');
    return typeof subnet === 'string' ? [subnet] : [];
  });
}

function objectUnder(config: JsonObject, key: string): JsonObject {
  const value = keyValue(config, key);
  return isJsonObject(value) ? value : {};
}

function objectsUnder(config: JsonObject, key: string): readonly JsonObject[] {
  const value = keyValue(config, key);
  return Array.isArray(value) ? value.flat().filter(isJsonObject) : [];
}
