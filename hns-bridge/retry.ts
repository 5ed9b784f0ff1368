import type { Host } from '../system/host.ts';
import { attemptUntil } from '../system/wait.ts';
import type { Calls } from './calls.ts';
import { wholeQuery } from './documents.ts';
import { isHnsError } from './error.ts';
import { surelyUndone } from './hresults.ts';
import { unlessMissing } from './outcome.ts';

/**
 * Pauses between tries, in milliseconds: 6.3 seconds in all. No try begins later than 10 seconds after
 * the first, or when the command's time is over: the runtime tries again anyway.
 */
const schedule = { pauses: [100, 200, 400, 800, 1600, 3200], timeout: 10_000 };

/** "Element not found": creating says so, once, of what has only just been made (HNS.md, Codes). */
const elementNotFound = 0x80070490;

/**
 * Calls that are made again while HNS is busy: stopping or starting, its adapter not up yet, RPC
 * gone. What was refused for what it is, is not asked again. What can't be asked twice is asked
 * again only when the first can't have been done, or is looked for and is not there: a creation of
 * V2 by its id; a POST of V1, which has none, is left to the runtime's next try.
 */
export function withRetries(
  calls: Calls,
  { clock, deadline }: Pick<Host, 'clock' | 'deadline'>,
): Calls {
  const limits = () => ({ ...schedule, timeout: deadline.within(schedule.timeout) });
  const again = async <Answer>(
    ask: () => Promise<Answer>,
    isPassing: (error: unknown) => boolean = isBusy,
  ): Promise<Answer> => {
    const tried = await attemptUntil(clock, limits(), async (isLast) => {
      try {
        return { answer: await ask() };
      } catch (error) {
        if (!isPassing(error) || isLast()) throw error;
        return undefined;
      }
    });
    if (tried) return tried.answer;
    throw new Error('the last try neither answered nor failed');
  };
  return {
    v1: (call) => again(() => calls.v1(call), call.method === 'POST' ? isUndone : isBusy),
    enumerate: (call) => again(() => calls.enumerate(call)),
    query: (call) => again(() => calls.query(call)),
    create(call) {
      let tries = 0;
      let perhapsDone = false;
      return again(
        async () => {
          tries++;
          const there = perhapsDone
            ? await unlessMissing(calls.query({ ...call, query: wholeQuery }))
            : undefined;
          if (there !== undefined) return there;
          try {
            return await calls.create(call);
          } catch (error) {
            if (isBusy(error) && (!isUndone(error) || isOfReading(error))) perhapsDone = true;
            throw error;
          }
        },
        (error) => isBusy(error) || (tries === 1 && isMissingPart(error)),
      );
    },
    // Attaching twice is answered as attached already, which callers look into; detaching as not there.
    modify: (call) => again(() => calls.modify(call)),
    delete: (call) => again(() => calls.delete(call)),
    modifySystem: (call) => again(() => calls.modifySystem(call)),
  };
}

function isMissingPart(error: unknown): boolean {
  const isMissing = isHnsError(error, 'not-found') && error.code === elementNotFound;
  return isMissing && !isOfReading(error);
}

/** Whether it is of reading back what was made: then it was made. */
function isOfReading(error: unknown): boolean {
  return isHnsError(error) && error.nativeCall?.startsWith('HcnQuery') === true;
}

function isBusy(error: unknown): boolean {
  return isHnsError(error, 'busy');
}

function isUndone(error: unknown): boolean {
  return isHnsError(error, 'busy') && error.code !== undefined && surelyUndone(error.code);
}
