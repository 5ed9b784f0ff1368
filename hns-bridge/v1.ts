import { anywhere } from '../cni/default-route.ts';
import { defined } from '../system/defined.ts';
import {
  documentField,
  documentsField,
  type JsonDocument,
  numberField,
  text,
  textField,
  textsField,
} from './document.ts';
import type {
  DnsDocument,
  EndpointDocument,
  NetworkDocument,
  SubnetDocument,
} from './documents.ts';
import { readId } from './ids.ts';
import { policyDocument, readHnsPolicy } from './policy/policy.ts';

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

const isIPv6 = (address: string | undefined) => address?.includes(':') ?? false;

/**
 * An endpoint that is asked for, as V1 takes it. V1 has one address and one gateway a family, and
 * neither further routes nor resolver options: those stay out. It chooses ids itself. Throws
 * PolicyError for a policy that V1 does not have.
 */
export function encodeEndpoint(endpoint: EndpointDocument): JsonDocument {
  const { IpConfigurations = [], Policies = [], Routes = [] } = endpoint;
  const ofFamilies = families.map((family) => {
    const ip = IpConfigurations.find(
      ({ IpAddress }) => isIPv6(IpAddress) === isIPv6(family.anywhere),
    );
    const route = Routes.find(({ DestinationPrefix }) => DestinationPrefix === family.anywhere);
    return {
      [family.address]: ip?.IpAddress,
      [family.length]: ip?.PrefixLength,
      [family.gateway]: route?.NextHop,
    };
  });
  return defined({
    Name: endpoint.Name,
    VirtualNetwork: endpoint.HostComputeNetwork,
    ...Object.assign({}, ...ofFamilies),
    MacAddress: endpoint.MacAddress,
    ...encodeDns(endpoint.Dns),
    Policies:
      Policies.length > 0 ? Policies.map((policy) => policyDocument(policy, 'v1')) : undefined,
  });
}

/** An endpoint that V1 answered. */
export function decodeEndpoint(document: JsonDocument): EndpointDocument {
  const { ID, HostComputeNamespace, HostComputeNetwork, Name } = decodeEntry(document);
  const containers = textsField(document, 'SharedContainers');
  return defined({
    ID,
    Name,
    HostComputeNetwork,
    HostComputeNamespace,
    IpConfigurations: families.flatMap(({ address, length }) => {
      const IpAddress = textField(document, address);
      const PrefixLength = numberField(document, length);
      return IpAddress === undefined ? [] : [defined({ IpAddress, PrefixLength })];
    }),
    Routes: families.flatMap(({ anywhere, gateway }) => {
      const NextHop = textField(document, gateway);
      return NextHop === undefined ? [] : [{ DestinationPrefix: anywhere, NextHop }];
    }),
    Dns: decodeDns(document),
    Policies: documentsField(document, 'Policies').flatMap((entry) => readHnsPolicy(entry) ?? []),
    MacAddress: textField(document, 'MacAddress'),
    SharedContainers: containers.length > 0 ? containers : undefined,
    State: numberField(document, 'State'),
  });
}

/** As much of an endpoint as says whose it is: a listing has many. */
export function decodeEntry(
  document: JsonDocument,
): Pick<EndpointDocument, 'ID' | 'Name' | 'HostComputeNetwork' | 'HostComputeNamespace'> {
  return defined({
    ID: readId(textField(document, 'ID')),
    Name: textField(document, 'Name'),
    HostComputeNetwork: readId(textField(document, 'VirtualNetwork')),
    HostComputeNamespace: readId(textField(documentField(document, 'Namespace'), 'ID')),
  });
}

/** A network that V1 answered. */
export function decodeNetwork(document: JsonDocument): NetworkDocument {
  const managementAddress = textField(document, 'ManagementIP');
  return defined({
    ID: readId(textField(document, 'ID')),
    Name: textField(document, 'Name'),
    Type: textField(document, 'Type'),
    Policies:
      managementAddress === undefined
        ? []
        : [{ Type: 'ProviderAddress', Settings: { ProviderAddress: managementAddress } }],
    Ipams: [{ Subnets: documentsField(document, 'Subnets').map(decodeSubnet) }],
  });
}

function decodeSubnet(subnet: JsonDocument): SubnetDocument {
  const NextHop = textField(subnet, 'GatewayAddress');
  const IpAddressPrefix = textField(subnet, 'AddressPrefix');
  const DestinationPrefix = isIPv6(IpAddressPrefix) ? anywhere[6] : anywhere[4];
  return defined({
    IpAddressPrefix,
    Routes: NextHop === undefined ? [] : [{ DestinationPrefix, NextHop }],
  });
}

/** V1 has lists of servers and suffixes as texts with commas, and no resolver options. */
function encodeDns({ Domain, Search = [], ServerList = [] }: DnsDocument = {}): JsonDocument {
  return {
    DNSServerList: text(ServerList.join(',')),
    DNSSuffix: text(Search.join(',')),
    DNSDomain: Domain,
  };
}

function decodeDns(document: JsonDocument): DnsDocument {
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
