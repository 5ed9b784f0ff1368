import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JsonObject } from '../../cni/json-object.ts';
import { bareId } from '../../hns-bridge/ids.ts';
import { documentField, documentsField, textField } from '../../hns-bridge/json-document.ts';
import type { SimulatedNode } from '../simulated-node.ts';

/** What there is on a simulated node, from HNS's state and the folders: no plugin is asked. */

const stateFile = ({ hnsFolder }: SimulatedNode) => join(hnsFolder, 'hns.json');

function hnsState(node: SimulatedNode): JsonObject {
  return JSON.parse(readFileSync(stateFile(node), 'utf8'));
}

/** The network of the node's configuration, in a few words: `cbr0 (L2Bridge) 10.244.2.0/24`. */
export function networkWords(node: SimulatedNode): string {
  const { name } = node.conflist;
  const network = documentsField(hnsState(node), 'networks').find(
    (each) => textField(each, 'Name') === name,
  );
  if (network === undefined) return `${name}, which HNS has not`;
  const subnets = documentsField(network, 'Ipams')
    .flatMap((ipam) => documentsField(ipam, 'Subnets'))
    .map((subnet) => textField(subnet, 'IpAddressPrefix'));
  return `${name} (${textField(network, 'Type')}) ${subnets.join(', ')}`;
}

/** Everything on a node that a pod may leave behind, a text each. */
export function traces(node: SimulatedNode): readonly string[] {
  const hns = hnsState(node);
  const ids = documentsField(hns, 'endpoints').map((endpoint) => idOf(endpoint, 'ID'));
  return [
    ...ids.map((id) => `endpoint ${id}`),
    ...documentsField(hns, 'namespaces').flatMap((namespace) =>
      endpointIds(namespace).map((id) => `place in namespace ${idOf(namespace, 'Id')} for ${id}`),
    ),
    ...namesIn(join(node.leaseFolder, node.conflist.name))
      .filter((name) => name !== 'lock' && !name.startsWith('last_reserved_ip.'))
      .map((name) => `lease ${name}`),
    ...namesIn(node.scratchFolder).map((name) => `scratch file ${name}`),
  ];
}

function namesIn(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder) : [];
}

/** The beginning of an id, which is enough to know it again. */
export const short = (id: string) => bareId(id).slice(0, 8);

const idOf = (document: JsonObject, key: string) => short(textField(document, key) ?? '');

function endpointIds(namespace: JsonObject): readonly string[] {
  return documentsField(namespace, 'Resources').map((resource) =>
    idOf(documentField(resource, 'Data'), 'Id'),
  );
}

/**
 * Takes the policies of a type away from the endpoints in a namespace, as an administrator might. Gives
 * the function that puts them back.
 */
export function takePolicies(node: SimulatedNode, namespace: string, type: string): () => void {
  const file = stateFile(node);
  const before = readFileSync(file, 'utf8');
  const hns = hnsState(node);
  const endpoints = documentsField(hns, 'endpoints').map((endpoint) => {
    if (bareId(textField(endpoint, 'HostComputeNamespace') ?? '') !== bareId(namespace)) {
      return endpoint;
    }
    const policies = documentsField(endpoint, 'Policies');
    return { ...endpoint, Policies: policies.filter((policy) => policy['Type'] !== type) };
  });
  writeFileSync(file, JSON.stringify({ ...hns, endpoints }, null, 2));
  return () => writeFileSync(file, before);
}
