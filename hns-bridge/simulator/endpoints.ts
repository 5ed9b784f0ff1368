import { type Address, formatAddress, holds, parseAddress, parseCidr } from '../../cni/address.ts';
import type { JsonObject } from '../../cni/json-object.ts';
import { bareId } from '../ids.ts';
import {
  documentField,
  documentsField,
  numberField,
  textField,
  textsField,
} from '../json-document.ts';
import { subnetsOf } from './networks.ts';
import { endpointOf, networkOf } from './objects.ts';
import { checkPolicies } from './policy-rules.ts';
import { refuse } from './refusal.ts';
import {
  endpointsOn,
  findById,
  type HnsState,
  hasFeature,
  idOf,
  isGuid,
  policiesOf,
  replaced,
  schemaVersion,
  without,
} from './state.ts';

/**
 * HNS creates an endpoint on a network: its rules about ids, addresses, MACs, routes and policies. Those
 * that no source has are in HNS.md, "What the simulator adds".
 */
export function createEndpoint(
  state: HnsState,
  networkId: string,
  id: string,
  asked: JsonObject,
): HnsState {
  const network = networkOf(state, networkId);
  if (!isGuid(id)) return refuse('badParameter', `The parameter is incorrect: ${id}`);
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
  const endpoint: JsonObject = {
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

function addressesOn(state: HnsState, network: JsonObject): Set<string> {
  return new Set(
    endpointsOn(state, idOf(network)).flatMap((endpoint) =>
      documentsField(endpoint, 'IpConfigurations').flatMap(
        (entry) => textField(entry, 'IpAddress')?.toLowerCase() ?? [],
      ),
    ),
  );
}

/** Each address must lie in a subnet and be free. One in no subnet gets the code of one that is malformed. */
function takeAddresses(state: HnsState, network: JsonObject, asked: JsonObject) {
  const given = documentsField(asked, 'IpConfigurations');
  const taken = addressesOn(state, network);
  if (given.length === 0) return chooseAddress(network, taken);
  assertFamilies(state, network, given);
  const own = new Set<string>();
  return given.map((entry) => {
    const text = textField(entry, 'IpAddress') ?? '';
    const address = parseAddress(text);
    const subnet = address && subnetsOf(network).find(({ cidr }) => holds(cidr, address));
    if (!subnet) {
      const words = 'IP address is either invalid or not part of any configured subnet(s)';
      return refuse('invalidAddress', `${words}: ${text}`);
    }
    const { cidr, gateway } = subnet;
    const edge = address.value === cidr.first || (cidr.family === 4 && address.value === cidr.last);
    if (edge || formatAddress(address) === gateway) {
      return refuse('addressReserved', `The address is invalid or reserved: ${text}`);
    }
    const canonical = formatAddress(address);
    if (taken.has(canonical) || own.has(canonical)) {
      return refuse('objectExists', `The object already exists: ${text}`);
    }
    own.add(canonical);
    return { IpAddress: canonical, PrefixLength: cidr.prefixLength };
  });
}

/** IPv6 is for transparent networks and, from 11.10 on, bridges (HNS.md, "Features by version"). */
function assertFamilies(state: HnsState, network: JsonObject, given: readonly JsonObject[]): void {
  if (!given.some((entry) => textField(entry, 'IpAddress')?.includes(':'))) return;
  const type = textField(network, 'Type') ?? '';
  if (type === 'Transparent') return;
  if (/^L2(?:Bridge|Tunnel)$/.test(type) && hasFeature(state, 'dualStack')) return;
  refuse('unsupported', `The request is not supported: IPv6 on ${type}`);
}

/** Without an address asked for, HNS gives the lowest that is free above its own. */
function chooseAddress(network: JsonObject, taken: ReadonlySet<string>) {
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
  network: JsonObject,
  asked: JsonObject,
  addresses: readonly { readonly IpAddress: string }[],
) {
  const given = documentsField(asked, 'Routes');
  if (given.length > 0) {
    given.forEach(checkRoute);
    return given;
  }
  return addresses.flatMap(({ IpAddress }) => {
    const address = parseAddress(IpAddress);
    const subnet = subnetsOf(network).find(({ cidr }) => address && holds(cidr, address));
    if (!subnet?.gateway) return [];
    const anywhere = address?.family === 6 ? '::/0' : '0.0.0.0/0';
    return [{ NextHop: subnet.gateway, DestinationPrefix: anywhere }];
  });
}

function checkRoute(route: JsonObject): void {
  const prefix = textField(route, 'DestinationPrefix') ?? '';
  const nextHop = textField(route, 'NextHop') ?? '';
  const destination = parseCidr(prefix);
  if (!destination || parseAddress(nextHop)?.family !== destination.family) {
    refuse('badParameter', `The parameter is incorrect: route to "${prefix}" via "${nextHop}"`);
  }
}

/** The MAC address that was asked for; without one, HNS gives one of its range. */
function takeMac(state: HnsState, network: JsonObject, id: string, asked: JsonObject): string {
  const here = endpointsOn(state, idOf(network));
  const taken = new Set(here.map((endpoint) => textField(endpoint, 'MacAddress')?.toUpperCase()));
  const given = textField(asked, 'MacAddress');
  if (given === undefined) return chooseMac(id, taken);
  if (!/^[0-9a-f]{2}(?:[-:][0-9a-f]{2}){5}$/i.test(given)) {
    return refuse('badParameter', `The MAC address is invalid: ${given}`);
  }
  const mac = given.replaceAll(':', '-').toUpperCase();
  return taken.has(mac) ? refuse('objectExists', `The object already exists: ${mac}`) : mac;
}

/** In Microsoft's range 00-15-5D: the end of the id, or the next number that is free. */
function chooseMac(id: string, taken: ReadonlySet<string | undefined>): string {
  for (let number = Number.parseInt(bareId(id).slice(-6), 16); ; number++) {
    const digits = (number & 0xffffff).toString(16).toUpperCase().padStart(6, '0');
    const mac = `00-15-5D-${digits.slice(0, 2)}-${digits.slice(2, 4)}-${digits.slice(4)}`;
    if (!taken.has(mac)) return mac;
  }
}

/** The same, of V1: V2's lists may lack it (HNS.md, "Seen on real nodes"). */
export function createEndpointByV1(
  state: HnsState,
  networkId: string,
  id: string,
  asked: JsonObject,
): HnsState {
  const after = createEndpoint(state, networkId, id, asked);
  const made = { ...endpointOf(after, id), SchemaVersion: { Major: 1, Minor: 0 } };
  return { ...after, endpoints: replaced(after.endpoints, made) };
}

/** Whether V1 made an endpoint. */
export function isOfV1(endpoint: JsonObject): boolean {
  return numberField(documentField(endpoint, 'SchemaVersion'), 'Major') === 1;
}

/**
 * An endpoint must be detached before it is deleted (HNS.md, "What the simulator adds"), but from a
 * namespace that is gone.
 */
export function deleteEndpoint(state: HnsState, id: string): HnsState {
  const endpoint = endpointOf(state, id);
  if (findById(state.namespaces, textField(endpoint, 'HostComputeNamespace') ?? '')) {
    return refuse('hasReferences', 'The endpoint is still attached to a namespace');
  }
  if (textsField(endpoint, 'SharedContainers').length > 0) {
    return refuse('hasReferences', 'The endpoint is still attached to a container');
  }
  return { ...state, endpoints: without(state.endpoints, id) };
}
