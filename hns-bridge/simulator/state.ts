import { bareId } from '../answers.ts';
import {
  documentField,
  documentsField,
  type JsonDocument,
  numberField,
  textField,
} from '../document.ts';

/** The whole of a simulated HNS: lists of V2 documents, as HNS would answer them. */
export interface HnsState {
  readonly version: { readonly Major: number; readonly Minor: number };
  readonly networks: readonly JsonDocument[];
  readonly endpoints: readonly JsonDocument[];
  readonly namespaces: readonly JsonDocument[];
}

export type Kind = 'networks' | 'endpoints' | 'namespaces';

/** Windows Server 2022. */
const defaultVersion = { Major: 13, Minor: 3 };

/**
 * A state as it stands in hns.json. A person may have written it: what is left out is filled in,
 * what cannot be understood is thrown, naming it.
 */
export function readState(text: string | undefined): HnsState {
  if (text === undefined) {
    return { version: defaultVersion, networks: [], endpoints: [], namespaces: [] };
  }
  const written: unknown = JSON.parse(text);
  if (typeof written !== 'object' || written === null || Array.isArray(written)) {
    throw new Error('hns.json: expected an object');
  }
  const document: JsonDocument = { ...written };
  const version = documentField(document, 'version');
  const list = (kind: Kind) => {
    const entries = documentsField(document, kind);
    for (const [index, entry] of entries.entries()) {
      if (textField(entry, 'ID') === undefined) {
        throw new Error(`hns.json: ${kind}[${index}] has no ID`);
      }
    }
    return entries;
  };
  return {
    version: {
      Major: numberField(version, 'Major') ?? defaultVersion.Major,
      Minor: numberField(version, 'Minor') ?? defaultVersion.Minor,
    },
    networks: list('networks'),
    endpoints: list('endpoints'),
    namespaces: list('namespaces'),
  };
}

/** The id of an object, in lower case. */
export function idOf(document: JsonDocument): string {
  return bareId(textField(document, 'ID') ?? '');
}

/** The object of an id. */
export function findById(list: readonly JsonDocument[], id: string): JsonDocument | undefined {
  return list.find((entry) => idOf(entry) === bareId(id));
}

/** A list with one object put in the place of the one with its id. */
export function replaced(list: readonly JsonDocument[], entry: JsonDocument): JsonDocument[] {
  return list.map((other) => (idOf(other) === idOf(entry) ? entry : other));
}

/** A list without the object of an id. */
export function without(list: readonly JsonDocument[], id: string): JsonDocument[] {
  return list.filter((entry) => idOf(entry) !== bareId(id));
}
