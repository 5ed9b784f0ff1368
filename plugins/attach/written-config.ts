import * as z from 'zod/mini';
import { parseConfig, parseOnce, problemsIn } from '../../cni/config.ts';
import { isJsonObject, type JsonObject } from '../../cni/json-object.ts';
import { keyValue, withKey, withoutKey } from '../../cni/keys.ts';
import type { Mode } from './modes.ts';
import { attachSchema, type WrittenConfig } from './schema.ts';
import { isUnder } from './unread-keys.ts';

/** A configuration as it was written, and what was passed over of it, for the log. */
interface Read {
  readonly written: WrittenConfig;
  readonly notes: readonly string[];
}

/**
 * Reads a configuration without the keys that have no effect under this name, and without what cannot be
 * used under keys that the reference plugin of this name never reads: such a configuration works there,
 * and must work here. Throws code 7 for the rest, naming the key that is wrong.
 */
export function readWritten(mode: Mode, config: JsonObject): Read {
  const idle = mode.keysWithoutEffect.filter((key) => keyValue(config, key) !== undefined);
  const kept = idle.reduce<JsonObject>(withoutKey, config);
  const notes = idle.map((key) => `${key} has no effect: ${mode.name} does not read it`);
  const parsed = z.safeParse(attachSchema(), kept, parseOnce);
  if (parsed.success) return { written: parsed.data, notes };
  const problems = problemsIn(parsed.error, kept);
  const unread = parsed.error.issues.flatMap(({ path }, index) => {
    const steps = keysOf(path);
    const { path: place, problem } = problems[index] ?? { path: '', problem: '' };
    return isUnder(mode.unreadKeys, steps.join('.')) ? [{ steps, place, problem }] : [];
  });
  const usable = unread.reduce((rest, { steps }) => withoutPath(rest, steps), kept);
  return {
    written: parseConfig(attachSchema(), usable),
    notes: [
      ...notes,
      ...unread.map(({ place, problem }) => `${place}: ${problem}, and ${mode.name} does without`),
    ],
  };
}

/** The keys that lead to a value, up to the list that it is in, if it is in one. */
function keysOf(path: readonly PropertyKey[]): readonly string[] {
  const list = path.findIndex((step) => typeof step === 'number');
  return (list < 0 ? path : path.slice(0, list)).map(String);
}

function withoutPath(config: JsonObject, [key = '', ...below]: readonly string[]): JsonObject {
  const value = keyValue(config, key);
  return below.length > 0 && isJsonObject(value)
    ? withKey(config, key, withoutPath(value, below))
    : withoutKey(config, key);
}
