import { refusalIn } from './answers.ts';
import { HnsError, hex } from './error.ts';
import type { Transport } from './transport.ts';

/** The longest body that is logged; of a longer one, its beginning and its length are. */
const longest = 2048;

/**
 * A transport that writes each call to the log, as step `hns`: `operation`, `target`, what was
 * `asked`, how long it took (`ms`), and how it went: `code` and `error` when it was refused.
 */
export function withTrace(
  transport: Transport,
  log: (step: string, facts: Readonly<Record<string, unknown>>) => void,
  clock: { now(): number },
): Transport {
  const traced = async <Answer>(
    call: { readonly operation: string; readonly target?: string; readonly asked?: string },
    ask: () => Promise<Answer>,
    refused: (answer: Answer) => unknown = () => undefined,
  ): Promise<Answer> => {
    const { asked = '', ...subject } = call;
    const started = clock.now();
    const told = (error: unknown) =>
      log('hns', {
        ...subject,
        ...(asked === '' ? {} : { asked: shortened(asked) }),
        ms: clock.now() - started,
        ...(error === undefined ? {} : failure(error)),
      });
    try {
      const answer = await ask();
      told(refused(answer));
      return answer;
    } catch (error) {
      told(error);
      throw error;
    }
  };
  return {
    v1: (method, path, body) =>
      traced(
        { operation: `${method} ${path}`, asked: body },
        () => transport.v1(method, path, body),
        (answer) => refusalIn(answer, `answer ${method} ${path}`),
      ),
    enumerate: (kind, query) =>
      traced({ operation: `enumerate ${kind}`, asked: query }, () =>
        transport.enumerate(kind, query),
      ),
    query: (kind, id, query) =>
      traced({ operation: `query ${kind}`, target: id }, () => transport.query(kind, id, query)),
    create: (kind, id, settings, network) =>
      traced({ operation: `create ${kind}`, target: id, asked: settings }, () =>
        transport.create(kind, id, settings, network),
      ),
    modify: (kind, id, settings) =>
      traced({ operation: `modify ${kind}`, target: id, asked: settings }, () =>
        transport.modify(kind, id, settings),
      ),
    delete: (kind, id) =>
      traced({ operation: `delete ${kind}`, target: id }, () => transport.delete(kind, id)),
    close: () => transport.close(),
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
  return { ...(code === undefined ? {} : { code }), error: shortened(said) };
}
