import { defined } from '../system/defined.ts';
import type { Clock, Log } from '../system/host.ts';
import type { Calls } from './calls.ts';
import { HnsError, hex } from './error.ts';

/** The longest body that is logged; of a longer one, its beginning and its length are. */
const longest = 2048;

/**
 * Calls that are written to the log, each as step `hns`: `operation`, `target`, what was `asked`, how
 * long it took (`ms`), and how it went: `code` and `error` when it was refused.
 */
export function withTrace(calls: Calls, log: Log, clock: Pick<Clock, 'now'>): Calls {
  const traced = async <Answer>(
    operation: string,
    { asked, target }: { readonly target?: string; readonly asked?: string | undefined },
    ask: () => Promise<Answer>,
  ): Promise<Answer> => {
    const started = clock.now();
    const write = (outcome: Readonly<Record<string, string>>) =>
      log('hns', {
        operation,
        ...defined({ target, asked: asked ? shortened(asked) : undefined }),
        ms: clock.now() - started,
        ...outcome,
      });
    try {
      const answer = await ask();
      write({});
      return answer;
    } catch (error) {
      write(failure(error));
      throw error;
    }
  };
  return {
    v1: (call) => traced(`${call.method} ${call.path}`, { asked: call.body }, () => calls.v1(call)),
    enumerate: (call) =>
      traced(`enumerate ${call.kind}`, { asked: call.query }, () => calls.enumerate(call)),
    query: (call) => traced(`query ${call.kind}`, { target: call.id }, () => calls.query(call)),
    create: (call) =>
      traced(`create ${call.kind}`, { target: call.id, asked: call.settings }, () =>
        calls.create(call),
      ),
    modify: (call) =>
      traced(`modify ${call.kind}`, { target: call.id, asked: call.settings }, () =>
        calls.modify(call),
      ),
    delete: (call) => traced(`delete ${call.kind}`, { target: call.id }, () => calls.delete(call)),
    modifySystem: (call) =>
      traced('modify ComputeSystem', { target: call.id, asked: call.request }, () =>
        calls.modifySystem(call),
      ),
  };
}

function shortened(text: string): string {
  return text.length <= longest
    ? text
    : `${text.slice(0, longest)}… (${text.length} characters in all)`;
}

function failure(error: unknown): Readonly<Record<string, string>> {
  const code = error instanceof HnsError && error.code !== undefined ? hex(error.code) : undefined;
  const said = error instanceof Error ? error.message : String(error);
  return defined({ code, error: shortened(said) });
}
