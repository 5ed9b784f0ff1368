import { isJsonObject, type JsonObject } from '../../../cni/json-object.ts';
import { bareId } from '../../../hns-bridge/ids.ts';
import { field, numberField, textField } from '../../../hns-bridge/json-document.ts';
import type { HcnKind, Transport } from '../../../hns-bridge/transport.ts';
import type { HnsState } from './document.ts';
import { ask, enumerate, moveEndpoint, query, remove, v1 } from './hns-call.ts';
import { mostNamespaces, namespaceId, ownPrefix } from './setting.ts';

/** All of HNS: as V2 writes it, and V1's listings, which have what V2's lack. */
export interface NodeState {
  readonly state: HnsState;
  readonly v1: {
    readonly networks: readonly JsonObject[];
    readonly endpoints: readonly JsonObject[];
    readonly namespaces: readonly JsonObject[];
  };
}

/** Reads all of HNS. Throws where it does not answer, in its words. */
export async function readNode(hns: Transport): Promise<NodeState> {
  const list = async (path: string): Promise<readonly JsonObject[]> => {
    const { code, said, value } = await ask(hns, v1('GET', path));
    if (code !== undefined) throw new Error(said);
    return [value ?? []].flat().filter(isJsonObject);
  };
  const { code, document: version, said } = await ask(hns, v1('GET', '/globals/version'));
  if (code !== undefined) throw new Error(said);
  const networks = await list('/networks/');
  const endpoints = await list('/endpoints/');
  const namespaces = await list('/namespaces/');
  const [network, endpoint, namespace] = [
    await documentsOf(hns, 'Network', networks),
    await documentsOf(hns, 'Endpoint', endpoints),
    await documentsOf(hns, 'Namespace', namespaces),
  ];
  return {
    v1: { networks, endpoints, namespaces },
    state: {
      version: {
        Major: numberField(version, 'Major') ?? 0,
        Minor: numberField(version, 'Minor') ?? 0,
      },
      networks: network.map((document) => withType(document, networks)),
      endpoints: endpoint,
      namespaces: namespace,
    },
  };
}

/** The documents of V2 of all that either dialect lists. What has gone meanwhile is left out. */
async function documentsOf(
  hns: Transport,
  kind: HcnKind,
  listed: readonly JsonObject[],
): Promise<JsonObject[]> {
  const { value } = await ask(hns, enumerate(kind));
  const ids = new Set([
    ...listed.flatMap((entry) => textField(entry, 'ID') ?? []).map(bareId),
    ...(Array.isArray(value) ? value : []).map((id) => bareId(String(id))),
  ]);
  const documents: JsonObject[] = [];
  for (const id of ids) {
    const { code, document } = await ask(hns, query(kind, id));
    if (code === undefined) documents.push(document);
  }
  return documents;
}

/** V2 leaves out the type of a NAT network, which an hns.json has. */
function withType(document: JsonObject, listed: readonly JsonObject[]): JsonObject {
  if (field(document, 'Type') !== undefined) return document;
  const id = idOf(document);
  const named = listed.find((entry) => idOf(entry) === id);
  return { ...document, Type: textField(named ?? {}, 'Type') ?? 'NAT' };
}

const idOf = (document: JsonObject) => bareId(textField(document, 'ID') ?? '');

const ownNamespaces = () =>
  new Set(Array.from({ length: mostNamespaces }, (_, index) => namespaceId(index + 1)));

const hasOwnName = (document: JsonObject) =>
  textField(document, 'Name')?.startsWith(`${ownPrefix}-`) === true;

/** What an acceptance run has made: this one, or an earlier one that was killed. */
export function ownObjects({ state }: NodeState) {
  const networks = state.networks.filter(hasOwnName);
  const ids = new Set(networks.map(idOf));
  const namespaces = ownNamespaces();
  return {
    networks,
    endpoints: state.endpoints.filter(
      (endpoint) =>
        hasOwnName(endpoint) || ids.has(bareId(textField(endpoint, 'HostComputeNetwork') ?? '')),
    ),
    namespaces: state.namespaces.filter((namespace) => namespaces.has(idOf(namespace))),
  };
}

