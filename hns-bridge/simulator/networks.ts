import { parseCidr } from '../../plugins/cni/address.ts';
import { bareId, schemaVersion } from '../answers.ts';
import { documentsField, type JsonDocument, textField } from '../document.ts';
import { refuse } from './refusal.ts';
import { findById, type HnsState, idOf, without } from './state.ts';

const types = [
  'NAT',
  'Transparent',
  'L2Bridge',
  'L2Tunnel',
  'ICS',
  'Overlay',
  'Private',
  'Internal',
];

/** The address the simulated node has on every adapter. */
const nodeAddress = '192.168.10.5';

/** HNS creates a network. */
export function createNetwork(state: HnsState, id: string, asked: JsonDocument): HnsState {
  if (findById(state.networks, id)) return refuse('networkExists', 'The network already exists');
  const type = types.find(
    (known) => known.toLowerCase() === (textField(asked, 'Type') ?? '').toLowerCase(),
  );
  if (!type) return refuse('invalidNetworkType', 'The network type is invalid');
  for (const ipam of documentsField(asked, 'Ipams')) {
    for (const subnet of documentsField(ipam, 'Subnets')) {
      const prefix = textField(subnet, 'IpAddressPrefix') ?? '';
      if (!parseCidr(prefix)) return refuse('badParameter', `The subnet is invalid: ${prefix}`);
    }
  }
  const policies = documentsField(asked, 'Policies');
  const provider = { Type: 'ProviderAddress', Settings: { ProviderAddress: nodeAddress } };
  const network: JsonDocument = {
    ...asked,
    ID: id.toUpperCase(),
    Type: type,
    Policies: type === 'NAT' ? policies : [...policies, provider],
    ...schemaVersion,
  };
  return { ...state, networks: [...state.networks, network] };
}

/** HNS deletes a network, and its endpoints with it, unless one is in use. */
export function deleteNetwork(state: HnsState, id: string): HnsState {
  if (!findById(state.networks, id)) return refuse('networkNotFound', 'The network was not found');
  const here = state.endpoints.filter(
    (endpoint) => bareId(textField(endpoint, 'HostComputeNetwork') ?? '') === bareId(id),
  );
  if (here.some((endpoint) => textField(endpoint, 'HostComputeNamespace') !== undefined)) {
    return refuse('hasReferences', 'The network has endpoints in use');
  }
  return {
    ...state,
    networks: without(state.networks, id),
    endpoints: state.endpoints.filter((endpoint) => !here.includes(endpoint)),
  };
}

/** HNS makes a namespace, as containerd asks it to for a pod. */
export function createNamespace(state: HnsState, id: string, asked: JsonDocument): HnsState {
  if (findById(state.namespaces, id)) return refuse('objectExists', 'The object already exists');
  const namespace: JsonDocument = {
    ID: id.toUpperCase(),
    NamespaceId: state.namespaces.length + 2,
    Type: textField(asked, 'Type') ?? 'Host',
    Resources: [],
    ...schemaVersion,
  };
  return { ...state, namespaces: [...state.namespaces, namespace] };
}

/** HNS deletes a namespace that is empty. */
export function deleteNamespace(state: HnsState, id: string): HnsState {
  const namespace = findById(state.namespaces, id);
  if (!namespace) return refuse('notFound', 'Element not found: the namespace');
  if (documentsField(namespace, 'Resources').length > 0) {
    return refuse('hasReferences', 'The namespace has endpoints');
  }
  return { ...state, namespaces: state.namespaces.filter((other) => idOf(other) !== bareId(id)) };
}
