import { nestsDeeper } from '../cni/json-depth.ts';
import { isJsonObject, type JsonObject } from '../cni/json-object.ts';
import { HnsError, refusal, unknownCode } from './error.ts';
import { bareId } from './ids.ts';
import { field, numberField, textField } from './json-document.ts';
import { answerLimit, tooLong } from './library-failures.ts';
import type { HcnKind, Transport } from './transport.ts';

/** What a call is for, in words, for errors about its answer: `create endpoint 1f0c…`. */
interface Worded {
  readonly operation: string;
}

export interface V1Call extends Worded {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  readonly body?: string;
}

interface ObjectCall {
  readonly kind: HcnKind;
  readonly id: string;
}

interface ChangeCall extends ObjectCall {
  readonly settings: string;
}

interface CreateCall extends ChangeCall, Worded {
  /** The network of an endpoint. */
  readonly network?: string;
}

/** A change to a compute system: a container of Docker's. */
interface SystemCall {
  readonly id: string;
  readonly request: string;
}

/**
 * The calls of a transport, their answers read: each once, here. A refusal is thrown as HnsError in
 * both dialects; V1 has it in its answer.
 */
export interface Calls {
  /** What V1 put into `Output`. */
  v1(call: V1Call): Promise<unknown>;
  /** The ids, bare. */
  enumerate(
    call: Worded & { readonly kind: HcnKind; readonly query: string },
  ): Promise<readonly string[]>;
  query(call: ObjectCall & Worded & { readonly query: string }): Promise<JsonObject>;
  create(call: CreateCall): Promise<JsonObject>;
  modify(call: ChangeCall): Promise<void>;
  delete(call: ObjectCall): Promise<void>;
  modifySystem(call: SystemCall): Promise<void>;
}

/** The calls over a transport. */
export function callsOver(transport: Transport): Calls {
  return {
    v1: async ({ body = '', method, operation, path }) =>
      outputOf(await transport.v1(method, path, body), operation),
    enumerate: async ({ kind, operation, query }) =>
      parseIds(await transport.enumerate(kind, query), operation),
    query: async ({ id, kind, operation, query }) =>
      parseDocument(await transport.query(kind, id, query), operation),
    create: async ({ id, kind, network, operation, settings }) =>
      parseDocument(await transport.create(kind, id, settings, network), operation),
    modify: ({ id, kind, settings }) => transport.modify(kind, id, settings),
    delete: ({ id, kind }) => transport.delete(kind, id),
    modifySystem: ({ id, request }) => transport.modifySystem(id, request),
  };
}

/** HNS said something else than it should: the start of its answer goes into the details. */
export function garbled(problem: string, text: string, operation: string): HnsError {
  return new HnsError(`HNS answered ${problem} when asked to ${operation}`, {
    kind: 'hns-refused',
    reason: 'other',
    details: `${text === '' ? '' : `it began with ${JSON.stringify(text.slice(0, 200))}; `}see the Windows event log, source Host-Network-Service`,
  });
}

/** As deep as an answer may nest: HNS's documents nest a few levels. */
const deepest = 100;

/** A text that is too long, or nests too deep, would cost minutes and all memory: it is not parsed. */
function parseAnswer(text: string, operation: string): unknown {
  if (text.length > answerLimit) throw tooLong(operation, answerLimit);
  if (nestsDeeper(text, deepest)) throw garbled(`JSON more than ${deepest} deep`, text, operation);
  try {
    return JSON.parse(text);
  } catch {
    throw garbled('no JSON', text, operation);
  }
}

function parseDocument(text: string, operation: string): JsonObject {
  const value = parseAnswer(text, operation);
  if (isJsonObject(value)) return value;
  throw garbled('no object', text, operation);
}

function parseIds(text: string, operation: string): readonly string[] {
  const value = parseAnswer(text, operation) ?? [];
  if (Array.isArray(value) && value.every((id) => typeof id === 'string')) return value.map(bareId);
  throw garbled('no list of ids', text, operation);
}

/**
 * What V1 put into `Output`. Throws HnsError for `{"Success":false,…}`, and for a document that does not say
 * `Success: true`: it must not count as an empty answer.
 */
function outputOf(text: string, operation: string): unknown {
  const answer = parseDocument(text, operation);
  const success = field(answer, 'Success');
  const said = textField(answer, 'Error', 'ErrorMessage');
  if (success === false || (success !== true && said !== undefined)) {
    const code = numberField(answer, 'ErrorCode', 'HResult') ?? codeIn(said ?? '');
    throw refusal(operation, code ?? unknownCode, said ?? '');
  }
  if (success !== true) throw garbled('a document that does not say Success', text, operation);
  return field(answer, 'Output');
}

/** Some answers have their code in the text alone: `… (0x803b0002)`, `… (0x490)`. */
function codeIn(text: string): number | undefined {
  const hex = /0x([0-9a-f]{3,8})\b/i.exec(text)?.[1];
  if (hex !== undefined) return Number.parseInt(hex, 16);
  // The words HNS has for what V1 callers look for; a part that is missing has others.
  const absent =
    /\b(?:element|network|endpoint|namespace)(?: \S*[\da-f-]{36}\S*)?(?: was)? not found\b/i;
  return absent.test(text) ? 0x80070490 : undefined;
}
