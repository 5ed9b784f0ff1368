import { anywhere } from '../cni/default-route.ts';
import type { JsonObject } from '../cni/json-object.ts';
import { defined } from '../system/defined.ts';
import {
  type DnsDocument,
  type EndpointDocument,
  type NetworkDocument,
  type RouteDocument,
  readEndpointOfV1,
  type SubnetDocument,
} from './documents.ts';
import { readId } from './ids.ts';
import { documentField, documentsField, field, text, textField } from './json-document.ts';
import { policyDocument } from './policy/policy.ts';

/**
 * The codec between V2's documents, which are the model, and V1's: what Docker's containers are
 * attached with, and what both dialects' listings are answered in.
 */

const families = [
  {
    anywhere: anywhere[4],
    address: 'IPAddress',
    length: 'PrefixLength',
    gateway: 'GatewayAddress',
  },
  {
    anywhere: anywhere[6],
    address: 'IPv6Address',
    length: 'IPv6PrefixLength',
    gateway: 'GatewayAddressV6',
  },
] as const;

/** What both dialects say as one value: V2's name, and V1's. */
const plainFields = [
  ['ID', 'ID'],
  ['Name', 'Name'],
  ['HostComputeNetwork', 'VirtualNetwork'],
  ['MacAddress', 'MacAddress'],
  ['SharedContainers', 'SharedContainers'],
  ['State', 'State'],
] as const satisfies readonly (readonly [keyof EndpointDocument, string])[];

const isIPv6 = (address: string | undefined) => address?.includes(':') ?? false;

type Family = (typeof families)[number];

const isOf =
  (family: Family) =>
  ({ IpAddress }: { readonly IpAddress?: string }) =>
    isIPv6(IpAddress) === isIPv6(family.anywhere);
const isTo =
  (family: Family) =>
  ({ DestinationPrefix }: RouteDocument) =>
    DestinationPrefix === family.anywhere;

/**
 * An endpoint that is asked for, as V1 takes it. V1 has one address and one gateway a family, and
 * neither further routes nor resolver options: those stay out. It chooses ids itself. Throws
 * PolicyError for a policy that V1 does not have.
 */
export function encodeEndpoint(endpoint: EndpointDocument): JsonObject {
  const { IpConfigurations = [], Policies = [], Routes = [] } = endpoint;
  const ofFamilies = families.map((family) => {
    const ip = IpConfigurations.find(isOf(family));
    const route = Routes.find(isTo(family));
    return {
      [family.address]: ip?.IpAddress,
      [family.length]: ip?.PrefixLength,
      [family.gateway]: route?.NextHop,
    };
  });
  // V1 chooses the id itself.
  const plain = plainFields.filter(([v2]) => v2 !== 'ID').map(([v2, v1]) => [v1, endpoint[v2]]);
  return defined({
    ...Object.fromEntries(plain),
    ...Object.assign({}, ...ofFamilies),
    ...encodeDns(endpoint.Dns),
    Policies:
      Policies.length > 0 ? Policies.map((policy) => policyDocument(policy, 'v1')) : undefined,
  });
}

/** Where V1's fields of an endpoint that is asked for are in V2's document: `IPAddress` in `IpConfigurations[0].IpAddress`. */
export function sourcesInV1({
  IpConfigurations = [],
  Routes = [],
}: EndpointDocument): Readonly<Record<string, string>> {
  const ofFamilies = families.flatMap((family) => {
    const ip = IpConfigurations.findIndex(isOf(family));
    const route = Routes.findIndex(isTo(family));
    return [
      [family.address, `IpConfigurations[${ip}].IpAddress`],
      [family.length, `IpConfigurations[${ip}].PrefixLength`],
      [family.gateway, `Routes[${route}].NextHop`],
    ];
  });
  return {
    ...Object.fromEntries(plainFields.map(([v2, v1]) => [v1, v2])),
    ...Object.fromEntries(ofFamilies),
    DNSServerList: 'Dns.ServerList',
    DNSSuffix: 'Dns.Search',
    DNSDomain: 'Dns.Domain',
  };
}

/** An endpoint that V1 answered. */
export function decodeEndpoint(document: JsonObject): EndpointDocument | undefined {
  const plain = plainFields.map(([v2, v1]) => [v2, field(document, v1)] as const);
  return readEndpointOfV1({
    ...Object.fromEntries(plain),
    HostComputeNamespace: namespaceOf(document),
    IpConfigurations: families.flatMap(({ address, length }) => {
      const IpAddress = textField(document, address);
      return IpAddress === undefined ? [] : [{ IpAddress, PrefixLength: field(document, length) }];
    }),
    Routes: families.flatMap(({ anywhere, gateway }) => {
      const NextHop = textField(document, gateway);
      return NextHop === undefined ? [] : [{ DestinationPrefix: anywhere, NextHop }];
    }),
    Dns: decodeDns(document),
    Policies: documentsField(document, 'Policies'),
  });
}

/** As much of an endpoint as says whose it is: a listing has many. */
export function decodeEntry(
  document: JsonObject,
): Pick<EndpointDocument, 'ID' | 'Name' | 'HostComputeNetwork' | 'HostComputeNamespace'> {
  return defined({
    ID: readId(textField(document, 'ID')),
    Name: textField(document, 'Name'),
    HostComputeNetwork: readId(textField(document, 'VirtualNetwork')),
    HostComputeNamespace: readId(namespaceOf(document)),
  });
}

function namespaceOf(document: JsonObject): unknown {
  return field(documentField(document, 'Namespace'), 'ID');
}

/** A network that V1 answered. */
export function decodeNetwork(document: JsonObject): NetworkDocument {
  const managementAddress = textField(document, 'ManagementIP');
  return defined({
    ID: readId(textField(document, 'ID')),
    Name: textField(document, 'Name'),
    Type: textField(document, 'Type'),
    Policies:
      managementAddress === undefined
        ? []
        : [{ Type: 'ProviderAddress', Settings: { ProviderAddress: managementAddress } }],
    Ipams: [{ Subnets: documentsField(document, 'Subnets').flatMap(decodeSubnet) }],
  });
}

function decodeSubnet(subnet: JsonObject): SubnetDocument[] {
  const IpAddressPrefix = textField(subnet, 'AddressPrefix');
  if (IpAddressPrefix === undefined) return [];
  const NextHop = textField(subnet, 'GatewayAddress');
  const DestinationPrefix = isIPv6(IpAddressPrefix) ? anywhere[6] : anywhere[4];
  return [
    { IpAddressPrefix, Routes: NextHop === undefined ? [] : [{ DestinationPrefix, NextHop }] },
  ];
}

/** V1 has lists of servers and suffixes as texts with commas, and no resolver options. */
function encodeDns({ Domain, Search = [], ServerList = [] }: DnsDocument = {}): JsonObject {
  return {
    DNSServerList: text(ServerList.join(',')),
    DNSSuffix: text(Search.join(',')),
    DNSDomain: Domain,
  };
}

function decodeDns(document: JsonObject): DnsDocument {
  const list = (key: string) => {
    const entries = (textField(document, key) ?? '').split(',').map((entry) => entry.trim());
    return entries.filter((entry) => entry !== '');
  };
  return defined({
    Domain: textField(document, 'DNSDomain'),
    Search: list('DNSSuffix'),
    ServerList: list('DNSServerList'),
  });
}
