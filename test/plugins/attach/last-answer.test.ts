import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { lastAnswer, standing } from '../../../plugins/attach/last-answer.ts';
import { nodeHost } from '../../../system/node-host.ts';
import { quickFolder } from '../../helpers/quick-folder.ts';

const now = 1_700_000_000_000;
const ago = (good: number, asked = good) => ({
  good: now - good * 1000,
  asked: now - asked * 1000,
});
const no = { serves: false, servesSlow: false };
const slow = { serves: false, servesSlow: true };
const yes = { serves: true, servesSlow: true };

it.each([
  ['there is none', undefined, 86_400, no],
  ['just now', ago(0), 86_400, yes],
  ['45 s ago', ago(45), 86_400, yes],
  ['46 s ago', ago(46), 86_400, slow],
  ['5 minutes ago', ago(300), 86_400, slow],
  ['longer ago', ago(301), 86_400, no],
  ['5 minutes ago, HNS being slow 30 s ago', ago(300, 30), 86_400, yes],
  ['5 minutes ago, HNS being slow 31 s ago', ago(300, 31), 86_400, slow],
  ['longer ago, HNS being slow just now', ago(301, 0), 86_400, no],
  ['in the future', ago(-1), 86_400, no],
  ['10 s ago, asked in the future', ago(10, -1), 86_400, no],
  ['10 s ago, as long as the machine runs', ago(10), 10, yes],
  ['10 s ago, before the machine started', ago(10), 9, no],
])('a good answer: %s', (_, last, uptime, expected) => {
  expect(standing(last, now, uptime * 1000)).toEqual(expected);
});

describe('a file', () => {
  const answer = (parts: Readonly<Record<string, unknown>> = {}) =>
    JSON.stringify({ about: 'x', ...ago(0), ...parts });
  const read = (text: string) => {
    const path = join(quickFolder(), 'status');
    writeFileSync(path, text);
    return lastAnswer(nodeHost(process), { path, about: 'x' });
  };

  it('holds an answer', () => expect(read(answer())).toMatchObject(ago(0)));

  it.each([
    '',
    '{',
    'null',
    '[]',
    '{}',
    answer({ about: 'y' }),
    answer({ good: '1' }),
    answer({ asked: undefined }),
    answer().replace(/"good":\d+/, '"good":1e400'),
    '\0'.repeat(100),
    '['.repeat(100_000),
  ])('holds none: %#', (text) => expect(read(text)).toBeUndefined());
});
