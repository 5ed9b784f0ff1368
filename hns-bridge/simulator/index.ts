import { field, isDocument, type JsonDocument, textField } from '../document.ts';
import { HnsError } from '../error.ts';
import { bareId } from '../ids.ts';
import type { HcnKind, Transport } from '../transport.ts';
import { createEndpoint, deleteEndpoint } from './endpoints.ts';
import type { SimulatorHost } from './lock.ts';
import { modified } from './modify.ts';
import { createNamespace, deleteNamespace } from './namespaces.ts';
import { createNetwork, deleteNetwork } from './networks.ts';
import { type refusals, refuse } from './refusal.ts';
import { findById, type HnsState, idOf, type Kind } from './state.ts';
import { openCalls } from './store.ts';
import { serveV1 } from './v1.ts';

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
  const open = (kind: HcnKind, id: string) =>
    calls.make(
      { api: 'v2', operation: `Open${kind}`, target: id, body: null, doing: `open ${kind} ${id}` },
      (state) => {
        objectOf(state, kind, id);
        return { answer: null };
      },
    );
  const query = (kind: HcnKind, id: string, body: unknown) =>
    calls.make(
      {
        api: 'v2',
        operation: `Query${kind}Properties`,
        target: id,
        body,
        doing: `query ${kind} ${id}`,
      },
      (state) => {
        if (body !== null) asObject(body);
        return { answer: objectOf(state, kind, id) };
      },
    );
  return {
    async v1(method, path, body) {
      const operation = `${method} ${path.replace(/\/$/, '')}`;
      const target = path.split('/').filter((part) => part !== '')[1] ?? '';
      const fresh = crypto.randomUUID();
      try {
        return await calls.make(
          { api: 'v1', operation, target, body: readable(body), doing: `answer ${operation}` },
          (state) => {
            const served = serveV1(state, method, path, body, fresh);
            const answer = { Success: true, Output: served.output };
            return served.state ? { state: served.state, answer } : { answer };
          },
        );
      } catch (error) {
        // V1 tells a refusal in its answer.
        if (!(error instanceof HnsError)) throw error;
        const said = error.message.replace(/^.*?: /, '');
        return JSON.stringify({ Success: false, Error: said, ErrorCode: error.code });
      }
    },
    async enumerate(kind, text) {
      const body = readable(text);
      return calls.make(
        { api: 'v2', operation: `Enumerate${kind}s`, target: '', body, doing: `list ${kind}s` },
        (state) => ({
          answer: state[lists[kind]]
            .filter((entry) => passes(entry, filterOf(body)))
            .map((entry) => idOf(entry).toUpperCase()),
        }),
      );
    },
    async query(kind, id, text) {
      await open(kind, id);
      return await query(kind, id, readable(text));
    },
    async create(kind, given, settings, network) {
      // The id of zeros leaves the choice to HNS.
      const id = /^[0-]*$/.test(bareId(given)) ? crypto.randomUUID() : given;
      if (kind === 'Endpoint') await open('Network', network ?? '');
      const body = readable(settings);
      const doing = `create ${kind} ${id}`;
      await calls.make(
        { api: 'v2', operation: `Create${kind}`, target: id, body, doing },
        (state) => ({ state: created(state, kind, id, asObject(body), network), answer: null }),
      );
      return await query(kind, id, null);
    },
    async modify(kind, id, settings) {
      await open(kind, id);
      const body = readable(settings);
      await calls.make(
        { api: 'v2', operation: `Modify${kind}`, target: id, body, doing: `modify ${kind} ${id}` },
        (state) => ({ state: modified(state, kind, id, asObject(body)), answer: null }),
      );
    },
    async delete(kind, id) {
      await calls.make(
        {
          api: 'v2',
          operation: `Delete${kind}`,
          target: id,
          body: null,
          doing: `delete ${kind} ${id}`,
        },
        (state) => ({ state: removed(state, kind, id), answer: null }),
      );
    },
    async close() {},
  };
}

const missing = {
  Network: 'networkNotFound',
  Endpoint: 'endpointNotFound',
  Namespace: 'notFound',
} as const satisfies Readonly<Record<HcnKind, keyof typeof refusals>>;

function objectOf(state: HnsState, kind: HcnKind, id: string): JsonDocument {
  const object = findById(state[lists[kind]], id);
  return object ?? refuse(missing[kind], `The ${kind.toLowerCase()} was not found`);
}

function created(
  state: HnsState,
  kind: HcnKind,
  id: string,
  asked: JsonDocument,
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

function removed(state: HnsState, kind: HcnKind, id: string): HnsState {
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
function readable(text: string): unknown {
  if (text === '') return null;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function asObject(body: unknown): JsonDocument {
  return isDocument(body) ? body : refuse('invalidJson', 'Invalid JSON document string');
}

/** The filter is a text within the query, itself JSON. */
function filterOf(query: unknown): JsonDocument {
  if (query === null) return {};
  const text = textField(asObject(query), 'Filter');
  return text === undefined ? {} : asObject(readable(text));
}

function passes(entry: JsonDocument, filter: JsonDocument): boolean {
  return Object.entries(filter).every(([key, wanted]) => {
    const name = key === 'VirtualNetwork' ? 'HostComputeNetwork' : key;
    return bareId(String(field(entry, name) ?? '')) === bareId(String(wanted));
  });
}
