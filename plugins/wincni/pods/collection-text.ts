import { coloured, type Terminal, wrapped } from '../terminal.ts';
import { type TypedOptions, typed } from '../typed.ts';
import type { Collected, CollectPlan, Kept } from './collect.ts';
import { nameOfPod, partsOf } from './words.ts';

/**
 * What gc would do, or did.
 * @param said what it was called with
 */
export function collectionText(
  terminal: Terminal,
  { kept, removed }: CollectPlan,
  done: readonly Collected[] | undefined,
  said: TypedOptions,
): string {
  const lines = removed.flatMap(({ row, why }, index) => {
    const became = done?.[index];
    const mark = done === undefined ? 'stale' : markOf(became);
    return [
      headOf(terminal, mark, { row, why }),
      ...(became?.error === undefined ? [] : [indented(terminal, became.error)]),
      ...partsOf(became?.left ?? row).map((part) =>
        indented(terminal, done === undefined ? part : `${became?.left ? 'left' : 'was'}: ${part}`),
      ),
    ];
  });
  const staying = kept.flatMap(({ row, why }) => [
    headOf(terminal, 'stays', { row, why }),
    ...partsOf(row).map((part) => indented(terminal, part)),
  ]);
  return [...lines, ...staying, summaryOf(removed.length, kept.length, done, said)]
    .map((line) => `${line}\n`)
    .join('');
}

type Mark = 'stale' | 'gone' | 'LEFT' | 'stays';

const meanings = { stale: 'warn', gone: 'ok', LEFT: 'fail', stays: 'quiet' } as const;

function markOf(became: Collected | undefined): Mark {
  return became && became.error === undefined && !became.left ? 'gone' : 'LEFT';
}

function headOf(terminal: Terminal, mark: Mark, { row, why }: Kept): string {
  const words = wrapped(terminal, `${nameOfPod(row)}: ${why}`, '       ');
  return `${coloured(terminal, meanings[mark], mark.padEnd(5))}  ${words}`;
}

function indented(terminal: Terminal, words: string): string {
  return `       ${wrapped(terminal, words, '         ')}`;
}

function summaryOf(
  stale: number,
  stays: number,
  done: readonly Collected[] | undefined,
  said: TypedOptions,
): string {
  const rest = stays === 0 ? '' : `   ${stays} not whole, but not proven gone`;
  if (done === undefined) {
    if (stale === 0) return `nothing to remove${rest}`;
    return `${stale} to remove${rest}\n${typed('gc', said)} --yes`;
  }
  const gone = done.filter((became) => markOf(became) === 'gone').length;
  return `${gone} removed   ${done.length - gone} left${rest}`;
}
