import { expect, it } from 'vitest';
import { attemptUntil } from '../../system/wait.ts';

/** A clock that only sleeping moves, by as much as a test says. */
function clockThat(moves: (ms: number) => number = (ms) => ms) {
  const slept: number[] = [];
  let now = 1_000_000;
  return {
    slept,
    elapsed: () => now,
    async sleep(ms: number) {
      slept.push(ms);
      now += moves(ms);
    },
  };
}

it('gives what the first attempt gives that gives something', async () => {
  const clock = clockThat();
  let count = 0;
  const attempt = () => (++count === 3 ? 'there' : undefined);
  expect(await attemptUntil(clock, { pauses: 10, timeout: 1000 }, attempt)).toBe('there');
  expect(clock.slept).toEqual([10, 10]);
});

it.each([
  ['one pause for all', 30, 100, [30, 30, 30]],
  ['a list of pauses', [1, 2, 4], 100, [1, 2, 4]],
  ['a list that is too long', [10, 20, 40, 80], 50, [10, 20]],
  ['no time', 10, 0, []],
])('ends after %s, and the last attempt knows', async (_, pauses, timeout, slept) => {
  const clock = clockThat();
  const known: boolean[] = [];
  const given = await attemptUntil(clock, { pauses, timeout }, (isLast) => {
    known.push(isLast());
    return undefined;
  });
  expect(given).toBeUndefined();
  expect(clock.slept).toEqual(slept);
  expect(known).toEqual([...slept.map(() => false), true]);
});

it('begins no attempt after the timeout, however long one takes', async () => {
  const clock = clockThat((ms) => ms + 60);
  let count = 0;
  await attemptUntil(clock, { pauses: 10, timeout: 100 }, () => {
    count++;
    return undefined;
  });
  expect(count).toBe(3);
});
