import type { Clock } from './host.ts';

/**
 * Makes attempts until one gives something, with pauses between them: in milliseconds, a list for
 * so many attempts and one, or one pause for all. None begins later than `timeout` after the first.
 * The last is told that it is the last, and what it gives is the answer, be it undefined.
 */
export async function attemptUntil<Answer>(
  clock: Pick<Clock, 'now' | 'sleep'>,
  { pauses, timeout }: { readonly pauses: number | readonly number[]; readonly timeout: number },
  attempt: (isLast: boolean) => Promise<Answer | undefined> | Answer | undefined,
): Promise<Answer | undefined> {
  const end = clock.now() + timeout;
  for (let count = 0; ; count++) {
    const pause = typeof pauses === 'number' ? pauses : pauses[count];
    const isLast = pause === undefined || clock.now() + pause > end;
    const answer = await attempt(isLast);
    if (answer !== undefined || isLast) return answer;
    await clock.sleep(pause);
  }
}
