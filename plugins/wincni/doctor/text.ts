import type { Finding, Outcome } from '../checks/check.ts';
import { remedyLine } from '../checks/remedy-lines.ts';
import { type ExitCode, exit } from '../exit.ts';
import type { Facts } from '../facts/facts.ts';
import { coloured, type Meaning, type Terminal, wrapped } from '../terminal.ts';

/** What is shown of outcomes: all that is wrong, the notes, what was skipped; with `all` what is well, too. */
export function doctorText(
  terminal: Terminal,
  facts: Facts,
  outcomes: readonly Outcome[],
  all = false,
): string {
  return `${headOf(facts)}\n${outcomesText(terminal, outcomes, all)}`;
}

/** The same without a head. */
export function outcomesText(
  terminal: Terminal,
  outcomes: readonly Outcome[],
  all = false,
): string {
  const shown = outcomes.filter(({ result }) => all || !['ok', 'not applicable'].includes(result));
  const width = Math.max(...shown.map(({ id }) => id.length), 0);
  const blocks = shown.map((outcome) => blockOf(terminal, outcome, width));
  return [...blocks, summaryOf(terminal, outcomes)].map((block) => `${block}\n`).join('');
}

/** The order of the summary, and how each is shown. */
const marks = {
  ok: ['ok', 'ok'],
  note: ['note', 'note'],
  skipped: ['skip', 'quiet'],
  'not applicable': ['n/a', 'quiet'],
  warn: ['WARN', 'warn'],
  fail: ['FAIL', 'fail'],
} as const satisfies Record<Outcome['result'], readonly [string, Meaning]>;

function headOf({ at, containerd, hostname, source, wincni, windows }: Facts): string {
  const system = windows ? ` (${windows.name}, ${windows.build}.${windows.ubr})` : '';
  const runtime = containerd?.version ? `   containerd ${containerd.version}` : '';
  const by = source === 'recorded' ? '' : '   facts written by hand';
  return `wincni ${wincni} on ${hostname}${system}${runtime}   ${at}${by}`;
}

function blockOf(terminal: Terminal, outcome: Outcome, width: number): string {
  const { findings, id, result, why } = outcome;
  if (findings.length === 0) return lineOf(terminal, result, id, width, why ?? '');
  return findings.map((finding) => findingText(terminal, id, finding, width)).join('\n');
}

function findingText(terminal: Terminal, id: string, finding: Finding, width: number): string {
  const { level, remedy, what } = finding;
  const indent = ' '.repeat(7 + width);
  const shown = remedy.map((line) =>
    // What is copied is not wrapped.
    remedyLine(line) === 'words' ? wrapped(terminal, line, `${indent}    `) : line,
  );
  return [
    lineOf(terminal, level, id, width, what),
    ...shown.map((line, index) => `${indent}${index === 0 ? 'do  ' : '    '}${line}`),
  ].join('\n');
}

function lineOf(
  terminal: Terminal,
  result: Outcome['result'],
  id: string,
  width: number,
  words: string,
): string {
  const [mark, meaning] = marks[result];
  const indent = ' '.repeat(7 + width);
  const head = `${coloured(terminal, meaning, mark.padStart(4))} ${id.padEnd(width)}`;
  return `${head}  ${wrapped({ ...terminal, columns: terminal.columns }, words, indent)}`.trimEnd();
}

function summaryOf(terminal: Terminal, outcomes: readonly Outcome[]): string {
  const counts = (['ok', 'note', 'skipped', 'warn', 'fail'] as const).map((result) => {
    const count = outcomes.filter((outcome) => outcome.result === result).length;
    const text = `${result} ${count}`;
    return count > 0 && result !== 'skipped' ? coloured(terminal, marks[result][1], text) : text;
  });
  return counts.join('   ');
}

/** How doctor ends: by the worst that it found; 5 where it could look at nothing. */
export function exitOf(outcomes: readonly Outcome[]): ExitCode {
  const any = (result: Outcome['result']) => outcomes.some((outcome) => outcome.result === result);
  if (any('fail')) return exit.failures;
  if (any('warn')) return exit.warnings;
  return any('skipped') && !any('ok') && !any('note') ? exit.blind : exit.fine;
}