/** Who uses this node: pods' sandboxes and endpoints, in words; of either dialect, for each lists what the other may not. */
export function users(node: NodeState): readonly string[] {
  const { state, v1 } = node;
  const own = ownObjects(node);
  const ours = new Set([...own.endpoints, ...own.namespaces].map(idOf));
  const namespaces = [
    ...v1.namespaces.filter((namespace) => field(namespace, 'IsDefault') !== true),
    ...without(state.namespaces, v1.namespaces).filter(
      (namespace) => textField(namespace, 'Type') !== 'HostDefault',
    ),
  ].filter((namespace) => !ours.has(idOf(namespace)));
  const networks = new Map(
    state.networks.map((network) => [idOf(network), textField(network, 'Name')]),
  );
  const endpoints = [
    ...v1.endpoints.filter(
      (endpoint) => !isHosts(endpoint, textField(endpoint, 'VirtualNetworkName')),
    ),
    ...without(state.endpoints, v1.endpoints).filter((endpoint) => {
      const network = bareId(textField(endpoint, 'HostComputeNetwork') ?? '');
      return !isHosts(endpoint, networks.get(network));
    }),
  ].filter((endpoint) => !ours.has(idOf(endpoint)));
  const name = (endpoint: JsonObject) => textField(endpoint, 'Name') ?? idOf(endpoint);
  return [
    ...endpoints.map((endpoint) => `endpoint ${name(endpoint)}`),
    ...namespaces.map((namespace) => `namespace ${idOf(namespace)}`),
  ];
}

/** Those of some documents that others do not have. */
function without(documents: readonly JsonObject[], others: readonly JsonObject[]) {
  const there = new Set(others.map(idOf));
  return documents.filter((document) => !there.has(idOf(document)));
}

/** The host's own endpoint on a bridge: `cbr0_ep` (HNS.md, "What flanneld creates"). */
function isHosts(endpoint: JsonObject, network: string | undefined): boolean {
  return network !== undefined && textField(endpoint, 'Name') === `${network}_ep`;
}

/**
 * Undoes what was made, whoever made it: endpoints are detached and deleted, then the networks and the
 * namespaces. Gives what is still there, in words.
 */
export async function undo(hns: Transport): Promise<readonly string[]> {
  const { endpoints, namespaces, networks } = ownObjects(await readNode(hns));
  for (const endpoint of endpoints) {
    const where = textField(endpoint, 'HostComputeNamespace');
    if (where !== undefined) await ask(hns, moveEndpoint('Remove', where, idOf(endpoint)));
    await ask(hns, remove('Endpoint', idOf(endpoint)));
  }
  for (const network of networks) await ask(hns, remove('Network', idOf(network)));
  for (const namespace of namespaces) await ask(hns, remove('Namespace', idOf(namespace)));
  const left = ownObjects(await readNode(hns));
  const named = (kind: string, documents: readonly JsonObject[]) =>
    documents.map((document) =>
      `${kind} ${idOf(document)} ${textField(document, 'Name') ?? ''}`.trimEnd(),
    );
  return [
    ...named('endpoint', left.endpoints),
    ...named('network', left.networks),
    ...named('namespace', left.namespaces),
  ];
}

/** The subnets of the networks that are there, each with its network's name. */
export function subnetsOf({ state }: NodeState): readonly (readonly [string, string])[] {
  return state.networks.flatMap((network) =>
    [field(network, 'Ipams') ?? []]
      .flat()
      .filter(isJsonObject)
      .flatMap((ipam) =>
        [field(ipam, 'Subnets') ?? []]
          .flat()
          .filter(isJsonObject)
          .flatMap((subnet) => {
            const prefix = textField(subnet, 'IpAddressPrefix');
            return prefix === undefined
              ? []
              : [[prefix, textField(network, 'Name') ?? idOf(network)] as const];
          }),
      ),
  );
}
