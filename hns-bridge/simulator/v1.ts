import {
  documentField,
  documentsField,
  isDocument,
  type JsonDocument,
  numberField,
  textField,
  textsField,
} from '../document.ts';
import { createEndpoint, deleteEndpoint } from './endpoints.ts';
import { attach, createNamespace, deleteNamespace, detach } from './namespaces.ts';
import { createNetwork, deleteNetwork } from './networks.ts';
import { policiesOf } from './policies.ts';
import { Refusal, refusals, refuse } from './refusal.ts';
import { findById, type HnsState, replaced } from './state.ts';
import { endpointToV1, namespaceToV1, networkToV1, policyToV2 } from './v1-documents.ts';

/** What V1 does with a request: the state after it, and what goes into `Output`. */
interface Served {
  readonly state?: HnsState;
  readonly output: unknown;
}

/**
 * V1's requests on the same state: `GET /networks`, `POST /endpoints/<id>/attach`, …. New objects
 * get the id `fresh`: V1 chooses ids itself.
 */
export function serveV1(
  state: HnsState,
  method: string,
  path: string,
  body: string,
  fresh: string,
): Served {
  const [kind = '', id, action] = path.split('/').filter((part) => part !== '');
  const asked = parseBody(body);
  const route = `${method} ${kind}${id === undefined ? '' : '/id'}${action ? `/${action}` : ''}`;
  switch (route) {
    case 'GET globals/id':
      return { output: state.version };
    case 'GET networks':
      return { output: state.networks.map(networkToV1) };
    case 'GET networks/id':
      return { output: networkToV1(found(state.networks, id, 'networkNotFound')) };
    case 'POST networks':
      return created(createNetwork(state, fresh, networkFromV1(asked)), 'networks', fresh);
    case 'DELETE networks/id':
      return { state: deleteNetwork(state, id ?? ''), output: null };
    case 'GET endpoints':
      return { output: state.endpoints.map((endpoint) => endpointToV1(state, endpoint)) };
    case 'GET endpoints/id':
      return { output: endpointToV1(state, found(state.endpoints, id, 'endpointNotFound')) };
    case 'POST endpoints':
      return created(createV1(state, asked, fresh), 'endpoints', fresh);
    case 'DELETE endpoints/id':
      return { state: deleteEndpoint(state, id ?? ''), output: null };
    case 'POST endpoints/id/attach':
      return { state: attachContainer(state, id ?? '', asked), output: null };
    case 'POST endpoints/id/detach':
      return { state: detachContainer(state, id ?? '', asked), output: null };
    case 'GET namespaces':
      return { output: state.namespaces.map(namespaceToV1) };
    case 'GET namespaces/id':
      return { output: namespaceToV1(found(state.namespaces, id, 'notFound')) };
    case 'POST namespaces':
      return namespaceMade(
        createNamespace(state, fresh, asked['IsDefault'] === true ? { Type: 'HostDefault' } : {}),
        fresh,
      );
    case 'DELETE namespaces/id':
      return { state: deleteNamespace(state, id ?? ''), output: null };
    case 'POST namespaces/id/addresource':
      return { state: attach(state, id ?? '', resourceId(asked)), output: null };
    case 'POST namespaces/id/removeresource':
      return { state: detach(state, id ?? '', resourceId(asked)), output: null };
    default:
      throw new Refusal(refusals.notFound, `Element not found: ${method} ${path}`);
  }
}

function parseBody(body: string): JsonDocument {
  if (body === '') return {};
  try {
    const value: unknown = JSON.parse(body);
    if (isDocument(value)) return value;
  } catch {
    // Told below, as HNS tells it.
  }
  return refuse('invalidJson', 'Invalid JSON document string');
}

function found(
  list: readonly JsonDocument[],
  id: string | undefined,
  reason: 'networkNotFound' | 'endpointNotFound' | 'notFound',
): JsonDocument {
  return findById(list, id ?? '') ?? refuse(reason, 'Element not found.');
}

