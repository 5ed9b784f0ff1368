import { coloured, type Meaning, type Terminal, table, wrapped } from '../terminal.ts';
import type { AcceptanceFile, StepRecord, Verdict } from './document.ts';
import { disappointments } from './judge.ts';

/** How many of each there are. */
export function countsOf({ steps, verdicts }: Pick<AcceptanceFile, 'steps' | 'verdicts'>) {
  const of = (wanted: Verdict['verdict']) =>
    verdicts.filter(({ verdict }) => verdict === wanted).length;
  return {
    confirmed: of('confirmed'),
    refuted: of('refuted'),
    notReached: of('not reached'),
    otherwise: disappointments(steps).length,
  };
}

/** A step that has ended, in a line, and in one more for each thing that came otherwise. */
export function stepText(terminal: Terminal, { findings, id, ms }: StepRecord): string {
  const of = (result: (typeof findings)[number]['result']) =>
    findings.filter((finding) => finding.result === result);
  const otherwise = of('otherwise');
  const [unreached] = of('not reached');
  const expected = of('as expected').length;
  const isUnreached = expected === 0 && otherwise.length === 0;
  const [meaning, mark]: readonly [Meaning, string] =
    otherwise.length > 0 ? ['fail', 'FAIL'] : isUnreached ? ['quiet', '--'] : ['ok', 'ok'];
  const said = isUnreached
    ? `not reached: ${unreached?.came ?? 'nothing to do'}`
    : `${expected} as expected${otherwise.length > 0 ? `, ${otherwise.length} otherwise` : ''}, ${ms} ms`;
  const indent = ' '.repeat(7);
  const head = wrapped(terminal, `${mark.padStart(4)} ${id}  ${said}`, indent);
  const lines = [
    head.replace(mark, coloured(terminal, meaning, mark)),
    ...otherwise.map(
      ({ came, expected: wanted }) =>
        indent + wrapped(terminal, `expected ${wanted}; came: ${came}`, indent),
    ),
  ];
  return lines.map((line) => `${line}\n`).join('');
}

const meanings: Readonly<Record<Verdict['verdict'], Meaning>> = {
  confirmed: 'ok',
  refuted: 'fail',
  'not reached': 'quiet',
};

/** The verdicts as a table, what came otherwise, what is left, and where all of it is written. */
export function acceptanceText(terminal: Terminal, file: AcceptanceFile, out: string): string {
  const { adapters, leftovers, source, verdicts } = file;
  const rows = verdicts.map(({ evidence, id, verdict }) => [
    verdict,
    id,
    // Where it was confirmed is in the file.
    shortened(
      verdict === 'confirmed' ? evidence.replace(/ \([^()]*\)$/, '') : evidence,
      Math.max(20, terminal.columns - 47),
    ),
  ]);
  const lines = table(terminal, ['verdict', 'line of HNS.md', 'what came'], rows).replace(
    /^(confirmed|refuted|not reached)/gm,
    (word) => coloured(terminal, meaningOf(word), word),
  );
  const counts = countsOf(file);
  const said = disappointments(file.steps);
  return [
    lines,
    section(terminal, 'otherwise than expected', said),
    section(terminal, 'left on this node: run acceptance again, it begins by undoing', leftovers),
    section(terminal, 'changed of the adapters, and how to restore it', adapters),
    `\nconfirmed ${counts.confirmed}   refuted ${counts.refuted}   not reached ${counts.notReached}\n`,
    source === 'simulator' ? 'This was the simulator: it says nothing of Windows.\n' : '',
    `All of it is in ${out}\n`,
  ].join('');
}

function section(terminal: Terminal, title: string, lines: readonly string[]): string {
  if (lines.length === 0) return '';
  const shown = lines.map((line) => ` ${wrapped(terminal, line, '   ')}\n`).join('');
  return `\n${coloured(terminal, 'strong', title)}\n${shown}`;
}

const meaningOf = (word: string): Meaning =>
  Object.entries(meanings).find(([verdict]) => verdict === word)?.[1] ?? 'quiet';

const shortened = (text: string, most: number): string =>
  text.length <= most ? text : `${text.slice(0, most - 3)}...`;
