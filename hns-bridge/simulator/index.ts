import { isJsonObject, type JsonObject } from '../../cni/json-object.ts';
import { defined } from '../../system/defined.ts';
import { HnsError } from '../error.ts';
import { bareId } from '../ids.ts';
import { field, textField } from '../json-document.ts';
import type { HcnKind, Transport } from '../transport.ts';
import { openCalls } from './calls.ts';
import { createEndpoint, deleteEndpoint } from './endpoints.ts';
import type { SimulatorHost } from './lock.ts';
import { modified } from './modifications.ts';
import { createNamespace, deleteNamespace } from './namespaces.ts';
import { createNetwork, deleteNetwork } from './networks.ts';
import { endpointOf, namespaceOf, networkOf } from './objects.ts';
import { refuse } from './refusal.ts';
import { type HnsState, idOf, type Kind } from './state.ts';
import { serveV1 } from './v1-requests.ts';

const lists: Readonly<Record<HcnKind, Kind>> = {
  Network: 'networks',
  Endpoint: 'endpoints',
  Namespace: 'namespaces',
};

/**
 * An HNS with rules, for tests and for trying the plugins where there is no Windows. Its state is
 * `hns.json` in a folder (see state.ts), every call is a line of `calls.jsonl` there, faults are
 * ordered in `faults.json` (see faults.ts). It answers and refuses with HNS's own documents and
 * codes, and is as strict as HNS is known to be, or stricter. Many processes may use one folder.
 */
export function openSimulator(folder: string, host: SimulatorHost): Transport {
  const calls = openCalls(folder, host);
  /** A native function that only looks: it gives what it answers. */
  const ask = (
    operation: string,
    target: string,
    body: unknown,
    answer: (state: HnsState) => unknown,
  ) => calls.make({ api: 'v2', operation, target, body }, (state) => ({ answer: answer(state) }));
  /** A native function that changes the state. */
  const change = (
    operation: string,
    target: string,
    body: unknown,
    rule: (state: HnsState) => HnsState,
  ) =>
    calls.make({ api: 'v2', operation, target, body }, (state) => ({
      state: rule(state),
      answer: null,
    }));
  const open = (kind: HcnKind, id: string) =>
    ask(`Open${kind}`, id, null, (state) => {
      objectOf(state, kind, id);
      return null;
    });
  const query = (kind: HcnKind, id: string, body: unknown) =>
    ask(`Query${kind}Properties`, id, body, (state) => {
      if (body !== null) asObject(body);
      return objectOf(state, kind, id);
    });
  return {
    async v1(method, path, body) {
      const operation = `${method} ${path.replace(/\/$/, '')}`;
      const target = path.split('/').filter((part) => part !== '')[1] ?? '';
      const newId = crypto.randomUUID();
      try {
        return await calls.make(
          { api: 'v1', operation, target, body: parsedOrText(body) },
          (before) => {
            const { output, state } = serveV1(before, method, path, body, newId);
            return defined({ state, answer: { Success: true, Output: output } });
          },
        );
      } catch (error) {
        // V1 gives a refusal as its answer.
        if (!(error instanceof HnsError)) throw error;
        const said = error.message.replace(/^.*?: /, '');
        return JSON.stringify({ Success: false, Error: said, ErrorCode: error.code });
      }
    },
    enumerate(kind, text) {
      const body = parsedOrText(text);
      return ask(`Enumerate${kind}s`, '', body, (state) =>
        state[lists[kind]]
          .filter((entry) => passes(entry, filterOf(body)))
          .map((entry) => idOf(entry).toUpperCase()),
      );
    },
    async query(kind, id, text) {
      await open(kind, id);
      return await query(kind, id, parsedOrText(text));
    },
    async create(kind, given, settings, network) {
      // The id of zeros leaves the choice to HNS.
      const id = /^[0-]*$/.test(bareId(given)) ? crypto.randomUUID() : given;
      if (kind === 'Endpoint') await open('Network', network ?? '');
      const body = parsedOrText(settings);
      await change(`Create${kind}`, id, body, (state) =>
        created(state, kind, id, asObject(body), network),
      );
      return await query(kind, id, null);
    },
    async modify(kind, id, settings) {
      await open(kind, id);
      const body = parsedOrText(settings);
      await change(`Modify${kind}`, id, body, (state) => modified(state, kind, id, asObject(body)));
    },
    async delete(kind, id) {
      await change(`Delete${kind}`, id, null, (state) => deleted(state, kind, id));
    },
    async close() {},
  };
}

function objectOf(state: HnsState, kind: HcnKind, id: string): JsonObject {
  switch (kind) {
    case 'Network':
      return networkOf(state, id);
    case 'Endpoint':
      return endpointOf(state, id);
    case 'Namespace':
      return namespaceOf(state, id);
  }
}

function created(
  state: HnsState,
  kind: HcnKind,
  id: string,
  asked: JsonObject,
  network: string | undefined,
): HnsState {
  switch (kind) {
    case 'Network':
      return createNetwork(state, id, asked);
    case 'Endpoint':
      return createEndpoint(state, network ?? '', id, asked);
    case 'Namespace':
      return createNamespace(state, id, asked);
  }
}

function deleted(state: HnsState, kind: HcnKind, id: string): HnsState {
  switch (kind) {
    case 'Network':
      return deleteNetwork(state, id);
    case 'Endpoint':
      return deleteEndpoint(state, id);
    case 'Namespace':
      return deleteNamespace(state, id);
  }
}

/** A document as the journal shows it: parsed, or, when it is no JSON, as it came. */
function parsedOrText(text: string): unknown {
  if (text === '') return null;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function asObject(body: unknown): JsonObject {
  return isJsonObject(body) ? body : refuse('invalidJson', 'Invalid JSON document string');
}

/** The filter is a text within the query, itself JSON. */
function filterOf(query: unknown): JsonObject {
  if (query === null) return {};
  const text = textField(asObject(query), 'Filter');
  return text === undefined ? {} : asObject(parsedOrText(text));
}

function passes(entry: JsonObject, filter: JsonObject): boolean {
  return Object.entries(filter).every(([key, wanted]) => {
    const name = key === 'VirtualNetwork' ? 'HostComputeNetwork' : key;
    return bareId(String(field(entry, name) ?? '')) === bareId(String(wanted));
  });
}
