import fc from 'fast-check';
import { isJsonObject, type JsonObject } from '../../cni/json-object.ts';

/** What nobody writes who means well: texts, JSON values, configurations with something wrong. */

export const texts: fc.Arbitrary<string> = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.constantFrom(
    '',
    '.',
    '..',
    '../../escaped',
    '..\\..\\escaped',
    'C:\\escaped',
    '/escaped',
    '\\\\?\\C:\\escaped',
    'pod1/../../escaped',
    'nul',
    'con.txt',
    'a.',
    'a\0b',
    '\uD800',
    '__proto__',
    'constructor',
    'toString',
    '0',
    '-1',
    '10.1.2.3',
    '10.1.2.0/24',
    '10.1.2.0/99999999999999999999',
    '999.1.1.1',
    '0.0.0.0/0',
    'fd00::/64',
    'fd00::%eth0',
    '::ffff:10.1.2.3',
    '1:2:3:4:5:6:7:8:9',
    ':'.repeat(45),
    'x'.repeat(5000),
  ),
);

const { value: jsonValues } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.oneof(
      texts,
      fc.integer(),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.boolean(),
      fc.constant(null),
    ),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(texts, tie('value'), { maxKeys: 4 }),
  ),
}));

/** Any JSON value. */
export const json: fc.Arbitrary<unknown> = jsonValues;

type Path = readonly string[];

/** The paths to everything in a value, itself not among them. */
function pathsIn(value: unknown, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, entry]) => [
    [...path, key],
    ...pathsIn(entry, [...path, key]),
  ]);
}

/** A copy of a value with something else at a path; without it, when that is undefined. */
function replaced(value: unknown, [key, ...rest]: Path, replacement: unknown): unknown {
  if (key === undefined) return replacement;
  if (Array.isArray(value)) {
    return value.map((entry, index) =>
      String(index) === key ? replaced(entry, rest, replacement) : entry,
    );
  }
  if (!isJsonObject(value)) return value;
  return { ...value, [key]: replaced(value[key], rest, replacement) };
}

/** A configuration with up to four of its values replaced by others, or left out. */
export function mutated(config: JsonObject): fc.Arbitrary<JsonObject> {
  const change = fc.tuple(
    fc.constantFrom(...pathsIn(config)),
    fc.oneof(json, fc.constant(undefined)),
  );
  return fc.array(change, { minLength: 1, maxLength: 4 }).map((changes) => {
    const changed = changes.reduce<unknown>(
      (value, [path, replacement]) => replaced(value, path, replacement),
      config,
    );
    return isJsonObject(changed) ? changed : {};
  });
}

const tokens = [
  '../',
  '..\\',
  'C:\\',
  '\0',
  '"',
  "'",
  '=',
  '\n',
  '\r\n',
  '\uFEFF',
  '#',
  'null',
  '{',
  '}',
  '[',
  '__proto__',
  '/etc/passwd',
  '\uD800',
  '9'.repeat(400),
  'FLANNEL_SUBNET=',
  '"type":',
  '"wincni":7,',
];

/** A text with up to four pieces cut out, put in or put in the place of others, or its end cut off. */
export function damaged(text: string): fc.Arbitrary<string> {
  const edit = fc.record({
    at: fc.nat(text.length),
    drop: fc.oneof({ weight: 3, arbitrary: fc.nat(12) }, fc.constant(text.length)),
    piece: fc.oneof(fc.constantFrom('', ...tokens), fc.string({ unit: 'binary', maxLength: 3 })),
  });
  return fc
    .array(edit, { maxLength: 4 })
    .map((edits) =>
      edits.reduce(
        (damage, { at, drop, piece }) => damage.slice(0, at) + piece + damage.slice(at + drop),
        text,
      ),
    );
}
