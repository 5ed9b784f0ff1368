import { CniError, code } from './error.ts';
import { nestsDeeper } from './json-depth.ts';
import { faultIn } from './json-fault.ts';
import { isJsonObject, type JsonObject } from './json-object.ts';

/** As deep as anything may nest: writing JSON again is recursive, and must not fill the stack. */
const deepest = 500;

/**
 * A JSON object from bytes, with or without a byte-order mark. Throws code 6, with where in the
 * text it stops being JSON.
 */
export function parseJsonObject(bytes: Uint8Array, what: string): JsonObject {
  const text = decode(bytes, what);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new CniError(
      code.decoding,
      `${what} is not JSON: ${text.trim() === '' ? 'it is empty' : place(text, faultIn(text))}`,
      error instanceof Error ? error.message.slice(0, 300) : '',
    );
  }
  if (!isJsonObject(value)) throw new CniError(code.decoding, `${what} is not a JSON object`);
  if (nestsDeeper(text, deepest)) {
    throw new CniError(code.decoding, `${what} nests more than ${deepest} deep`);
  }
  return value;
}

function decode(bytes: Uint8Array, what: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new CniError(
      code.decoding,
      `${what} is not UTF-8`,
      'save the file as UTF-8; a byte-order mark is fine, UTF-16 is not',
    );
  }
}

function place(text: string, offset: number): string {
  const before = text.slice(0, offset).split('\n');
  return `line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}`;
}
