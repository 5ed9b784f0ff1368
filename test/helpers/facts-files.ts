import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod/mini';
import { isJsonObject } from '../../cni/json-object.ts';
import { type Facts, factsSchema } from '../../plugins/wincni/facts/facts.ts';

/** The documents of facts in test/fixtures/facts: nodes that are well, and nodes each sick in one way. */

const folder = join(import.meta.dirname, '..', 'fixtures', 'facts');

const namesIn = (kind: string) =>
  readdirSync(join(folder, kind))
    .filter((file) => file.endsWith('.json'))
    .map((file) => file.slice(0, -'.json'.length))
    .sort();
const parsed = (kind: string, name: string): unknown =>
  JSON.parse(readFileSync(join(folder, kind, `${name}.json`), 'utf8'));

export const healthyNames: readonly string[] = namesIn('healthy');
export const sickNames: readonly string[] = namesIn('sick');

export function healthyFacts(name: string): Facts {
  return z.parse(factsSchema(), parsed('healthy', name));
}

/** Part of the words, or several parts, each in one of the check's findings. */
const words = z.union([z.string(), z.array(z.string())]);

const sickSchema = z.strictObject({
  source: z.literal('written by hand'),
  /** A healthy node's name. */
  base: z.string(),
  /** Paths (`hns.v1.endpoints.0.State`; `*` is every entry), and what is there instead; one past the end appends. */
  set: z.optional(z.record(z.string(), z.unknown())),
  /** Paths of texts, and what is replaced in them: pairs. */
  replace: z.optional(z.record(z.string(), z.array(z.tuple([z.string(), z.string()])))),
  remove: z.optional(z.array(z.string())),
  /** The checks whose outcome is another than the base's, all of them. */
  expect: z.record(
    z.string(),
    z.strictObject({
      level: z.enum(['fail', 'warn', 'note', 'skipped', 'ok', 'not applicable']),
      says: z.optional(words),
      remedy: z.optional(words),
    }),
  ),
});

export type Sick = z.infer<typeof sickSchema>;

export function sickFile(name: string): Sick {
  return z.parse(sickSchema, parsed('sick', name));
}

/** The facts of a sick node. Throws for a path that leads nowhere: a fixture that changes nothing would pass. */
export function sickFacts({ base, remove = [], replace = {}, set = {} }: Sick): Facts {
  const facts: unknown = parsed('healthy', base);
  for (const [path, value] of Object.entries(set)) {
    change(facts, path, (holder, key) => Reflect.set(holder, key, structuredClone(value)));
  }
  for (const [path, pairs] of Object.entries(replace)) {
    change(facts, path, (holder, key) => {
      const text: unknown = Reflect.get(holder, key);
      if (typeof text !== 'string') throw new Error(`${path} is no text`);
      Reflect.set(holder, key, pairs.reduce(replaced, text));
    });
  }
  for (const path of remove) {
    change(facts, path, (holder, key) => {
      if (!Reflect.has(holder, key)) throw new Error(`there is no ${path} to remove`);
      if (Array.isArray(holder)) holder.splice(Number(key), 1);
      else Reflect.deleteProperty(holder, key);
    });
  }
  const touched = [...Object.keys(set), ...Object.keys(replace), ...remove];
  if (!touched.some((path) => path.startsWith('criInfo'))) loadAsOnDisk(facts);
  return z.parse(factsSchema(), facts);
}

/** The runtime has loaded the first configuration as it is on the disk, unless a fixture says otherwise. */
function loadAsOnDisk(facts: unknown): void {
  const { configurations, criInfo } = z.parse(factsSchema(), facts);
  const text = configurations[0]?.text;
  if (text === undefined || criInfo === undefined) return;
  const path = 'criInfo.cniconfig.Networks.0.Config.Source';
  change(facts, path, (holder, key) => Reflect.set(holder, key, text));
}

function replaced(text: string, [old, other]: readonly [string, string]): string {
  if (!text.includes(old)) throw new Error(`${old} is not in the text that is to be changed`);
  return text.replaceAll(old, other);
}

function change(facts: unknown, path: string, act: (holder: object, key: string) => void): void {
  const steps = path.split('.');
  const key = steps.pop() ?? '';
  for (const holder of holdersAt(facts, steps, path)) {
    if (Array.isArray(holder) && !(Number(key) <= holder.length)) {
      throw new Error(`${path} is past the end`);
    }
    act(holder, key);
  }
}

function holdersAt(value: unknown, steps: readonly string[], path: string): readonly object[] {
  if (!isJsonObject(value) && !Array.isArray(value)) throw new Error(`${path} leads nowhere`);
  const [step, ...rest] = steps;
  if (step === undefined) return [value];
  if (step !== '*') return holdersAt(Reflect.get(value, step), rest, path);
  return Object.values(value).flatMap((entry: unknown) => holdersAt(entry, rest, path));
}
