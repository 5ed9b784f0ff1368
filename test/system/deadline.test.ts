import { expect, it } from 'vitest';
import { startDeadline } from '../../system/deadline.ts';

/** A command that began 5 s after its clock, and has 100 s, of which 10 are kept back. */
function begun() {
  const time = { now: 5_000 };
  const options = { total: 100_000, kept: 10_000, started: 5_000 };
  return { time, deadline: startDeadline({ elapsed: () => time.now }, options) };
}

it.each([
  // After so many milliseconds: left, a share, to the end; on the way back: left, a share.
  [0, [90_000, 90_000, 100_000], [100_000, 50_000]],
  [30_000, [60_000, 60_000, 70_000], [70_000, 35_000]],
  [89_999, [1, 1, 10_001], [10_001, 5_000.5]],
  [90_000, [0, 0, 10_000], [10_000, 5_000]],
  [99_000, [0, 0, 1_000], [1_000, 500]],
  [100_000, [0, 0, 0], [0, 0]],
  [999_000, [0, 0, 0], [0, 0]],
])('after %i ms: %j, and on the way back %j', (after, forward, back) => {
  const { deadline, time } = begun();
  time.now += after;
  expect([deadline.left(), deadline.share(), deadline.toEnd()]).toEqual(forward);
  deadline.turnBack();
  deadline.turnBack();
  expect([deadline.left(), deadline.share()]).toEqual(back);
});

it('gives what is asked for, or what is left of it', () => {
  const { deadline, time } = begun();
  expect([deadline.within(5_000), deadline.within(95_000)]).toEqual([5_000, 90_000]);
  time.now += 88_000;
  expect(deadline.within(5_000)).toBe(2_000);
});
