import { field, isDocument, type JsonDocument, numberField, textField } from './document.ts';
import { HnsError, isHnsError, refusal } from './error.ts';
import { bareId } from './ids.ts';

/** An answer of HNS's, parsed. Throws HnsError when it is no JSON. */
function parseAnswer(text: string, doing: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw garbled('no JSON', text, doing);
  }
}

/** HNS said something else than it should: its answer's start goes into the details. */
export function garbled(what: string, text: string, doing: string): HnsError {
  return new HnsError(`HNS answered ${what} when asked to ${doing}`, {
    kind: 'hns-refused',
    reason: 'other',
    details: `${text === '' ? '' : `it began with ${JSON.stringify(text.slice(0, 200))}; `}see the Windows event log, source Host-Network-Service`,
  });
}

/** The document of one object in an answer. Throws HnsError. */
export function parseDocument(text: string, doing: string): JsonDocument {
  const value = parseAnswer(text, doing);
  if (isDocument(value)) return value;
  throw garbled('no object', text, doing);
}

/** The ids an enumeration answered, in lower case. Throws HnsError. */
export function parseIds(text: string, doing: string): string[] {
  const value = text.trim() === '' ? [] : (parseAnswer(text, doing) ?? []);
  if (Array.isArray(value) && value.every((id) => typeof id === 'string')) return value.map(bareId);
  throw garbled('no list of ids', text, doing);
}

/** The id under a key, bare; an id of zeros stands for none. */
export function idField(document: JsonDocument, key: string): string | undefined {
  const id = bareId(textField(document, key) ?? '');
  return /^[0-]*$/.test(id) ? undefined : id;
}

/** An object that HNS has just made, or read. Throws HnsError when the answer names no object. */
export function identified<Made extends { readonly id: string }>(made: Made, doing: string): Made {
  if (made.id !== '') return made;
  throw garbled('a document without an id', '', doing);
}

/** What V1 put into `Output`. Throws HnsError for `{"Success":false,…}`. */
function outputOf(text: string, doing: string): unknown {
  const answer = parseDocument(text, doing);
  const success = field(answer, 'Success');
  const said = textField(answer, 'Error', 'ErrorMessage');
  if (success === false || (success !== true && said !== undefined)) {
    const code = numberField(answer, 'ErrorCode', 'HResult') ?? codeIn(said ?? '');
    throw refusal(doing, code ?? unknownCode, said ?? '');
  }
  return field(answer, 'Output');
}

/** E_FAIL: HNS said no more. */
const unknownCode = 0x80004005;

/** Some answers have their code in the text alone: `… (0x803b0002)`, `… (0x490)`. */
function codeIn(text: string): number | undefined {
  const hex = /0x([0-9a-f]{3,8})\b/i.exec(text)?.[1];
  if (hex !== undefined) return Number.parseInt(hex, 16);
  // The words HNS has for what V1 callers look for; a part that is missing has others.
  const absent =
    /\b(?:element|network|endpoint|namespace)(?: \S*[\da-f-]{36}\S*)?(?: was)? not found\b/i;
  return absent.test(text) ? 0x80070490 : undefined;
}

/** V1 tells a refusal in its answer: the error it stands for, if it is one. */
export function refusalIn(text: string, doing: string): HnsError | undefined {
  if (!/"Success"\s*:\s*false/i.test(text)) return undefined;
  try {
    outputOf(text, doing);
    return undefined;
  } catch (error) {
    return isHnsError(error) ? error : undefined;
  }
}

/** The objects of a V1 listing. */
export function outputList(text: string, doing: string): readonly JsonDocument[] {
  const output = outputOf(text, doing) ?? [];
  return (Array.isArray(output) ? output : [output]).filter(isDocument);
}

/** The object V1 answered; an empty one where there is no `Output`. */
export function outputObject(text: string, doing: string): JsonDocument {
  const output = outputOf(text, doing);
  return isDocument(output) ? output : {};
}

/** What was asked for, or undefined when HNS has no such object. */
export async function unlessMissing<Answer>(answer: Promise<Answer>): Promise<Answer | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (isHnsError(error, 'not-found')) return undefined;
    throw error;
  }
}

/** Deletes: false when there was nothing to delete. */
export async function wasThere(deletion: Promise<unknown>): Promise<boolean> {
  try {
    await deletion;
    return true;
  } catch (error) {
    if (isHnsError(error, 'not-found')) return false;
    throw error;
  }
}

/** Detaches: false when it was not attached, also because what held it is gone. */
export async function wasAttached(detachment: Promise<unknown>): Promise<boolean> {
  try {
    await detachment;
    return true;
  } catch (error) {
    if (isHnsError(error, 'not-found', 'part-missing')) return false;
    throw error;
  }
}

/** V2's schema version, which every document carries. */
export const schemaVersion = { SchemaVersion: { Major: 2, Minor: 0 } } as const;

/** V2's query for a whole object. */
export const wholeQuery = JSON.stringify(schemaVersion);
