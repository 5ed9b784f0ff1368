import { type Address, formatAddress, holds, parseAddress } from '../../plugins/cni/address.ts';
import { bareId, schemaVersion } from '../answers.ts';
import {
  documentField,
  documentsField,
  type JsonDocument,
  numberField,
  textField,
} from '../document.ts';
import { supports } from '../features.ts';
import { checkPolicies, policiesOf, subnetsOf } from './policies.ts';
import { refuse } from './refusal.ts';
import { findById, type HnsState, idOf, replaced, without } from './state.ts';

/** HNS creates an endpoint on a network: its rules about ids, addresses, MACs and policies. */
export function createEndpoint(
  state: HnsState,
  networkId: string,
  id: string,
  asked: JsonDocument,
): HnsState {
  const network = findById(state.networks, networkId);
  if (!network) return refuse('networkNotFound', 'The network was not found');
  if (findById(state.endpoints, id)) {
    return refuse('objectExists', 'The object already exists: the endpoint id');
  }
  const named = textField(asked, 'HostComputeNetwork');
  if (named !== undefined && bareId(named) !== idOf(network)) {
    return refuse('invalidEndpoint', 'The endpoint names another network');
  }
  if (textField(asked, 'HostComputeNamespace') !== undefined) {
    return refuse('badParameter', 'HostComputeNamespace cannot be given at creation');
  }
  const policies = policiesOf(asked);
  checkPolicies(state, network, policies);
  const addresses = takeAddresses(state, network, asked);
  const endpoint: JsonDocument = {
    ID: id.toUpperCase(),
    Name: textField(asked, 'Name') ?? '',
    HostComputeNetwork: idOf(network).toUpperCase(),
    Policies: policies,
    IpConfigurations: addresses,
    Dns: documentField(asked, 'Dns'),
    Routes: routesOf(network, asked, addresses),
    MacAddress: takeMac(state, network, id, asked),
    Flags: numberField(asked, 'Flags') ?? 0,
    Health: { Data: null, Extra: null },
    ...schemaVersion,
  };
  return { ...state, endpoints: [...state.endpoints, endpoint] };
}

function addressesOn(state: HnsState, network: JsonDocument): Set<string> {
  const here = state.endpoints.filter(
    (endpoint) => bareId(textField(endpoint, 'HostComputeNetwork') ?? '') === idOf(network),
  );
  return new Set(
    here.flatMap((endpoint) =>
      documentsField(endpoint, 'IpConfigurations').flatMap(
        (entry) => textField(entry, 'IpAddress')?.toLowerCase() ?? [],
      ),
    ),
  );
}

function takeAddresses(state: HnsState, network: JsonDocument, asked: JsonDocument) {
  const given = documentsField(asked, 'IpConfigurations');
  const taken = addressesOn(state, network);
  if (given.length === 0) return chooseAddress(network, taken);
  refuseFamilies(state, network, given);
  return given.map((entry) => {
    const text = textField(entry, 'IpAddress') ?? '';
    const address = parseAddress(text);
    if (!address) return refuse('invalidAddress', `The IP address is invalid: ${text}`);
    const subnet = subnetsOf(network).find(({ cidr }) => holds(cidr, address));
    if (!subnet) return refuse('subnetNotFound', `No subnet of the network has ${text}`);
    const { cidr, gateway } = subnet;
    const edge = address.value === cidr.first || (cidr.family === 4 && address.value === cidr.last);
    if (edge || formatAddress(address) === gateway) {
      return refuse('addressReserved', `The address is invalid or reserved: ${text}`);
    }
    if (taken.has(formatAddress(address))) {
      return refuse('objectExists', `The object already exists: ${text}`);
    }
    return { IpAddress: formatAddress(address), PrefixLength: cidr.prefixLength };
  });
}

function refuseFamilies(
  { version }: HnsState,
  network: JsonDocument,
  given: readonly JsonDocument[],
): void {
  if (!given.some((entry) => textField(entry, 'IpAddress')?.includes(':'))) return;
  const type = textField(network, 'Type') ?? '';
  if (type === 'Transparent') return;
  const dual = supports({ major: version.Major, minor: version.Minor }, 'dualStack');
  if (/^L2(?:Bridge|Tunnel)$/.test(type) && dual) return;
  refuse('unsupported', `The request is not supported: IPv6 on ${type}`);
}

/** Without an address asked for, HNS gives the lowest that is free above its own. */
function chooseAddress(network: JsonDocument, taken: ReadonlySet<string>) {
  const [subnet] = subnetsOf(network);
  if (!subnet) return [];
  const { cidr, gateway } = subnet;
  for (let value = cidr.first + 3n; value < cidr.last; value++) {
    const text = formatAddress({ family: cidr.family, value } satisfies Address);
    if (text !== gateway && !taken.has(text)) {
      return [{ IpAddress: text, PrefixLength: cidr.prefixLength }];
    }
  }
  return refuse('addressReserved', 'The network has no free address');
}

