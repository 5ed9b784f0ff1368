import { outputOf } from './answers.ts';
import { isHnsError } from './error.ts';
import type { Transport } from './transport.ts';

/** V1 tells a refusal in its answer: throws it when it says that HNS is busy. */
function unlessBusy(answer: string): string {
  if (!/"Success"\s*:\s*false/.test(answer)) return answer;
  try {
    outputOf(answer, 'answer');
  } catch (error) {
    if (isHnsError(error, 'busy')) throw error;
  }
  return answer;
}

/** Waits between tries, in milliseconds: some 7 seconds in all, and the runtime tries again anyway. */
const waits: readonly number[] = [100, 200, 400, 800, 1600, 3900];

/**
 * A transport that asks again while HNS is busy: stopping or starting, its adapter not up yet, RPC
 * gone. What was refused for what it is, is not asked again. A creation is looked for first, for
 * the call that broke may have done it.
 */
export function withRetries(
  transport: Transport,
  clock: { sleep(ms: number): Promise<void> },
): Transport {
  const again = async <Answer>(
    ask: () => Promise<Answer>,
    done?: () => Promise<Answer | undefined>,
  ): Promise<Answer> => {
    for (let attempt = 0; ; attempt++) {
      try {
        return await ask();
      } catch (error) {
        const wait = waits[attempt];
        if (wait === undefined || !isHnsError(error, 'busy')) throw error;
        await clock.sleep(wait);
        const answer = await done?.();
        if (answer !== undefined) return answer;
      }
    }
  };
  const found = async (ask: () => Promise<string>): Promise<string | undefined> => {
    try {
      return await ask();
    } catch (error) {
      if (isHnsError(error, 'not-found', 'busy')) return undefined;
      throw error;
    }
  };
  return {
    // A V1 POST may have been done, and V1 gives no id to look for: it is not repeated.
    v1: (method, path, body) => {
      const ask = () => transport.v1(method, path, body);
      return method === 'POST' ? ask() : again(async () => unlessBusy(await ask()));
    },
    enumerate: (kind, query) => again(() => transport.enumerate(kind, query)),
    query: (kind, id, query) => again(() => transport.query(kind, id, query)),
    create: (kind, id, settings, network) =>
      again(
        () => transport.create(kind, id, settings, network),
        () => found(() => transport.query(kind, id, '')),
      ),
    modify: (kind, id, settings) => again(() => transport.modify(kind, id, settings)),
    delete: (kind, id) => again(() => transport.delete(kind, id)),
    close: () => transport.close(),
  };
}
