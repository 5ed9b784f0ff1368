import { isJsonObject, type JsonObject } from '../cni/json-object.ts';

/**
 * The value under the first of these keys that is there, in any letter case: V1 and V2 spell the
 * same thing `ID`, `Id` and `id`. `null` counts as absent.
 */
export function field(document: JsonObject, ...keys: readonly string[]): unknown {
  for (const key of keys) {
    const exact = document[key];
    if (exact !== undefined && exact !== null) return exact;
    const name = Object.keys(document).find((name) => sameKey(name, key));
    const value = name === undefined ? undefined : document[name];
    if (value !== undefined && value !== null) return value;
  }
  return undefined;
}

function sameKey(one: string, other: string): boolean {
  return one.length === other.length && one.toLowerCase() === other.toLowerCase();
}

/** A text under a key; an empty one counts as absent. */
export function textField(document: JsonObject, ...keys: readonly string[]): string | undefined {
  return text(field(document, ...keys));
}

/** A whole number under a key; HNS and operators write it as a text too. */
export function numberField(document: JsonObject, ...keys: readonly string[]): number | undefined {
  return wholeNumber(field(document, ...keys));
}

/** The texts of a list under a key; a single text is a list of one. */
export function textsField(document: JsonObject, ...keys: readonly string[]): readonly string[] {
  return texts(field(document, ...keys)) ?? [];
}

/** The objects of a list under a key. */
export function documentsField(
  document: JsonObject,
  ...keys: readonly string[]
): readonly JsonObject[] {
  const value = field(document, ...keys);
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}

/** The object under a key, or an empty one. */
export function documentField(document: JsonObject, ...keys: readonly string[]): JsonObject {
  const value = field(document, ...keys);
  return isJsonObject(value) ? value : {};
}

/** Reads a value of a document; undefined when it is not what is looked for. */
export type Reader<Value> = (value: unknown) => Value | undefined;

/** The documents that a shape reads: every field may be left out, as HNS leaves out what is empty. */
export type DocumentOf<Shape extends Readonly<Record<string, Reader<unknown>>>> = {
  readonly [Key in keyof Shape]?: Exclude<ReturnType<Shape[Key]>, undefined>;
};

/**
 * A reader of objects with these fields, in any letter case; others are passed over, and so is a field
 * that is not of its kind: what HNS answers is taken as far as it goes. Where one of the `required`
 * fields is missing, there is no object.
 */
export function documentOf<
  const Shape extends Readonly<Record<string, Reader<unknown>>>,
  Key extends keyof Shape = never,
>(
  shape: Shape,
  ...required: readonly Key[]
): Reader<DocumentOf<Shape> & Required<Pick<DocumentOf<Shape>, Key>>>;
export function documentOf(
  shape: Readonly<Record<string, Reader<unknown>>>,
  ...required: readonly string[]
): Reader<Readonly<Record<string, unknown>>> {
  const fields = Object.entries(shape);
  return (value) => {
    if (!isJsonObject(value)) return undefined;
    const found: Record<string, unknown> = {};
    for (const [key, read] of fields) {
      const entry = read(field(value, key));
      if (entry !== undefined) found[key] = entry;
    }
    return required.every((key) => found[key] !== undefined) ? found : undefined;
  };
}

/** A reader of lists: entries that cannot be read are left out. */
export function listOf<Value>(read: Reader<Value>): Reader<readonly Value[]> {
  return (value) =>
    Array.isArray(value)
      ? value.flatMap((entry) => {
          const known = read(entry);
          return known === undefined ? [] : [known];
        })
      : undefined;
}

/** Reads a text; an empty one counts as absent. */
export const text: Reader<string> = (value) =>
  typeof value === 'string' && value !== '' ? value : undefined;

/** Reads a whole number, written as a number or as a text. */
export const wholeNumber: Reader<number> = (value) => {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isInteger(number) ? number : undefined;
};

/** Reads a list of texts; a single text is a list of one. */
export const texts: Reader<readonly string[]> = (value) => {
  if (typeof value === 'string') return value === '' ? [] : [value];
  return Array.isArray(value) ? value.filter((entry) => typeof entry === 'string') : undefined;
};

/** Reads an object, whatever it holds. */
export const document: Reader<JsonObject> = (value) => (isJsonObject(value) ? value : undefined);