/** Without routes asked for, HNS sets the subnet's default route. */
function routesOf(
  network: JsonDocument,
  asked: JsonDocument,
  addresses: readonly { readonly IpAddress: string }[],
) {
  const given = documentsField(asked, 'Routes');
  if (given.length > 0) return given;
  return addresses.flatMap(({ IpAddress }) => {
    const address = parseAddress(IpAddress);
    const subnet = subnetsOf(network).find(({ cidr }) => address && holds(cidr, address));
    if (!subnet?.gateway) return [];
    const anywhere = address?.family === 6 ? '::/0' : '0.0.0.0/0';
    return [{ NextHop: subnet.gateway, DestinationPrefix: anywhere }];
  });
}

/** A MAC address asked for is kept; without one, HNS gives one of its own range. */
function takeMac(state: HnsState, network: JsonDocument, id: string, asked: JsonDocument): string {
  const given = textField(asked, 'MacAddress');
  if (given === undefined) {
    const digits = bareId(id).replaceAll('-', '').slice(-6).toUpperCase();
    return `00-15-5D-${digits.match(/../g)?.join('-')}`;
  }
  if (!/^[0-9a-f]{2}(?:[-:][0-9a-f]{2}){5}$/i.test(given)) {
    return refuse('badParameter', `The MAC address is invalid: ${given}`);
  }
  const mac = given.replaceAll(':', '-').toUpperCase();
  const twin = state.endpoints.find(
    (endpoint) =>
      textField(endpoint, 'MacAddress')?.toUpperCase() === mac &&
      bareId(textField(endpoint, 'HostComputeNetwork') ?? '') === idOf(network),
  );
  return twin ? refuse('objectExists', `The object already exists: ${mac}`) : mac;
}

/** The conservative rule: whoever deletes an endpoint takes it out of its namespace first. */
export function deleteEndpoint(state: HnsState, id: string): HnsState {
  const endpoint = findById(state.endpoints, id);
  if (!endpoint) return refuse('endpointNotFound', 'The endpoint was not found');
  if (textField(endpoint, 'HostComputeNamespace') !== undefined) {
    return refuse('hasReferences', 'The endpoint is still attached to a namespace');
  }
  return { ...state, endpoints: without(state.endpoints, id) };
}

/** HNS puts an endpoint into a namespace; it can be in one. */
export function attach(state: HnsState, namespaceId: string, endpointId: string): HnsState {
  const namespace = findById(state.namespaces, namespaceId);
  if (!namespace) return refuse('notFound', 'Element not found: the namespace');
  const endpoint = findById(state.endpoints, endpointId);
  if (!endpoint) return refuse('endpointNotFound', 'The endpoint was not found');
  const where = textField(endpoint, 'HostComputeNamespace');
  if (where !== undefined) {
    return bareId(where) === idOf(namespace)
      ? refuse('alreadyAttached', 'The endpoint is already attached')
      : refuse('attachedElsewhere', 'The endpoint is attached to another namespace');
  }
  const resource = { Type: 'Endpoint', Data: { Id: idOf(endpoint).toUpperCase() } };
  return {
    ...state,
    endpoints: replaced(state.endpoints, {
      ...endpoint,
      HostComputeNamespace: idOf(namespace).toUpperCase(),
    }),
    namespaces: replaced(state.namespaces, {
      ...namespace,
      Resources: [...documentsField(namespace, 'Resources'), resource],
    }),
  };
}

/** HNS takes an endpoint out of a namespace. */
export function detach(state: HnsState, namespaceId: string, endpointId: string): HnsState {
  const namespace = findById(state.namespaces, namespaceId);
  if (!namespace) return refuse('notFound', 'Element not found: the namespace');
  const endpoint = findById(state.endpoints, endpointId);
  const where = endpoint && textField(endpoint, 'HostComputeNamespace');
  if (!endpoint || where === undefined || bareId(where) !== idOf(namespace)) {
    return refuse('notFound', 'Element not found: the endpoint is not in the namespace');
  }
  const { HostComputeNamespace: _, ...rest } = endpoint;
  return {
    ...state,
    endpoints: replaced(state.endpoints, rest),
    namespaces: replaced(state.namespaces, {
      ...namespace,
      Resources: documentsField(namespace, 'Resources').filter((resource) => {
        const id = textField(documentField(resource, 'Data'), 'Id') ?? '';
        return bareId(id) !== idOf(endpoint);
      }),
    }),
  };
}
