import { field, isDocument, type JsonDocument, numberField, textField } from './document.ts';
import { HnsError, refusal } from './error.ts';

/** An answer of HNS's, parsed. Throws HnsError when it is no JSON. */
export function parseAnswer(text: string, doing: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new HnsError(`HNS answered no JSON when asked to ${doing}`, {
      kind: 'hns-refused',
      reason: 'other',
      details: `it began with ${JSON.stringify(text.slice(0, 200))}; ${error instanceof Error ? error.message : ''}`,
    });
  }
}

/** The document of one object in an answer. */
export function parseDocument(text: string, doing: string): JsonDocument {
  const value = parseAnswer(text, doing);
  if (isDocument(value)) return value;
  throw new HnsError(`HNS answered no object when asked to ${doing}`, {
    kind: 'hns-refused',
    reason: 'other',
    details: text.slice(0, 200),
  });
}

/** The ids an enumeration answered, in lower case. */
export function parseIds(text: string, doing: string): string[] {
  const value = text.trim() === '' ? [] : parseAnswer(text, doing);
  if (!Array.isArray(value)) return [];
  return value.filter((id) => typeof id === 'string').map(bareId);
}

/** Ids are compared in lower case and without braces; HNS writes them in either case. */
export function bareId(id: string): string {
  return id.replace(/[{}]/g, '').toLowerCase();
}

/** What V1 put into `Output`. Throws HnsError for `{"Success":false,…}`. */
export function outputOf(text: string, doing: string): unknown {
  const answer = parseDocument(text, doing);
  if (field(answer, 'Success') === false) {
    const code = numberField(answer, 'ErrorCode', 'HResult') ?? codeIn(answer);
    throw refusal(doing, code ?? 0x80004005, textField(answer, 'Error', 'ErrorMessage') ?? '');
  }
  return field(answer, 'Output');
}

/** Some answers have their code in the text alone: `… (0x803b0002)`. */
function codeIn(answer: JsonDocument): number | undefined {
  const text = textField(answer, 'Error') ?? '';
  const hex = /0x([0-9a-f]{8})/i.exec(text)?.[1];
  if (hex !== undefined) return Number.parseInt(hex, 16);
  // The words HNS has for what V1 callers look for.
  return /not found/i.test(text) ? 0x80070490 : undefined;
}

/** The objects of a V1 listing. */
export function outputList(text: string, doing: string): readonly JsonDocument[] {
  const output = outputOf(text, doing) ?? [];
  return (Array.isArray(output) ? output : [output]).filter(isDocument);
}

/** The object V1 answered. */
export function outputObject(text: string, doing: string): JsonDocument {
  const output = outputOf(text, doing);
  return isDocument(output) ? output : {};
}

/** V2's schema version, which every document carries. */
export const schemaVersion = { SchemaVersion: { Major: 2, Minor: 0 } } as const;
