import { type Cidr, parseCidr } from '../../cni/address.ts';
import type { JsonObject } from '../../cni/json-object.ts';
import { bareId } from '../ids.ts';
import {
  documentField,
  documentsField,
  numberField,
  textField,
  textsField,
} from '../json-document.ts';
import { networkOf } from './objects.ts';
import { refuse } from './refusal.ts';
import {
  endpointsOn,
  findById,
  type HnsState,
  idOf,
  isGuid,
  policiesOf,
  schemaVersion,
  without,
} from './state.ts';

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
export function createNetwork(state: HnsState, id: string, asked: JsonObject): HnsState {
  if (!isGuid(id)) return refuse('badParameter', `The parameter is incorrect: ${id}`);
  if (findById(state.networks, id)) return refuse('networkExists', 'The network already exists');
  const name = textField(asked, 'Name')?.toLowerCase();
  const isNamesake = (other: JsonObject) => textField(other, 'Name')?.toLowerCase() === name;
  if (name !== undefined && state.networks.some(isNamesake)) {
    return refuse('networkExists', 'A network with this name already exists');
  }
  const type = types.find(
    (known) => known.toLowerCase() === (textField(asked, 'Type') ?? '').toLowerCase(),
  );
  if (!type) return refuse('invalidNetworkType', 'The network type is invalid');
  for (const ipam of documentsField(asked, 'Ipams')) {
    for (const subnet of documentsField(ipam, 'Subnets')) checkSubnet(type, subnet);
  }
  const network: JsonObject = {
    ...asked,
    ID: id.toUpperCase(),
    Type: type,
    Policies: policiesOf(asked),
    ...schemaVersion,
  };
  const made = { ...state, networks: [...state.networks, network] };
  if (type === 'NAT' || hasAddress(network)) return made;
  const { looksBeforeAddress: looks } = state.rules;
  return withAddresses({
    ...made,
    awaitingAddress: { ...state.awaitingAddress, [bareId(id)]: looks },
  });
}

const hasAddress = (network: JsonObject) =>
  policiesOf(network).some((policy) => textField(policy, 'Type') === 'ProviderAddress');

/**
 * Networks were looked at, one or all: those that still lack their management address come nearer to
 * it. Undefined where none does: then nothing has changed.
 */
export function lookedAt(state: HnsState, id?: string): HnsState | undefined {
  const waiting = Object.entries(state.awaitingAddress);
  const after = waiting.map(([network, looks]): [string, number] =>
    id === undefined || bareId(id) === network ? [network, looks - 1] : [network, looks],
  );
  if (!after.some(([, looks], index) => looks !== waiting[index]?.[1])) return undefined;
  return withAddresses({ ...state, awaitingAddress: Object.fromEntries(after) });
}

/** Those that have waited long enough get the node's address. */
function withAddresses(state: HnsState): HnsState {
  const due = (network: JsonObject) => (state.awaitingAddress[idOf(network)] ?? 1) <= 0;
  const provider = { Type: 'ProviderAddress', Settings: { ProviderAddress: nodeAddress } };
  return {
    ...state,
    networks: state.networks.map((network) =>
      due(network) ? { ...network, Policies: [...policiesOf(network), provider] } : network,
    ),
    awaitingAddress: Object.fromEntries(
      Object.entries(state.awaitingAddress).filter(([, looks]) => looks > 0),
    ),
  };
}

function checkSubnet(type: string, subnet: JsonObject): void {
  const prefix = textField(subnet, 'IpAddressPrefix') ?? '';
  const cidr = parseCidr(prefix);
  if (!cidr) refuse('badParameter', `The subnet is invalid: ${prefix}`);
  if (type !== 'Overlay') return;
  if (cidr.family === 6) refuse('unsupported', 'The request is not supported: IPv6 on Overlay');
  for (const policy of documentsField(subnet, 'Policies')) {
    const id = numberField(documentField(policy, 'Settings'), 'IsolationId');
    // Windows has overlay networks from 4096 on (HNS.md, "What flanneld creates").
    if (policy['Type'] === 'VSID' && (id === undefined || id < 4096)) {
      refuse('invalidPolicy', `Invalid policy VSID: IsolationId ${id}`);
    }
  }
}

/** HNS deletes a network, and its endpoints with it, unless one is in use. */
export function deleteNetwork(state: HnsState, id: string): HnsState {
  networkOf(state, id);
  const here = endpointsOn(state, id);
  const isUsed = (endpoint: JsonObject) =>
    textField(endpoint, 'HostComputeNamespace') !== undefined ||
    textsField(endpoint, 'SharedContainers').length > 0;
  if (here.some(isUsed)) return refuse('hasReferences', 'The network has endpoints in use');
  return {
    ...state,
    networks: without(state.networks, id),
    endpoints: state.endpoints.filter((endpoint) => !here.includes(endpoint)),
  };
}

/** A subnet of a network, read. */
export interface NetworkSubnet {
  readonly cidr: Cidr;
  /** Empty when it has none. */
  readonly gateway: string;
  readonly policies: readonly JsonObject[];
}

/** The subnets of a network. */
export function subnetsOf(network: JsonObject): readonly NetworkSubnet[] {
  const subnets = documentsField(network, 'Ipams').flatMap((ipam) =>
    documentsField(ipam, 'Subnets'),
  );
  return subnets.flatMap((subnet) => {
    const cidr = parseCidr(textField(subnet, 'IpAddressPrefix') ?? '');
    const [route = {}] = documentsField(subnet, 'Routes');
    const gateway = textField(route, 'NextHop') ?? '';
    return cidr ? [{ cidr, gateway, policies: documentsField(subnet, 'Policies') }] : [];
  });
}
