import { isJsonObject, type JsonObject } from '../cni/json-object.ts';
import { keyValue, withKey } from '../cni/keys.ts';

/**
 * A configuration whose `runtimeConfig.ipRanges` is a list of sets of ranges. go-cni (containerd's CNI
 * library, which nerdctl and others call) hands the capability on as one flat list: it is one set.
 */
export function withRangeSets(config: JsonObject): JsonObject {
  const runtimeConfig = keyValue(config, 'runtimeConfig');
  if (!isJsonObject(runtimeConfig)) return config;
  const ranges = keyValue(runtimeConfig, 'ipRanges');
  const isFlat = Array.isArray(ranges) && ranges.length > 0 && ranges.every(isJsonObject);
  if (!isFlat) return config;
  return withKey(config, 'runtimeConfig', withKey(runtimeConfig, 'ipRanges', [ranges]));
}
