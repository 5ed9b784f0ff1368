import { CniError, code } from './error.ts';
import type { JsonObject } from './plugin.ts';

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
      `${what} is not JSON: ${text.trim() === '' ? 'it is empty' : place(text, error)}`,
      error instanceof Error ? error.message.slice(0, 300) : '',
    );
  }
  if (isObject(value)) return value;
  throw new CniError(code.decoding, `${what} is not a JSON object`);
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
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

/** Where V8's complaint is, as line and column; the end of the text when it names no place. */
function place(text: string, error: unknown): string {
  const named = /at position (\d+)/.exec(error instanceof Error ? error.message : '')?.[1];
  const position = named === undefined ? text.length : Number(named);
  const before = text.slice(0, position).split('\n');
  return `line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}`;
}
