import { isJsonObject, type JsonObject } from '../../../cni/json-object.ts';
import { callsOver } from '../../../hns-bridge/calls.ts';
import { schemaVersion } from '../../../hns-bridge/documents.ts';
import { HnsError, hex, unknownCode } from '../../../hns-bridge/error.ts';
import type { HcnKind, Transport } from '../../../hns-bridge/transport.ts';

/** A call to HNS as a line of the simulator's calls.jsonl has it (docs/simulator.md), as a value. */
export interface HnsCall {
  readonly api: 'v1' | 'v2' | 'hcs';
  /** `CreateEndpoint`; V1: `POST /endpoints`. */
  readonly operation: string;
  /** The id of the object; V1 has it in its path. */
  readonly target: string;
  /** A document, or the text of what is none; null for nothing. */
  readonly body: unknown;
  /** Of an endpoint that is made. */
  readonly network?: string | undefined;
}

/** What a call came to. */
export interface Outcome {
  /** Undefined where HNS did it. */
  readonly code: string | undefined;
  /** Why it did not, in its words. */
  readonly said: string;
  /** The document; of V1 what is in `Output`. */
  readonly document: JsonObject;
  /** The same, where it is no object: a list. */
  readonly value: unknown;
}

type Method = 'GET' | 'POST' | 'DELETE';

export const v1 = (method: Method, path: string, body: unknown = null): HnsCall => ({
  api: 'v1',
  operation: `${method} ${path}`,
  target: path.split('/')[2] ?? '',
  body,
});
export const enumerate = (kind: HcnKind, filter?: JsonObject): HnsCall => ({
  api: 'v2',
  operation: `Enumerate${kind}s`,
  target: '',
  body: { ...schemaVersion, ...(filter ? { Filter: JSON.stringify(filter) } : {}) },
});
export const query = (kind: HcnKind, target: string): HnsCall => ({
  api: 'v2',
  operation: `Query${kind}Properties`,
  target,
  body: schemaVersion,
});
export const create = (
  kind: HcnKind,
  target: string,
  body: unknown,
  network?: string,
): HnsCall => ({
  api: 'v2',
  operation: `Create${kind}`,
  target,
  body,
  ...(network === undefined ? {} : { network }),
});
export const remove = (kind: HcnKind, target: string): HnsCall => ({
  api: 'v2',
  operation: `Delete${kind}`,
  target,
  body: null,
});
/** Puts an endpoint into a namespace, or takes it out: HNS.md, "A V2 ADD on the wire". */
export const moveEndpoint = (
  request: 'Add' | 'Remove',
  namespace: string,
  endpoint: string,
): HnsCall => ({
  api: 'v2',
  operation: 'ModifyNamespace',
  target: namespace,
  body: {
    ResourceType: 'Endpoint',
    RequestType: request,
    Settings: { EndpointId: endpoint },
  },
});

/** Makes a call. Gives the answer's text, empty where there is none; throws HnsError. */
export async function perform(transport: Transport, call: HnsCall): Promise<string> {
  const { network, operation, target } = call;
  const body = bodyText(call.body);
  if (call.api === 'v1') {
    const [method = '', path = ''] = operation.split(' ');
    if (!isMethod(method)) throw new Error(`no method of V1: ${operation}`);
    return transport.v1(method, path, body);
  }
  if (call.api === 'hcs') {
    await transport.modifySystem(target, body);
    return '';
  }
  const [, verb, kind] =
    /^([A-Z][a-z]+)(Network|Endpoint|Namespace)(?:s|Properties)?$/.exec(operation) ?? [];
  if (!isKind(kind)) throw new Error(`no call of V2: ${operation}`);
  switch (verb) {
    case 'Enumerate':
      return transport.enumerate(kind, body);
    case 'Query':
      return transport.query(kind, target, body);
    case 'Create':
      return transport.create(kind, target, body, network);
    case 'Modify':
      await transport.modify(kind, target, body);
      return '';
    case 'Delete':
      await transport.delete(kind, target);
      return '';
    default:
      throw new Error(`no call of V2: ${operation}`);
  }
}

/** Makes a call, and says what it came to. Throws what is no failure of HNS's or of the way to it. */
export async function ask(transport: Transport, call: HnsCall): Promise<Outcome> {
  try {
    const text = await perform(transport, call);
    const value = call.api === 'v1' ? await outputOf(text) : parsed(text);
    const document = isJsonObject(value) ? value : {};
    return { code: undefined, said: '', document, value };
  } catch (error) {
    if (!(error instanceof HnsError)) throw error;
    return {
      code: hex(error.code ?? unknownCode),
      said: error.message,
      document: {},
      value: undefined,
    };
  }
}

/** What V1 has in `Output`. Throws HnsError where its answer is a refusal. */
export function outputOf(text: string): Promise<unknown> {
  return callsOver(unasked(text)).v1({ operation: 'answer', method: 'GET', path: '/' });
}

/** A transport that has but one answer, to read. */
function unasked(text: string): Transport {
  const nobody = () => Promise.reject(new Error('nobody asks'));
  return {
    v1: async () => text,
    enumerate: nobody,
    query: nobody,
    create: nobody,
    modify: nobody,
    delete: nobody,
    modifySystem: nobody,
    close: async () => {},
  };
}

/** A text as calls.jsonl has it: parsed, or as it came when it is no JSON; null for none. */
export function parsed(text: string): unknown {
  if (text === '') return null;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function bodyText(body: unknown): string {
  if (body === null || body === undefined) return '';
  return typeof body === 'string' ? body : JSON.stringify(body);
}

const isMethod = (text: string): text is Method =>
  text === 'GET' || text === 'POST' || text === 'DELETE';

const isKind = (text: string | undefined): text is HcnKind =>
  text === 'Network' || text === 'Endpoint' || text === 'Namespace';

/** A value with the keys of its objects in order: that of an object's keys says nothing. */
export function inOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inOrder);
  if (!isJsonObject(value)) return value;
  const entries = Object.entries(value).map(([key, each]) => [key, inOrder(each)] as const);
  return Object.fromEntries(entries.sort(([one], [other]) => (one < other ? -1 : 1)));
}
