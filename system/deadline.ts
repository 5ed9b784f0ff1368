import type { Clock } from './host.ts';

/**
 * The time that one command has. Whatever it waits for gets a share of what is left: a child, an answer, a
 * file, a pause before the next try.
 */
export interface Deadline {
  /** From the start of the process to the end of all, in milliseconds. */
  readonly total: number;
  /** Milliseconds that are left for what is done now; 0 when it is over. */
  left(): number;
  /** So many milliseconds, or what is left when that is less. */
  within(ms: number): number;
  /**
   * Milliseconds for one of several that come one after the other: all that is left on the way forward,
   * for what comes next has no use for it without this one; half of it on the way back, where each undo
   * counts by itself.
   */
  share(): number;
  /** Milliseconds until all must be over, the way back included. */
  toEnd(): number;
  /** From here on, what was done is undone: what was kept back for that is left now. */
  turnBack(): void;
}

/**
 * Starts the time of a command, on a clock that is never set.
 * @param total milliseconds for all of it
 * @param kept how much of that is kept back for undoing, and for ending what hangs
 * @param started when it began, as the clock's `elapsed` tells it
 */
export function startDeadline(
  clock: Pick<Clock, 'elapsed'>,
  {
    kept,
    started,
    total,
  }: { readonly total: number; readonly kept: number; readonly started: number },
): Deadline {
  let back = false;
  const toEnd = () => Math.max(0, started + total - clock.elapsed());
  const left = () => (back ? toEnd() : Math.max(0, toEnd() - kept));
  return {
    total,
    left,
    within: (ms) => Math.min(ms, left()),
    share: () => (back ? left() / 2 : left()),
    toEnd,
    turnBack() {
      back = true;
    },
  };
}

/** Milliseconds in words, for messages: `9.7 s`. */
export function inSeconds(ms: number): string {
  return `${Math.round(ms / 100) / 10} s`;
}
