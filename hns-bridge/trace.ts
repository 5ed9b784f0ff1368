import { HnsError, hex } from './error.ts';
import type { Transport } from './transport.ts';

/** A transport that writes each call to the log: what was asked, how long it took, how it went. */
export function withTrace(
  transport: Transport,
  log: (step: string, facts: Readonly<Record<string, unknown>>) => void,
  clock: { now(): number },
): Transport {
  const traced = async <Answer>(
    operation: string,
    target: string,
    ask: () => Promise<Answer>,
  ): Promise<Answer> => {
    const started = clock.now();
    try {
      const answer = await ask();
      log('hns', { operation, target, ms: clock.now() - started });
      return answer;
    } catch (error) {
      const code = error instanceof HnsError && error.code !== undefined ? hex(error.code) : '';
      const message = error instanceof Error ? error.message : String(error);
      log('hns', { operation, target, ms: clock.now() - started, code, error: message });
      throw error;
    }
  };
  return {
    v1: (method, path, body) =>
      traced(`${method} ${path}`, '', () => transport.v1(method, path, body)),
    enumerate: (kind, query) =>
      traced(`enumerate ${kind}`, '', () => transport.enumerate(kind, query)),
    query: (kind, id, query) => traced(`query ${kind}`, id, () => transport.query(kind, id, query)),
    create: (kind, id, settings, network) =>
      traced(`create ${kind}`, id, () => transport.create(kind, id, settings, network)),
    modify: (kind, id, settings) =>
      traced(`modify ${kind}`, id, () => transport.modify(kind, id, settings)),
    delete: (kind, id) => traced(`delete ${kind}`, id, () => transport.delete(kind, id)),
    close: () => transport.close(),
  };
}
