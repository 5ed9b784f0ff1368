import type { JsonObject } from './json-object.ts';

/** The value under a key in any letter case; the last match wins, as in Go's JSON. */
export function keyValue(config: JsonObject, key: string): unknown {
  const folded = key.toLowerCase();
  let found: unknown;
  for (const [name, value] of Object.entries(config)) {
    if (name.toLowerCase() === folded && value !== null) found = value;
  }
  return found;
}

/** A copy of an object with a key set, whatever letter case the key had before. */
export function withKey(config: JsonObject, key: string, value: unknown): JsonObject {
  return { ...withoutKey(config, key), [key]: value };
}

/** A copy of an object with each of these keys set, whatever letter case they had before. */
export function withKeys(config: JsonObject, values: JsonObject): JsonObject {
  return Object.entries(values).reduce((built, [key, value]) => withKey(built, key, value), config);
}

/** A copy of an object without a key, in any letter case. */
export function withoutKey(config: JsonObject, key: string): JsonObject {
  const folded = key.toLowerCase();
  return Object.fromEntries(
    Object.entries(config).filter(([name]) => name.toLowerCase() !== folded),
  );
}
