import type { Clock } from './host.ts';

/**
 * Makes attempts until one gives something, with pauses between them: in milliseconds, a list for
 * so many attempts and one, or one pause for all. None begins later than `timeout` after the first.
 * An attempt may ask whether it is the last; what the last gives is the answer, be it undefined.
 */
export async function attemptUntil<Answer>(
  clock: Pick<Clock, 'elapsed' | 'sleep'>,
  { pauses, timeout }: { readonly pauses: number | readonly number[]; readonly timeout: number },
  attempt: (isLast: () => boolean) => Promise<Answer | undefined> | Answer | undefined,
): Promise<Answer | undefined> {
  const end = clock.elapsed() + timeout;
  for (let count = 0; ; count++) {
    const pause = typeof pauses === 'number' ? pauses : pauses[count];
    // Asked once for each attempt: the attempt and the loop must get one answer.
    let last: boolean | undefined;
    const isLast = () => {
      last ??= pause === undefined || clock.elapsed() + pause > end;
      return last;
    };
    const answer = await attempt(isLast);
    if (answer !== undefined || isLast()) return answer;
    await clock.sleep(pause ?? 0);
  }
}

/**
 * What a work gives, unless it takes longer than so many milliseconds: then throws what `late` makes, and
 * what becomes of the work is nobody's matter any more.
 */
export async function inTime<Done>(
  clock: Pick<Clock, 'after'>,
  ms: number,
  work: Promise<Done>,
  late: () => Error,
): Promise<Done> {
  let callOff = () => {};
  const expired = new Promise<never>((_, reject) => {
    callOff = clock.after(ms, () => reject(late()));
  });
  try {
    return await Promise.race([work, expired]);
  } finally {
    callOff();
  }
}
