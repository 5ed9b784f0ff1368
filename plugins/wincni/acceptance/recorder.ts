import { HnsError, hex, unknownCode } from '../../../hns-bridge/error.ts';
import type { Transport } from '../../../hns-bridge/transport.ts';
import type { Clock } from '../../../system/host.ts';
import type { RecordedCall } from './document.ts';
import {
  create,
  enumerate,
  type HnsCall,
  outputOf,
  parsed,
  query,
  remove,
  v1,
} from './hns-call.ts';

/** A call as it is written down, before it is known in which step. */
export type NotedCall = Omit<RecordedCall, 'step'>;

/** A way to HNS whose calls are noted, with their answers as they came. */
export function recordedTransport(
  inner: Transport,
  clock: Pick<Clock, 'elapsed'>,
  note: (call: NotedCall) => void,
): Transport {
  const noted = async <Answer>(call: HnsCall, made: () => Promise<Answer>): Promise<Answer> => {
    const started = clock.elapsed();
    const ms = () => Math.round((clock.elapsed() - started) * 10) / 10;
    try {
      const answer = await made();
      note(await answered(call, typeof answer === 'string' ? answer : '', ms()));
      return answer;
    } catch (error) {
      if (error instanceof HnsError) note(refused(call, error, ms()));
      throw error;
    }
  };
  return {
    v1: (method, path, body) =>
      noted(v1(method, path, parsed(body)), () => inner.v1(method, path, body)),
    enumerate: (kind, text) =>
      noted({ ...enumerate(kind), body: parsed(text) }, () => inner.enumerate(kind, text)),
    query: (kind, id, text) =>
      noted({ ...query(kind, id), body: parsed(text) }, () => inner.query(kind, id, text)),
    create: (kind, id, settings, network) =>
      noted(create(kind, id, parsed(settings), network), () =>
        inner.create(kind, id, settings, network),
      ),
    modify: (kind, id, settings) =>
      noted({ ...remove(kind, id), operation: `Modify${kind}`, body: parsed(settings) }, () =>
        inner.modify(kind, id, settings),
      ),
    delete: (kind, id) => noted(remove(kind, id), () => inner.delete(kind, id)),
    modifySystem: (id, request) =>
      noted(
        { api: 'hcs', operation: 'ModifyComputeSystem', target: id, body: parsed(request) },
        () => inner.modifySystem(id, request),
      ),
    close: () => inner.close(),
  };
}

async function answered(call: HnsCall, text: string, ms: number): Promise<NotedCall> {
  const line = { ...call, answer: parsed(text), ms };
  if (call.api !== 'v1') return { ...line, code: null };
  try {
    await outputOf(text);
    return { ...line, code: null };
  } catch (error) {
    if (!(error instanceof HnsError)) throw error;
    return { ...line, code: hex(error.code ?? unknownCode), refusedBy: 'its answer' };
  }
}

/** What came beside a failing HRESULT is in the message; the function that failed, where it is known. */
function refused(call: HnsCall, error: HnsError, ms: number): NotedCall {
  const { message, nativeCall } = error;
  const code = hex(error.code ?? unknownCode);
  return { ...call, answer: { message }, code, refusedBy: nativeCall ?? error.kind, ms };
}
