import { styleText } from 'node:util';

/** Where a text is read: how wide it is, and whether colours show. */
export interface Terminal {
  readonly columns: number;
  readonly colour: boolean;
}

/** What a colour means here; the words say it too. */
export type Meaning = 'fail' | 'warn' | 'ok' | 'note' | 'quiet' | 'strong';

const formats = {
  fail: 'red',
  warn: 'yellow',
  ok: 'green',
  note: 'cyan',
  quiet: 'dim',
  strong: 'bold',
} as const;

/** A text in the colour of its meaning, where there are colours. */
export function coloured({ colour }: Terminal, meaning: Meaning, text: string): string {
  return colour ? styleText(formats[meaning], text, { validateStream: false }) : text;
}

/** Rows under a head, in columns as wide as their longest cell; the last one may run on. ASCII, two blanks between. */
export function table(
  terminal: Terminal,
  head: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  const widths = head.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(widths[column] ?? 0)))
      .join('  ')
      .trimEnd();
  return [coloured(terminal, 'strong', line(head)), ...rows.map(line)]
    .map((text) => `${text}\n`)
    .join('');
}

/** A paragraph in lines that fit, each behind `indent` but the first; a word that is too long runs over. */
export function wrapped({ columns }: Terminal, text: string, indent = ''): string {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && indent.length + last.length + 1 + word.length <= columns) {
      lines[lines.length - 1] = `${last} ${word}`;
    } else lines.push(word);
  }
  return lines.join(`\n${indent}`);
}

/**
 * A text without what a terminal would obey, but line ends, tabs and colours: names in files and in HNS are
 * whatever somebody wrote there.
 */
export function withoutControls(text: string): string {
  return text.replace(/\p{Cc}(?:\[[\d;]*m)?/gu, (found) => {
    const first = found.charAt(0);
    const isColour = first === '\u001B' && found.length > 1;
    return isColour || '\n\r\t'.includes(first) ? found : `?${found.slice(1)}`;
  });
}
