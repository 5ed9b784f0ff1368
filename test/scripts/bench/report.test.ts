import { describe, expect, it } from 'vitest';
import type { Meter, Timed } from '../../../scripts/bench/meter.ts';
import {
  openReport,
  printed,
  ratioColumns,
  ratioRow,
  verdictOn,
} from '../../../scripts/bench/report.ts';
import { compare, figureOf } from '../../../scripts/bench/timing.ts';

const figure = (median: number) => ({ median, low: median, high: median });

describe('a budget', () => {
  it.each([
    ['is met by what is printed as the budget', { wall: 1.034, CPU: 1.03 }, 1.03, 'met'],
    ['is missed by either', { wall: 1, CPU: 1.036 }, 1.03, 'MISSED CPU'],
    ['is missed by both', { wall: 2, CPU: 2 }, 1.03, 'MISSED wall, CPU'],
    ['is judged by what is known', { wall: 1, CPU: undefined }, 1.03, 'met'],
    ['is not met by nothing', { wall: undefined }, 1.03, 'not measured'],
    ['need not be there', { wall: 9 }, undefined, ''],
  ])('%s', (_, medians, budget, verdict) => {
    const figures = Object.entries(medians).map(
      ([name, median]) => [name, median === undefined ? undefined : figure(median)] as const,
    );
    expect(verdictOn(Object.fromEntries(figures), budget)).toBe(verdict);
  });
});

it.each([
  [[5, 1, 4, 2, 3], '3.00 (2.00-4.00)'],
  [[4, 1, 3, 2], '2.50 (1.00-4.00)'],
  [[3, 1, 2], '2.00 (1.00-3.00)'],
  [[7], '7.00 (7.00-7.00)'],
])('the figure of %j: the median with the middle half', (values, text) => {
  expect(printed(figureOf(values))).toBe(text);
});

it('a report has its rows as lines of at most 120 columns and as data', () => {
  const lines: string[] = [];
  const report = openReport((line) => lines.push(line));
  const table = report.table('Linux', ratioColumns);
  ratioRow(table, 'VERSION', { wall: figure(12.345), cpu: figure(11) }, 1);
  report.notMeasured('Bun', 'there is none');
  expect(lines.map((line) => line.length <= 120)).not.toContain(false);
  expect(lines.join('\n')).toContain('12.35 (12.35-12.35)');
  expect(report.entries).toMatchObject([
    { table: 'Linux', what: 'VERSION', budget: 1, verdict: 'MISSED wall, CPU' },
    { what: 'Bun', notMeasured: 'there is none' },
  ]);
});

it('two commands take turns, and the first pair does not count', () => {
  const asked: string[] = [];
  const costs: Readonly<Record<string, readonly number[]>> = { one: [90, 2, 6], other: [1, 1, 2] };
  const meter: Meter = {
    missing: undefined,
    measure([{ file } = { file: '' }]) {
      const wall = costs[file]?.[asked.filter((name) => name === file).length] ?? Number.NaN;
      asked.push(file);
      return { wall, walls: [wall], cpu: undefined, peak: undefined, inNoFile: undefined };
    },
  };
  const making = (file: string) => (): Timed => ({ file });
  expect(compare(meter, 2, making('one'), making('other'))).toEqual({
    wall: { median: 2.5, low: 2, high: 3 },
    cpu: undefined,
  });
  expect(asked).toEqual(['one', 'other', 'other', 'one', 'one', 'other']);
});
