import { type Deadline, startDeadline } from '../../system/deadline.ts';
import type { Clock } from '../../system/host.ts';

/** A time for a command that begins now; by default an hour. */
export function deadlineOf(
  total = 3_600_000,
  clock: Pick<Clock, 'elapsed'> = { elapsed: () => performance.now() },
): Deadline {
  return startDeadline(clock, { total, kept: 0, started: clock.elapsed() });
}
