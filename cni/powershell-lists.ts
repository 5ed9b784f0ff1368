import { isJsonObject, type JsonObject } from './json-object.ts';

/**
 * A configuration with its lists as lists: Windows PowerShell's ConvertTo-Json writes one that came of a
 * command as `{"value": […], "Count": 1}`.
 */
export function withPlainLists(config: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(config).map(([key, value]) => [key, withPlainListsIn(value)]),
  );
}

function withPlainListsIn(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withPlainListsIn);
  if (!isJsonObject(value)) return value;
  const { Count, value: list, ...others } = value;
  const isList = Array.isArray(list) && list.length === Count && Object.keys(others).length === 0;
  return isList ? list.map(withPlainListsIn) : withPlainLists(value);
}
