import { expect, test } from 'vitest';
import { summaryOf } from '../../../../plugins/wincni/facts/log-summary.ts';

const line = (ms: number, code = 0) =>
  JSON.stringify({ time: '2026-01-02T03:04:05.000Z', step: 'ended', ms, code });

test.each([
  ['nothing', [], { commands: 0, failures: {} }],
  ['one', [line(5)], { commands: 1, p50: 5, p95: 5 }],
  ['three', [line(3), line(1), line(2)], { p50: 2, p95: 3 }],
  [
    'twenty, in any order',
    Array.from({ length: 20 }, (_, index) => line(((index * 7) % 20) + 1)),
    { commands: 20, p50: 10, p95: 19 },
  ],
  ['failures by code', [line(1, 7), line(1, 11), line(1, 7)], { failures: { 7: 2, 11: 1 } }],
  ['garbage', ['"step":"ended"', '{"step":"ended","ms":"x"}', '[', ''], { commands: 0 }],
  ['a line cut short', [line(1), line(2).slice(0, 40)], { commands: 1 }],
])('a log of %s', (_, lines, expected) => {
  expect(summaryOf('log', lines)).toMatchObject(expected);
});
