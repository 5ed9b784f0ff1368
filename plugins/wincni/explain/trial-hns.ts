import type { JsonObject } from '../../../cni/json-object.ts';
import type { Calls } from '../../../hns-bridge/calls.ts';
import { HnsError } from '../../../hns-bridge/error.ts';
import { transportOver } from '../../../hns-bridge/native-functions.ts';
import type { HcnKind, Transport } from '../../../hns-bridge/transport.ts';
import type { HnsModel } from './model.ts';

/** A change that HNS would be asked for. */
export interface HnsChange {
  readonly api: 'v1' | 'v2' | 'hcs';
  /** As the simulator's journal names the call: `CreateEndpoint`, `POST /endpoints`. */
  readonly operation: string;
  /** The id of what is changed; of V1 it is in the operation. */
  readonly target: string;
  /** As it is sent; undefined where nothing is. */
  readonly document: JsonObject | undefined;
  /** What the model says to it; undefined: it is done. */
  readonly refused: string | undefined;
}

/** A way to HNS that changes nothing. */
export interface TrialHns {
  readonly transport: Transport;
  /** Why HNS could not be asked; undefined where it could, or nobody asked. */
  failure(): HnsError | undefined;
}

export interface TrialOptions {
  /** HNS itself; undefined: it is not asked at all. */
  readonly real: (() => Promise<Calls>) | undefined;
  /** What the model begins with. */
  readonly model: () => Promise<HnsModel>;
  readonly changed: (change: HnsChange) => void;
}

/** The id that a V1 endpoint gets of HNS: nobody knows it before. */
export const chosenByHns = '00000000-0000-0000-0000-00000000c405';

/**
 * HNS answers what is only looked at, until something is to be changed: from then on a model answers, the
 * simulator's rules over the documents that HNS shows at that moment.
 */
export function trialHns({ changed, model, real }: TrialOptions): TrialHns {
  let failure: HnsError | undefined;
  let modelled: Promise<Transport> | undefined;
  const noting = async <Answer>(ask: () => Promise<Answer>): Promise<Answer> => {
    try {
      return await ask();
    } catch (error) {
      const isDeaf =
        error instanceof HnsError &&
        (error.kind === 'hns-unavailable' || error.kind === 'hns-timeout');
      if (isDeaf) failure ??= error;
      throw error;
    }
  };
  const opened = () => {
    modelled ??= noting(async () => modelTransport(await model()));
    return modelled;
  };
  /** Asks HNS while nothing has been changed. */
  const look = async (
    ask: (calls: Calls) => Promise<unknown>,
    otherwise: (transport: Transport) => Promise<string>,
  ): Promise<string> => {
    if (modelled || !real) return otherwise(await opened());
    return JSON.stringify(await noting(async () => ask(await real())));
  };
  const change = async <Answer>(
    told: Omit<HnsChange, 'document' | 'refused'> & { readonly text: string },
    ask: (transport: Transport) => Promise<Answer>,
  ): Promise<Answer> => {
    const transport = await opened();
    const { api, operation, target, text } = told;
    const document: JsonObject | undefined = text === '' ? undefined : JSON.parse(text);
    try {
      const answer = await ask(transport);
      changed({ api, operation, target, document, refused: undefined });
      return answer;
    } catch (error) {
      if (!(error instanceof HnsError)) throw error;
      changed({ api, operation, target, document, refused: error.message });
      throw error;
    }
  };
  const v2 = (operation: string, kind: HcnKind, target: string, text = '') => ({
    api: 'v2' as const,
    operation: `${operation}${kind}`,
    target,
    text,
  });
  return {
    failure: () => failure,
    transport: {
      v1(method, path, body) {
        const operation = `${method} ${path}`;
        if (method === 'GET') {
          return look(
            async (calls) => ({
              Success: true,
              Output: await calls.v1({ operation, method, path, body }),
            }),
            (transport) => transport.v1(method, path, body),
          );
        }
        return change({ api: 'v1', operation, target: '', text: body }, (transport) =>
          transport.v1(method, path, body),
        );
      },
      enumerate: (kind, query) =>
        look(
          (calls) => calls.enumerate({ operation: `list ${kind}s`, kind, query }),
          (transport) => transport.enumerate(kind, query),
        ),
      query: (kind, id, query) =>
        look(
          (calls) => calls.query({ operation: `read ${kind} ${id}`, kind, id, query }),
          (transport) => transport.query(kind, id, query),
        ),
      create: (kind, id, settings, network) =>
        change(v2('Create', kind, id, settings), (transport) =>
          transport.create(kind, id, settings, network),
        ),
      modify: (kind, id, settings) =>
        change(v2('Modify', kind, id, settings), (transport) =>
          transport.modify(kind, id, settings),
        ),
      delete: (kind, id) =>
        change(v2('Delete', kind, id), (transport) => transport.delete(kind, id)),
      modifySystem: (id, request) =>
        change(
          { api: 'hcs', operation: 'ModifyComputeSystem', target: id, text: request },
          (transport) => transport.modifySystem(id, request),
        ),
      async close() {},
    },
  };
}

/** The simulator in memory: nothing of it is on the disk. It is loaded here, when something is to be changed. */
async function modelTransport(model: HnsModel): Promise<Transport> {
  const { functionsInMemory } = await import('../../../hns-bridge/simulator/in-memory.ts');
  return transportOver(
    functionsInMemory(JSON.stringify(model), () => chosenByHns),
    async () => {},
  );
}
