import { type Cidr, formatAddress, formatCidr } from '../../../cni/address.ts';
import { isJsonObject, type JsonObject } from '../../../cni/json-object.ts';
import type { Calls } from '../../../hns-bridge/calls.ts';
import { schemaVersion, wholeQuery } from '../../../hns-bridge/documents.ts';
import { isHnsError } from '../../../hns-bridge/error.ts';
import { bareId } from '../../../hns-bridge/ids.ts';
import { documentsField, field, textField, textsField } from '../../../hns-bridge/json-document.ts';
import type { HcnKind } from '../../../hns-bridge/transport.ts';

/** An HNS as the simulator begins with it: the text of an hns.json, as a document. */
export type HnsModel = JsonObject;

/** What is taken for true of a node that nobody can ask, or that is not made yet. */
export interface AssumedSandbox {
  /** A compute namespace that need not be there. */
  readonly namespace?: string;
  /** A container of Docker's: HCS cannot be asked which there are. */
  readonly container?: string;
}

/** HNS as it stands, read through both dialects: V2 shows each object whole, V1 what V2 does not list. */
export async function modelOf(calls: Calls, assumed: AssumedSandbox): Promise<HnsModel> {
  const listed = async (path: string): Promise<readonly JsonObject[]> => {
    const output = await calls.v1({ operation: `list ${path}`, method: 'GET', path: `/${path}/` });
    return (Array.isArray(output) ? output : [output]).filter(isJsonObject);
  };
  const objects = async (kind: HcnKind, ids: readonly string[]) => {
    const found: JsonObject[] = [];
    for (const id of ids) {
      const document = await unlessGone(
        calls.query({ operation: `read ${kind} ${id}`, kind, id, query: wholeQuery }),
      );
      if (document) found.push({ ...document, ID: id });
    }
    return found;
  };
  const endpoints = await listed('endpoints');
  const listIn = (kind: HcnKind) =>
    calls.enumerate({ operation: `list ${kind}s`, kind, query: JSON.stringify(schemaVersion) });
  const namespaces = await listIn('Namespace');
  const inV2 = new Set(await listIn('Endpoint'));
  const version = await calls.v1({
    operation: 'tell its version',
    method: 'GET',
    path: '/globals/version',
  });
  const containers = new Map(
    endpoints.map((entry) => [idOf(entry), textsField(entry, 'SharedContainers')]),
  );
  const held = [...containers.values()].flat();
  return {
    version,
    networks: (await objects('Network', (await listed('networks')).map(idOf))).map(withType),
    endpoints: (await objects('Endpoint', endpoints.map(idOf))).map((endpoint) => ({
      ...withPolicyTypes(endpoint),
      // The simulator knows by it what V2's list lacks.
      SchemaVersion: { Major: inV2.has(idOf(endpoint)) ? 2 : 1, Minor: 0 },
      SharedContainers: containers.get(idOf(endpoint)) ?? [],
    })),
    namespaces: withNamespace(await objects('Namespace', namespaces), assumed.namespace),
    systems: [...new Set([...held, assumed.container ?? []].flat())].map((Id) => ({ Id })),
  };
}

/** A network as it is taken to be where HNS is not asked. */
export interface AssumedNetwork {
  readonly name: string;
  readonly type: string;
  readonly subnets: readonly Cidr[];
}

/** The node's address on a network that is assumed: one of those kept for documents (RFC 5737). */
export const assumedManagementAddress = '192.0.2.1';

/** A namespace that is made up: an id of zeros is nobody's. */
export const madeUpNamespace = '00000000-0000-0000-0000-000000000000';

/** The id of a network that is assumed. */
const assumedNetworkId = '00000000-0000-0000-0000-000000000001';

/** Newer than any that is known: whatever depends on the version is there. */
export const newestVersion = { Major: 99, Minor: 0 };

/** An HNS that nobody was asked about. */
export function assumedModel(
  network: AssumedNetwork | undefined,
  assumed: AssumedSandbox,
): HnsModel {
  return {
    version: newestVersion,
    networks: network ? [networkDocument(network)] : [],
    endpoints: [],
    namespaces: withNamespace([], assumed.namespace),
    systems: assumed.container === undefined ? [] : [{ Id: assumed.container }],
  };
}

function networkDocument({ name, subnets, type }: AssumedNetwork): JsonObject {
  return {
    ID: assumedNetworkId,
    Name: name,
    Type: type,
    Policies: [
      { Type: 'ProviderAddress', Settings: { ProviderAddress: assumedManagementAddress } },
    ],
    Ipams: [{ Type: 'Static', Subnets: subnets.map(subnetDocument) }],
  };
}

/** flanneld and the start scripts give the gateway the first address. */
function subnetDocument(cidr: Cidr): JsonObject {
  const NextHop = formatAddress({ family: cidr.family, value: cidr.first + 1n });
  const DestinationPrefix = cidr.family === 4 ? '0.0.0.0/0' : '::/0';
  return { IpAddressPrefix: formatCidr(cidr), Routes: [{ NextHop, DestinationPrefix }] };
}

function withNamespace(
  namespaces: readonly JsonObject[],
  id: string | undefined,
): readonly JsonObject[] {
  const isThere = namespaces.some((entry) => idOf(entry) === id);
  return id === undefined || isThere ? namespaces : [...namespaces, { ID: id, Type: 'Host' }];
}

const idOf = (document: JsonObject) => bareId(textField(document, 'ID') ?? '');

/** V2 leaves out what counts as nothing: a network of NAT, and of an endpoint's policies a port mapping. */
function withType(network: JsonObject): JsonObject {
  return { ...network, Type: textField(network, 'Type') ?? 'NAT' };
}

function withPolicyTypes(endpoint: JsonObject): JsonObject {
  const Policies = documentsField(endpoint, 'Policies').map((policy) => ({
    ...policy,
    Type: textField(policy, 'Type') ?? 'PortMapping',
  }));
  return { ...endpoint, Policies, IpConfigurations: field(endpoint, 'IpConfigurations') ?? [] };
}

/** What was deleted since it was listed, or cannot be shown, is not there. */
async function unlessGone(asked: Promise<JsonObject>): Promise<JsonObject | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (isHnsError(error, 'not-found', 'degraded')) return undefined;
    throw error;
  }
}
