import { HnsError } from '../error.ts';
import { bareId } from '../ids.ts';

/** A text as Windows' functions take it: UTF-16, with a zero at its end. Throws for one with a zero in it. */
export function wide(text: string): Buffer {
  // The function would see its beginning alone. JSON writes \u0000, and ids are validated.
  if (text.includes('\0')) throw unusable(`a text with a NUL in it: ${JSON.stringify(text)}`);
  return Buffer.from(`${text}\0`, 'utf16le');
}

const guid = /^([\da-f]{8})-([\da-f]{4})-([\da-f]{4})-([\da-f]{4})-([\da-f]{12})$/;

/** An id as a GUID of Windows, its first three fields little-endian. Throws for what is none. */
export function guidBytes(id: string): Buffer {
  const [, first = '', second = '', third = '', fourth = '', last = ''] =
    guid.exec(bareId(id)) ?? [];
  if (last === '') throw unusable(`not a GUID: ${JSON.stringify(id)}`);
  const bytes = Buffer.alloc(16);
  bytes.writeUInt32LE(Number.parseInt(first, 16), 0);
  bytes.writeUInt16LE(Number.parseInt(second, 16), 4);
  bytes.writeUInt16LE(Number.parseInt(third, 16), 6);
  bytes.write(fourth + last, 8, 'hex');
  return bytes;
}

function unusable(problem: string): HnsError {
  return new HnsError(`HNS cannot be asked about ${problem.slice(0, 200)}`, {
    kind: 'hns-refused',
    reason: 'invalid',
    details: 'look at what HNS itself lists: Get-HnsNetwork, Get-HnsEndpoint',
  });
}
