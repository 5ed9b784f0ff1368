import { isJsonObject, type JsonObject } from '../../cni/json-object.ts';
import { type HnsFeature, supports } from '../features.ts';
import { bareId } from '../ids.ts';
import { documentField, documentsField, field, numberField, textField } from '../json-document.ts';

/** How the simulator does what HNS does in one way or another, or nobody knows. */
interface Rules {
  /** A second exception list of a family: refused, or kept and without effect. */
  readonly secondExceptionList: 'refused' | 'kept';
  /** What V1 refuses: told in its answer, or by a failing HRESULT. */
  readonly v1Refusals: 'answered' | 'failing';
  /** Endpoints that V1 made: V2's lists lack them, or have them. Either way V2 opens them by their ids. */
  readonly v1Endpoints: 'unlisted' | 'listed';
  /** What a restart loses (a fault orders one): networks that are not persistent, or all endpoints too. */
  readonly restartLoses: 'networks' | 'endpoints';
  /** A network that was just made has no management address before it was looked at so often. */
  readonly looksBeforeAddress: number;
}

/** The whole of a simulated HNS: lists of V2 documents, as HNS would answer them. */
export interface HnsState {
  readonly version: { readonly Major: number; readonly Minor: number };
  readonly rules: Rules;
  readonly networks: readonly JsonObject[];
  readonly endpoints: readonly JsonObject[];
  readonly namespaces: readonly JsonObject[];
  /** Docker's containers, as HCS describes them: `{"Id": "<container id>"}` will do. */
  readonly systems: readonly JsonObject[];
  /** How many looks the networks of these ids still lack their management address for. */
  readonly awaitingAddress: Readonly<Record<string, number>>;
}

export type Kind = 'networks' | 'endpoints' | 'namespaces';

/** What V2's documents carry; the simulator's own, for it must not be tested with the product's. */
export const schemaVersion = { SchemaVersion: { Major: 2, Minor: 0 } } as const;

/** Windows Server 2022. */
const defaultVersion = { Major: 13, Minor: 3 };

/** As good as the 5 to 30 seconds of a real HNS for whoever looks again until it has one. */
const usualLooks = 3;

/**
 * A state as it stands in hns.json. A person may have written it: what is left out is filled in,
 * what cannot be understood is thrown, naming it.
 */
export function readState(text: string): HnsState {
  const document = parseState(text);
  const version = documentField(document, 'version');
  return {
    version: {
      Major: numberField(version, 'Major') ?? defaultVersion.Major,
      Minor: numberField(version, 'Minor') ?? defaultVersion.Minor,
    },
    rules: rulesOf(documentField(document, 'rules')),
    networks: listOf(document, 'networks'),
    endpoints: listOf(document, 'endpoints'),
    namespaces: listOf(document, 'namespaces'),
    systems: documentsField(document, 'systems'),
    awaitingAddress: looksOf(documentField(document, 'awaitingAddress')),
  };
}

function looksOf(document: JsonObject): HnsState['awaitingAddress'] {
  const entries = Object.keys(document).map((id) => [bareId(id), numberField(document, id) ?? 0]);
  return Object.fromEntries(entries);
}

function rulesOf(document: JsonObject): Rules {
  const choose = <Choice extends string>(key: keyof Rules, choices: readonly Choice[]): Choice => {
    const [first] = choices;
    const given = textField(document, key) ?? first;
    const found = choices.find((choice) => choice === given);
    if (found !== undefined) return found;
    throw new Error(
      `hns.json: rules.${key}: expected one of ${choices.join(', ')}, found ${given}`,
    );
  };
  return {
    secondExceptionList: choose('secondExceptionList', ['refused', 'kept']),
    v1Refusals: choose('v1Refusals', ['answered', 'failing']),
    v1Endpoints: choose('v1Endpoints', ['unlisted', 'listed']),
    restartLoses: choose('restartLoses', ['networks', 'endpoints']),
    looksBeforeAddress: numberField(document, 'looksBeforeAddress') ?? usualLooks,
  };
}

function parseState(text: string): JsonObject {
  let written: unknown;
  try {
    written = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    const why = error instanceof Error ? error.message : '';
    throw new Error(`hns.json: not JSON: ${why}`, { cause: error });
  }
  if (!isJsonObject(written)) throw new Error('hns.json: expected an object');
  return written;
}

function listOf(document: JsonObject, kind: Kind): readonly JsonObject[] {
  const list = field(document, kind) ?? [];
  if (!Array.isArray(list)) throw new Error(`hns.json: ${kind}: expected a list`);
  const ids = new Set<string>();
  return list.map((entry: unknown, index) => {
    const where = `hns.json: ${kind}[${index}]`;
    if (!isJsonObject(entry)) throw new Error(`${where}: expected an object`);
    const id = idOf(entry);
    if (!guid.test(id))
      throw new Error(`${where}.ID: expected a GUID, found ${JSON.stringify(id)}`);
    if (ids.has(id)) throw new Error(`${where}.ID: another of the ${kind} has it: ${id}`);
    ids.add(id);
    checkReferences(entry, kind, where);
    return entry;
  });
}

const guid = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/;

/** Whether a text is an id HNS could have given: a GUID, braces or none. */
export function isGuid(text: string): boolean {
  return guid.test(bareId(text));
}

function checkReferences(entry: JsonObject, kind: Kind, where: string): void {
  if (kind === 'networks' && textField(entry, 'Type') === undefined) {
    throw new Error(`${where}.Type: expected a network type, such as "L2Bridge"`);
  }
  if (kind === 'endpoints' && !isGuid(textField(entry, 'HostComputeNetwork') ?? '')) {
    throw new Error(`${where}.HostComputeNetwork: expected the GUID of its network`);
  }
  for (const key of ['Policies', 'Ipams', 'IpConfigurations', 'Routes', 'Resources']) {
    const value = field(entry, key) ?? [];
    if (!Array.isArray(value) || !value.every(isJsonObject)) {
      throw new Error(`${where}.${key}: expected a list of objects`);
    }
  }
}

/** Whether the simulated HNS has a feature, by its version. */
export function hasFeature({ version }: HnsState, feature: HnsFeature): boolean {
  return supports({ major: version.Major, minor: version.Minor }, feature);
}

/** The id of an object, in lower case. */
export function idOf(document: JsonObject): string {
  return bareId(textField(document, 'ID') ?? '');
}

/** The object of an id. */
export function findById(list: readonly JsonObject[], id: string): JsonObject | undefined {
  return list.find((entry) => idOf(entry) === bareId(id));
}

/** The endpoints of a network. */
export function endpointsOn({ endpoints }: HnsState, networkId: string): readonly JsonObject[] {
  return endpoints.filter(
    (endpoint) => bareId(textField(endpoint, 'HostComputeNetwork') ?? '') === bareId(networkId),
  );
}

/** The policies of an endpoint or a network. */
export function policiesOf(object: JsonObject): readonly JsonObject[] {
  return documentsField(object, 'Policies');
}

/** A list with one object put in the place of the one with its id. */
export function replaced(list: readonly JsonObject[], entry: JsonObject): JsonObject[] {
  return list.map((other) => (idOf(other) === idOf(entry) ? entry : other));
}

/** A list without the object of an id. */
export function without(list: readonly JsonObject[], id: string): JsonObject[] {
  return list.filter((entry) => idOf(entry) !== bareId(id));
}
