import type { JsonObject } from '../../cni/json-object.ts';
import { bareId } from '../../hns-bridge/ids.ts';
import { textField } from '../../hns-bridge/json-document.ts';
import type { Transport } from '../../hns-bridge/transport.ts';
import { networkId } from '../../plugins/attach/identity.ts';
import { ask, moveEndpoint, remove } from '../../plugins/wincni/acceptance/hns-call.ts';
import { type NodeState, readNode } from '../../plugins/wincni/acceptance/node-state.ts';

/** What the Windows suite makes in HNS: all of it has a name that begins so, or an id of such a name. */
export const ownPrefix = 'wincni-windows';

/** How many namespaces a test may make. */
const mostNamespaces = 8;

/** The id of the namespace of a number, from 1: a later run finds it. */
export const ownNamespaceId = (number: number): string =>
  networkId(`${ownPrefix}-namespace-${number}`);

/** The id of a network of ours, by its name. */
export const ownNetworkId = (name: string): string => networkId(name);

export const idOf = (document: JsonObject): string => bareId(textField(document, 'ID') ?? '');

const hasOwnName = (document: JsonObject) =>
  textField(document, 'Name')?.startsWith(`${ownPrefix}-`) === true;

/** What this suite has made, in this run or in one that was killed; nothing of anybody else's. */
export function ownObjects({ state }: Pick<NodeState, 'state'>) {
  const networks = state.networks.filter(hasOwnName);
  const networkIds = new Set(networks.map(idOf));
  const namespaceIds = new Set(
    Array.from({ length: mostNamespaces }, (_, index) => ownNamespaceId(index + 1)),
  );
  return {
    networks,
    endpoints: state.endpoints.filter(
      (endpoint) =>
        hasOwnName(endpoint) ||
        networkIds.has(bareId(textField(endpoint, 'HostComputeNetwork') ?? '')),
    ),
    namespaces: state.namespaces.filter((namespace) => namespaceIds.has(idOf(namespace))),
  };
}

/** Removes it: endpoints are detached first. Gives what HNS did not let go, in its words. */
export async function clearOwn(hns: Transport): Promise<readonly string[]> {
  const { endpoints, namespaces, networks } = ownObjects(await readNode(hns));
  const kept: string[] = [];
  const drop = async (kind: 'Endpoint' | 'Network' | 'Namespace', document: JsonObject) => {
    const { code, said } = await ask(hns, remove(kind, idOf(document)));
    if (code === undefined) return;
    kept.push(`${kind} ${textField(document, 'Name') ?? idOf(document)}: ${code} ${said}`);
  };
  for (const endpoint of endpoints) {
    const where = textField(endpoint, 'HostComputeNamespace');
    if (where !== undefined) await ask(hns, moveEndpoint('Remove', where, idOf(endpoint)));
    await drop('Endpoint', endpoint);
  }
  for (const network of networks) await drop('Network', network);
  for (const namespace of namespaces) await drop('Namespace', namespace);
  return kept;
}
