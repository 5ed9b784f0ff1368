import { refusalIn, unlessMissing, wholeQuery } from './answers.ts';
import { isHnsError } from './error.ts';
import { surelyUndone } from './hresults.ts';
import type { Transport } from './transport.ts';

/** Waits between tries, in milliseconds: 6.3 seconds in all. */
const waits: readonly number[] = [100, 200, 400, 800, 1600, 3200];

/** No try begins later than so many milliseconds after the first: the runtime tries again anyway. */
const patience = 10_000;

/** "Element not found": creating says so, once, of what has only just been made (HNS facts). */
const elementNotFound = 0x80070490;

/**
 * A transport that asks again while HNS is busy: stopping or starting, its adapter not up yet, RPC
 * gone. What was refused for what it is, is not asked again. What can't be asked twice is asked
 * again only when the first can't have been done, or is looked for and is not there: a creation of
 * V2 by its id; a POST of V1, which has none, is left to the runtime's next try.
 */
export function withRetries(
  transport: Transport,
  clock: { now(): number; sleep(ms: number): Promise<void> },
): Transport {
  const again = async <Answer>(
    ask: () => Promise<Answer>,
    isPassing: (error: unknown, attempt: number) => boolean = isBusy,
  ): Promise<Answer> => {
    const began = clock.now();
    for (let attempt = 0; ; attempt++) {
      try {
        return await ask();
      } catch (error) {
        const wait = waits[attempt];
        if (wait === undefined || !isPassing(error, attempt)) throw error;
        if (clock.now() + wait > began + patience) throw error;
        await clock.sleep(wait);
      }
    }
  };
  return {
    v1: (method, path, body) =>
      again(
        async () => {
          const answer = await transport.v1(method, path, body);
          const refused = refusalIn(answer, `answer ${method} ${path}`);
          if (isHnsError(refused, 'busy')) throw refused;
          return answer;
        },
        method === 'POST' ? isUndone : isBusy,
      ),
    enumerate: (kind, query) => again(() => transport.enumerate(kind, query)),
    query: (kind, id, query) => again(() => transport.query(kind, id, query)),
    create: (kind, id, settings, network) => {
      let perhapsDone = false;
      return again(
        async () => {
          const there = perhapsDone
            ? await unlessMissing(transport.query(kind, id, wholeQuery))
            : undefined;
          if (there !== undefined) return there;
          try {
            return await transport.create(kind, id, settings, network);
          } catch (error) {
            if (isBusy(error) && !isUndone(error)) perhapsDone = true;
            throw error;
          }
        },
        (error, attempt) =>
          isBusy(error) ||
          (attempt === 0 && isHnsError(error, 'not-found') && error.code === elementNotFound),
      );
    },
    // Attaching twice is told as attached already, which callers look into; detaching as not there.
    modify: (kind, id, settings) => again(() => transport.modify(kind, id, settings)),
    delete: (kind, id) => again(() => transport.delete(kind, id)),
    close: () => transport.close(),
  };
}

function isBusy(error: unknown): boolean {
  return isHnsError(error, 'busy');
}

function isUndone(error: unknown): boolean {
  return isHnsError(error, 'busy') && error.code !== undefined && surelyUndone(error.code);
}
