/** A JSON object of HNS's, or one that an operator wrote for it. */
export type JsonDocument = { readonly [key: string]: unknown };

/** Whether a value is a JSON object. */
export function isDocument(value: unknown): value is JsonDocument {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * The value under the first of these keys that is there, in any letter case: V1 and V2 spell the
 * same thing `ID`, `Id` and `id`. `null` counts as absent.
 */
export function field(document: JsonDocument, ...keys: readonly string[]): unknown {
  for (const key of keys) {
    const exact = document[key];
    if (exact !== undefined && exact !== null) return exact;
    const name = Object.keys(document).find((name) => name.toLowerCase() === key.toLowerCase());
    const value = name === undefined ? undefined : document[name];
    if (value !== undefined && value !== null) return value;
  }
  return undefined;
}

/** A text under a key; an empty one counts as absent. */
export function textField(document: JsonDocument, ...keys: readonly string[]): string | undefined {
  const value = field(document, ...keys);
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** A whole number under a key; HNS and operators write it as a text too. */
export function numberField(
  document: JsonDocument,
  ...keys: readonly string[]
): number | undefined {
  const value = field(document, ...keys);
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isInteger(number) ? number : undefined;
}

/** The texts of a list under a key; a single text is a list of one. */
export function textsField(document: JsonDocument, ...keys: readonly string[]): readonly string[] {
  const value = field(document, ...keys);
  if (typeof value === 'string') return value === '' ? [] : [value];
  return Array.isArray(value) ? value.filter((entry) => typeof entry === 'string') : [];
}

/** The objects of a list under a key. */
export function documentsField(
  document: JsonDocument,
  ...keys: readonly string[]
): readonly JsonDocument[] {
  const value = field(document, ...keys);
  return Array.isArray(value) ? value.filter(isDocument) : [];
}

/** The object under a key, or an empty one. */
export function documentField(document: JsonDocument, ...keys: readonly string[]): JsonDocument {
  const value = field(document, ...keys);
  return isDocument(value) ? value : {};
}
