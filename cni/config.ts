import * as z from 'zod/mini';
import { defined } from '../system/defined.ts';
import { invalidConfig } from './error.ts';
import { isJsonObject, type JsonObject } from './json-object.ts';
import { keyValue } from './keys.ts';

/**
 * A schema for a JSON object whose keys match in any letter case, as Go's JSON reads them: the last
 * match wins, `null` counts as absent, unknown keys pass.
 */
export function object<const Shape extends z.core.$ZodLooseShape>(shape: Shape) {
  return z.pipe(withKeysOf(shape), z.looseObject(shape));
}

/** The same for what others wrote and we write again: unknown keys and those without a value are left out. */
export function knownKeys<const Shape extends z.core.$ZodLooseShape>(shape: Shape) {
  return z.pipe(z.pipe(withKeysOf(shape), z.object(shape)), z.transform(defined));
}

function withKeysOf(shape: z.core.$ZodLooseShape) {
  const canonical = new Map(Object.keys(shape).map((key) => [key.toLowerCase(), key]));
  return z.transform((value: unknown) =>
    isJsonObject(value) ? foldKeys(value, canonical) : value,
  );
}

function foldKeys(value: JsonObject, canonical: ReadonlyMap<string, string>): JsonObject {
  const folded: Record<string, unknown> = {};
  for (const [key, entry] of Object.entries(value)) {
    const known = canonical.get(key.toLowerCase());
    if (known !== undefined && entry === null) continue;
    // defineProperty: a key named __proto__ is a key like any other.
    Object.defineProperty(folded, known ?? key, {
      value: entry,
      enumerable: true,
      configurable: true,
      writable: true,
    });
  }
  return folded;
}

/**
 * How zod parses here: without compiling a function for each object first, which pays only for a
 * schema that is used many times.
 */
export const parseOnce = { jitless: true };

/**
 * A configuration read with a schema. Throws code 7, naming the first key that is wrong and what
 * was expected there; all of them are in the details.
 */
export function parseConfig<Schema extends z.core.$ZodType>(
  schema: Schema,
  config: unknown,
): z.core.output<Schema> {
  const parsed = z.safeParse(schema, config, parseOnce);
  if (parsed.success) return parsed.data;
  const problems = problemsIn(parsed.error, config);
  const [first = { path: 'the configuration', problem: 'unreadable' }] = problems;
  throw invalidConfig(
    first.path,
    first.problem,
    problems.map(({ path, problem }) => `${path}: ${problem}`).join('\n'),
  );
}

/**
 * What is wrong with a value that a schema refused, each with its key as an operator would write it.
 * @param whole what the value itself is called
 */
export function problemsIn(
  { issues }: z.core.$ZodError,
  value: unknown,
  whole = 'the configuration',
): readonly { readonly path: string; readonly problem: string }[] {
  return issues.map((issue) => ({
    path: keyPath(issue.path) || whole,
    problem: problemOf(issue, value),
  }));
}

function problemOf(issue: z.core.$ZodIssue, config: unknown): string {
  const found = nameOf(valueAt(config, issue.path));
  switch (issue.code) {
    case 'invalid_type':
      return `expected ${issue.expected}, found ${found}`;
    case 'invalid_value':
      return `expected one of ${issue.values.map(String).join(', ')}, found ${found}`;
    case 'too_small':
      return `expected at least ${issue.minimum}, found ${found}`;
    case 'too_big':
      return `expected at most ${issue.maximum}, found ${found}`;
    case 'custom':
      return `${issue.message}, found ${found}`;
    default:
      return `unexpected value, found ${found}`;
  }
}

function valueAt(config: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((value, step) => {
    if (typeof step === 'number') return Array.isArray(value) ? value[step] : undefined;
    return isJsonObject(value) ? keyValue(value, String(step)) : undefined;
  }, config);
}

/** A value as an error names it: short, and never more than the start of a long text. */
function nameOf(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'object') return 'an object';
  return JSON.stringify(typeof value === 'string' ? value.slice(0, 80) : value);
}

/** A key's path as an operator would write it: `policies[1].value`. */
function keyPath(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, step) => {
    if (typeof step === 'number') return `${text}[${step}]`;
    return text === '' ? String(step) : `${text}.${String(step)}`;
  }, '');
}
