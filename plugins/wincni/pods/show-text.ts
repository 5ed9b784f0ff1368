import { coloured, type Meaning, type Terminal, table, wrapped } from '../terminal.ts';
import type { Table } from './tables.ts';
import type { JudgedRow, Verdict } from './verdict.ts';
import { nameOfPod } from './words.ts';

const meanings: Readonly<Record<Verdict['word'], Meaning>> = {
  whole: 'ok',
  stale: 'warn',
  broken: 'fail',
  changing: 'note',
  reserved: 'quiet',
  'host network': 'quiet',
  unknown: 'note',
};

/** A table of joined rows, and below it what is to be said of those that are not whole. */
export function podsText(
  terminal: Terminal,
  { head, rows: cells }: Table,
  rows: readonly JudgedRow[],
): string {
  if (rows.length === 0) return 'nothing is there\n';
  const notes = rows
    .filter(({ verdict }) => ['stale', 'broken', 'changing'].includes(verdict.word))
    .map((row) => {
      const { why, word } = row.verdict;
      const words = wrapped(terminal, `${nameOfPod(row)}: ${why}`, '          ');
      return `${coloured(terminal, meanings[word], word.padEnd(8))}  ${words}`;
    });
  const isStale = rows.some(({ verdict }) => verdict.word === 'stale');
  return [
    table(terminal, head, cells),
    ...notes.map((note) => `${note}\n`),
    ...(isStale ? ['wincni gc --dry-run\n'] : []),
  ].join('');
}
