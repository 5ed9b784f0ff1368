import { bareId } from '../answers.ts';
import { documentField, isDocument, type JsonDocument, textField } from '../document.ts';
import { HnsError } from '../error.ts';
import type { HcnKind, Transport } from '../transport.ts';
import { attach, createEndpoint, deleteEndpoint, detach } from './endpoints.ts';
import { createNamespace, createNetwork, deleteNamespace, deleteNetwork } from './networks.ts';
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
export function openSimulator(options: { readonly folder: string }): Transport {
  const calls = openCalls(options.folder);
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
      (state) => ({ answer: objectOf(state, kind, id) }),
    );
  return {
    async v1(method, path, body) {
      const operation = `${method} ${path.replace(/\/$/, '')}`;
      const target = path.split('/').filter((part) => part !== '')[1] ?? '';
      const fresh = crypto.randomUUID();
      try {
        return calls.make(
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
      open(kind, id);
      return query(kind, id, readable(text));
    },
    async create(kind, id, settings, network) {
      if (kind === 'Endpoint') open('Network', network ?? '');
      const body = readable(settings);
      calls.make(
        { api: 'v2', operation: `Create${kind}`, target: id, body, doing: `create ${kind} ${id}` },
        (state) => ({ state: created(state, kind, id, asObject(body), network), answer: null }),
      );
      return query(kind, id, null);
    },
    async modify(kind, id, settings) {
      open(kind, id);
      const body = readable(settings);
      calls.make(
        { api: 'v2', operation: `Modify${kind}`, target: id, body, doing: `modify ${kind} ${id}` },
        (state) => ({ state: modified(state, kind, id, asObject(body)), answer: null }),
      );
    },
    async delete(kind, id) {
      calls.make(
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

function modified(state: HnsState, kind: HcnKind, id: string, asked: JsonDocument): HnsState {
  const endpointId = textField(documentField(asked, 'Settings'), 'EndpointId');
  const request = textField(asked, 'RequestType');
  if (kind !== 'Namespace' || textField(asked, 'ResourceType') !== 'Endpoint' || !endpointId) {
    return refuse('unsupported', 'The request is not supported by the simulator');
  }
  if (request === 'Add') return attach(state, id, endpointId);
  if (request === 'Remove') return detach(state, id, endpointId);
  return refuse('badParameter', 'The parameter is incorrect: RequestType');
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
    const found = textField(entry, name) ?? '';
    return bareId(found) === bareId(String(wanted));
  });
}
