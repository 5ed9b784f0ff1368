import { isJsonObject, type JsonObject } from '../../cni/json-object.ts';
import { bareId } from '../ids.ts';
import { field, textField } from '../json-document.ts';
import type { NativeFunctions, ReturnedHandle, ReturnedText } from '../native-functions.ts';
import type { HcnKind } from '../transport.ts';
import type { Calls, Effect } from './calls.ts';
import { createEndpoint, deleteEndpoint, isOfV1 } from './endpoints.ts';
import { asAnswered } from './left-out.ts';
import { modified } from './modifications.ts';
import { createNamespace, deleteNamespace } from './namespaces.ts';
import { createNetwork, deleteNetwork, lookedAt } from './networks.ts';
import { endpointOf, namespaceOf, networkOf } from './objects.ts';
import { refuse } from './refusal.ts';
import { type HnsState, idOf, type Kind } from './state.ts';
import { modifiedSystem, systemOf, systemProperties } from './systems.ts';
import { serveV1 } from './v1-requests.ts';

/** What was opened: a handle is good for as long as its object is there. */
export interface Opened {
  readonly id: string;
}

/** The functions of HNS's libraries as the simulator has them, one call of the journal each; closing is none. */
export interface SimulatedFunctions extends NativeFunctions<Opened> {
  /** What hcsshim asks of a compute system before it modifies it. */
  systemProperties(handle: Opened): Promise<ReturnedText>;
}

const lists: Readonly<Record<HcnKind, Kind>> = {
  Network: 'networks',
  Endpoint: 'endpoints',
  Namespace: 'namespaces',
};

/**
 * The functions over the calls to a simulated HNS.
 * @param newId gives the ids that HNS chooses
 */
export function functionsOver(
  calls: Calls,
  newId: () => string = () => crypto.randomUUID(),
): SimulatedFunctions {
  /** A function that only looks: it gives what it answers. */
  const ask = (
    operation: string,
    target: string,
    body: unknown,
    answer: (state: HnsState) => unknown,
    api: 'v2' | 'hcs' = 'v2',
  ) => calls.make({ api, operation, target, body }, (state) => ({ answer: answer(state) }));
  /** A function that changes the state, and answers nothing. */
  const change = (
    operation: string,
    target: string,
    body: unknown,
    rule: (state: HnsState) => HnsState,
    api: 'v2' | 'hcs' = 'v2',
  ) =>
    calls.make({ api, operation, target, body }, (state) => ({ state: rule(state), answer: null }));
  return {
    hnsCall(method, path, body) {
      const operation = `${method} ${path.replace(/\/$/, '')}`;
      const target = path.split('/').filter((part) => part !== '')[1] ?? '';
      return calls.make({ api: 'v1', operation, target, body: parsedOrText(body) }, (before) => {
        const { output, state } = serveV1(before, method, path, body, newId);
        return v1Effect(output, state);
      });
    },
    enumerate(kind, text) {
      const body = parsedOrText(text);
      return ask(`Enumerate${kind}s`, '', body, (state) =>
        state[lists[kind]]
          .filter((entry) => isListed(state, entry) && passes(entry, filterOf(body)))
          .map((entry) => idOf(entry).toUpperCase()),
      );
    },
    async open(kind, id) {
      const looked = ask(`Open${kind}`, id, null, (state) => {
        objectOf(state, kind, id);
        return null;
      });
      return held(await looked, id);
    },
    async create(kind, given, settings, network) {
      // The id of zeros leaves the choice to HNS.
      const id = /^[0-]*$/.test(bareId(given)) ? newId() : given;
      const body = parsedOrText(settings);
      const made = change(`Create${kind}`, id, body, (state) =>
        created(state, kind, id, asObject(body), network?.id),
      );
      return held(await made, id);
    },
    query(kind, { id }, text) {
      const body = parsedOrText(text);
      const call = { api: 'v2', operation: `Query${kind}Properties`, target: id, body } as const;
      return calls.make(call, (state) => {
        if (body !== null) asObject(body);
        const answer = asAnswered(objectOf(state, kind, id));
        const after = kind === 'Network' ? lookedAt(state, id) : undefined;
        return after ? { state: after, answer } : { answer };
      });
    },
    modify(kind, { id }, settings) {
      const body = parsedOrText(settings);
      return change(`Modify${kind}`, id, body, (state) =>
        modified(state, kind, id, asObject(body)),
      );
    },
    delete: (kind, id) => change(`Delete${kind}`, id, null, (state) => deleted(state, kind, id)),
    close() {},
    async openSystem(id) {
      const looked = ask(
        'OpenComputeSystem',
        id,
        null,
        (state) => {
          systemOf(state, id);
          return null;
        },
        'hcs',
      );
      return held(await looked, id);
    },
    modifySystem({ id }, request) {
      const body = parsedOrText(request);
      const rule = (state: HnsState) => modifiedSystem(state, id, asObject(body));
      return change('ModifyComputeSystem', id, body, rule, 'hcs');
    },
    systemProperties({ id }) {
      const answer = (state: HnsState) => systemProperties(state, id);
      return ask('GetComputeSystemProperties', id, null, answer, 'hcs');
    },
    closeSystem() {},
  };
}

function v1Effect(Output: unknown, state: HnsState | undefined): Effect {
  const answer = { Success: true, Output };
  return state ? { state, answer } : { answer };
}

/** A handle to what was opened or made; none where HNS refused, unless a fault has it so. */
function held({ hresult, record, text }: ReturnedText, id: string): ReturnedHandle<Opened> {
  return { hresult, record, handle: hresult === 0 || text !== '' ? { id } : undefined };
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

/** V2's lists may lack the endpoints that V1 made. */
function isListed({ rules }: HnsState, entry: JsonObject): boolean {
  return rules.v1Endpoints === 'listed' || !isOfV1(entry);
}

function passes(entry: JsonObject, filter: JsonObject): boolean {
  return Object.entries(filter).every(([key, wanted]) => {
    const name = key === 'VirtualNetwork' ? 'HostComputeNetwork' : key;
    return bareId(String(field(entry, name) ?? '')) === bareId(String(wanted));
  });
}
