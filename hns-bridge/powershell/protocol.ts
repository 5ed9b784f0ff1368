/**
 * The line protocol of session.ps1, whose head comment defines it: one request a line, one answer a
 * line, fields separated by tabs, UTF-8. JSON passes through as text.
 */

/** The protocol's number in the ready line. */
const protocolVersion = '1';

/** What a line of PowerShell's stdout says. */
export type Line =
  | {
      readonly kind: 'ready';
      readonly version: string;
      readonly edition: string;
      readonly bits: string;
      readonly pid: string;
    }
  | { readonly kind: 'answer'; readonly id: string; readonly payload: string }
  | ({ readonly kind: 'refusal'; readonly id: string } & Refusal)
  | { readonly kind: 'noise' };

/** An `err` answer: which sort of failure, and what was said of it. */
export interface Refusal {
  readonly code: string;
  /** `0x803B0001`, or `-` when there was none. */
  readonly hresult: string;
  readonly message: string;
  /** HNS's error document, when there was one. */
  readonly detail: string;
}

const escapes: Readonly<Record<string, string>> = {
  '%': '%25',
  '\t': '%09',
  '\n': '%0A',
  '\r': '%0D',
};
const unescapes: Readonly<Record<string, string>> = {
  '%25': '%',
  '%09': '\t',
  '%0A': '\n',
  '%0D': '\r',
};

/** A text as a field of a line: without tabs and line ends. */
export function escapeField(text: string): string {
  return text.replace(/[%\t\n\r]/g, (found) => escapes[found] ?? found);
}

/** The text that a field of a line stands for. */
export function unescapeField(text: string): string {
  return text.replace(/%(?:25|09|0A|0D)/g, (found) => unescapes[found] ?? found);
}

/** A request's line, with its end. */
export function requestLine(id: string, verb: string, fields: readonly string[]): string {
  return `${[id, verb, ...fields.map(escapeField)].join('\t')}\n`;
}

/** Reads a line; whatever is not of the protocol, or not UTF-8, is noise. */
export function parseLine(bytes: Buffer): Line {
  let line: string;
  try {
    line = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return { kind: 'noise' };
  }
  const fields = (line.endsWith('\r') ? line.slice(0, -1) : line).split('\t');
  const [id = '', word = '', ...rest] = fields;
  if (word === 'ready' && id === '-' && rest.length === 5 && rest[0] === protocolVersion) {
    const [, version = '', edition = '', bits = '', pid = ''] = rest;
    return { kind: 'ready', version, edition, bits, pid };
  }
  if (word === 'ok' && rest.length === 1) {
    return { kind: 'answer', id, payload: unescapeField(rest[0] ?? '') };
  }
  // The bootstrap answers `err` too, without a detail.
  if (word === 'err' && (rest.length === 4 || rest.length === 3)) {
    const [code = '', hresult = '', message = '', detail = ''] = rest;
    return {
      kind: 'refusal',
      id,
      code,
      hresult,
      message: unescapeField(message),
      detail: unescapeField(detail),
    };
  }
  return { kind: 'noise' };
}

export interface LineReader {
  /** The lines this chunk completes, or undefined when one is longer than the limit. */
  read(chunk: Buffer): readonly Buffer[] | undefined;
  /** The bytes of the last line, which is not complete. */
  rest(): Buffer;
}

/** Cuts a stream of bytes into lines of at most `limit` bytes, however the chunks fall. */
export function createLineReader(limit: number): LineReader {
  let parts: Buffer[] = [];
  let held = 0;
  return {
    read(chunk) {
      const lines: Buffer[] = [];
      let from = 0;
      for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, from)) {
        if (held + end - from > limit) return undefined;
        lines.push(Buffer.concat([...parts, chunk.subarray(from, end)]));
        parts = [];
        held = 0;
        from = end + 1;
      }
      if (from < chunk.length) {
        parts.push(chunk.subarray(from));
        held += chunk.length - from;
      }
      return held > limit ? undefined : lines;
    },
    rest: () => Buffer.concat(parts),
  };
}
