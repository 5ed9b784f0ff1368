/**
 * How the libraries in dlls/ and the simulator talk: a line of ASCII a call, its fields separated by
 * tabs, and a line back. docs/simulator.md has the protocol.
 */

/** A field: `-` for no text at all, `=` and the text, all but printable ASCII written as \uXXXX. */
export function printField(text: string | undefined): string {
  if (text === undefined) return '-';
  const escaped = text.replace(
    /[^\x20-\x5b\x5d-\x7e]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return `=${escaped}`;
}

/** The text of a field; undefined for none. */
export function readField(field: string): string | undefined {
  if (!field.startsWith('=')) return undefined;
  return field
    .slice(1)
    .replace(/\\u([\da-f]{4})/g, (_, digits: string) =>
      String.fromCharCode(Number.parseInt(digits, 16)),
    );
}

/** What a library asks: a function's name, then texts. */
export interface Asked {
  readonly name: string;
  readonly texts: readonly (string | undefined)[];
}

/** Reads a line of a library's. */
export function readLine(line: string): Asked {
  const [name = '', ...fields] = line.split('\t');
  return { name, texts: fields.map(readField) };
}

/** The line that answers a call: what the function returns, and what its out parameters get. */
export function printAnswer(hresult: number, text: string | undefined, record: string): string {
  const code = hresult.toString(16).padStart(8, '0');
  return `${code}\t${printField(text)}\t${printField(record === '' ? undefined : record)}\n`;
}