function created(state: HnsState, kind: 'networks' | 'endpoints', id: string): Served {
  const document = findById(state[kind], id) ?? {};
  return {
    state,
    output: kind === 'networks' ? networkToV1(document) : endpointToV1(state, document),
  };
}

function namespaceMade(state: HnsState, id: string): Served {
  return { state, output: namespaceToV1(found(state.namespaces, id, 'notFound')) };
}

function resourceId(asked: JsonDocument): string {
  return textField(documentField(asked, 'Data'), 'Id') ?? '';
}

function networkFromV1(asked: JsonDocument): JsonDocument {
  const adapter = textField(asked, 'NetworkAdapterName');
  return {
    Name: textField(asked, 'Name'),
    Type: textField(asked, 'Type'),
    Policies: adapter
      ? [{ Type: 'NetAdapterName', Settings: { NetworkAdapterName: adapter } }]
      : [],
    Ipams: [
      {
        Type: 'Static',
        Subnets: documentsField(asked, 'Subnets').map((subnet) => ({
          IpAddressPrefix: textField(subnet, 'AddressPrefix'),
          Routes: [
            { NextHop: textField(subnet, 'GatewayAddress'), DestinationPrefix: '0.0.0.0/0' },
          ],
          Policies: documentsField(subnet, 'Policies').map((policy) => ({
            Type: 'VSID',
            Settings: { IsolationId: numberField(policy, 'VSID') },
          })),
        })),
      },
    ],
  };
}

function createV1(state: HnsState, asked: JsonDocument, id: string): HnsState {
  const addresses = ['IPAddress', 'IPv6Address'].flatMap((key) => textField(asked, key) ?? []);
  const route = (key: string, destination: string) => {
    const nextHop = textField(asked, key);
    return nextHop === undefined ? [] : [{ NextHop: nextHop, DestinationPrefix: destination }];
  };
  const list = (key: string) => (textField(asked, key) ?? '').split(',').filter(Boolean);
  return createEndpoint(state, textField(asked, 'VirtualNetwork') ?? '', id, {
    Name: textField(asked, 'Name'),
    MacAddress: textField(asked, 'MacAddress'),
    IpConfigurations: addresses.map((address) => ({ IpAddress: address })),
    Routes: [...route('GatewayAddress', '0.0.0.0/0'), ...route('GatewayAddressV6', '::/0')],
    Dns: {
      ServerList: list('DNSServerList'),
      Search: list('DNSSuffix'),
      Domain: textField(asked, 'DNSDomain'),
    },
    Policies: policiesOf(asked).map(policyToV2),
  });
}

/** A container's id; for the node itself (`Host`) and virtual machines the kind of system. */
function containerOf(asked: JsonDocument): string {
  const container = textField(asked, 'ContainerId') ?? textField(asked, 'SystemType');
  return container ?? refuse('badParameter', 'The parameter is incorrect: ContainerId');
}

/** Containers that share an endpoint are kept with it, as V1 answers them. */
function attachContainer(state: HnsState, id: string, asked: JsonDocument): HnsState {
  const endpoint = found(state.endpoints, id, 'endpointNotFound');
  const container = containerOf(asked);
  const there = textsField(endpoint, 'SharedContainers');
  if (there.includes(container)) refuse('alreadyAttached', 'The endpoint is already attached');
  const shared = { ...endpoint, SharedContainers: [...there, container] };
  return { ...state, endpoints: replaced(state.endpoints, shared) };
}

function detachContainer(state: HnsState, id: string, asked: JsonDocument): HnsState {
  const endpoint = found(state.endpoints, id, 'endpointNotFound');
  const container = containerOf(asked);
  const there = textsField(endpoint, 'SharedContainers');
  if (!there.includes(container)) refuse('notFound', 'Element not found.');
  const rest = { ...endpoint, SharedContainers: there.filter((other) => other !== container) };
  return { ...state, endpoints: replaced(state.endpoints, rest) };
}
