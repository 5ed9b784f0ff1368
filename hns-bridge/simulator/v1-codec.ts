import type { JsonObject } from '../../cni/json-object.ts';
/**
 * The simulator's own translation between V2's documents, in which it keeps its state, and V1's. It is
 * not the product's: a fault in that one would then be in what it is tested with as well.
 */

import { formatCidr } from '../../cni/address.ts';
import { bareId } from '../ids.ts';
import {
  documentField,
  documentsField,
  numberField,
  textField,
  textsField,
} from '../json-document.ts';
import { subnetsOf } from './networks.ts';
import { refuse } from './refusal.ts';
import { findById, type HnsState, idOf, policiesOf } from './state.ts';

/** A network's V2 document as V1 shows it. */
export function networkToV1(network: JsonObject): JsonObject {
  const policies = policiesOf(network);
  const setting = (type: string, key: string) => {
    const policy = policies.find((entry) => textField(entry, 'Type') === type);
    return policy && textField(documentField(policy, 'Settings'), key);
  };
  return {
    ID: idOf(network).toUpperCase(),
    Name: textField(network, 'Name'),
    Type: textField(network, 'Type'),
    Subnets: subnetsOf(network).map(({ cidr, gateway, policies }) => ({
      AddressPrefix: formatCidr(cidr),
      GatewayAddress: gateway,
      Policies: policies.map(policyToV1),
    })),
    Policies: policies.map(policyToV1),
    ManagementIP: setting('ProviderAddress', 'ProviderAddress'),
    NetworkAdapterName: setting('NetAdapterName', 'NetworkAdapterName'),
    State: 1,
  };
}

/** An endpoint's V2 document as V1 shows it. */
export function endpointToV1(state: HnsState, endpoint: JsonObject): JsonObject {
  const network = findById(state.networks, textField(endpoint, 'HostComputeNetwork') ?? '');
  const namespace = textField(endpoint, 'HostComputeNamespace');
  const addresses = documentsField(endpoint, 'IpConfigurations');
  const of = (six: boolean) =>
    addresses.find((entry) => (textField(entry, 'IpAddress') ?? '').includes(':') === six) ?? {};
  const gateway = (destination: string) => {
    const routes = documentsField(endpoint, 'Routes');
    const route = routes.find((entry) => textField(entry, 'DestinationPrefix') === destination);
    return route && textField(route, 'NextHop');
  };
  const dns = documentField(endpoint, 'Dns');
  const containers = textsField(endpoint, 'SharedContainers');
  return {
    ID: idOf(endpoint).toUpperCase(),
    Name: textField(endpoint, 'Name'),
    VirtualNetwork: network && idOf(network).toUpperCase(),
    VirtualNetworkName: network && textField(network, 'Name'),
    IPAddress: textField(of(false), 'IpAddress'),
    PrefixLength: numberField(of(false), 'PrefixLength'),
    IPv6Address: textField(of(true), 'IpAddress'),
    IPv6PrefixLength: numberField(of(true), 'PrefixLength'),
    MacAddress: textField(endpoint, 'MacAddress'),
    GatewayAddress: gateway('0.0.0.0/0'),
    GatewayAddressV6: gateway('::/0'),
    DNSServerList: textsField(dns, 'ServerList').join(',') || undefined,
    DNSSuffix: textsField(dns, 'Search').join(',') || undefined,
    DNSDomain: textField(dns, 'Domain'),
    Policies: policiesOf(endpoint).map(policyToV1),
    SharedContainers: containers,
    State: stateOf(namespace, containers),
    Namespace: namespace && { ID: bareId(namespace).toUpperCase() },
  };
}

/** 1 created, 2 attached, 3 attached and shared by several (hcsshim, EndpointState). */
function stateOf(namespace: string | undefined, containers: readonly string[]): number {
  if (containers.length > 1) return 3;
  return namespace === undefined && containers.length === 0 ? 1 : 2;
}

/** A namespace's V2 document as V1 shows it. */
export function namespaceToV1(namespace: JsonObject): JsonObject {
  return {
    ID: idOf(namespace).toUpperCase(),
    IsDefault: /Default$/.test(textField(namespace, 'Type') ?? ''),
    CompartmentId: numberField(namespace, 'NamespaceId'),
    ResourceList: documentsField(namespace, 'Resources'),
  };
}

/** What V1 asks of a new network, as V2's document. */
export function networkToV2(asked: JsonObject): JsonObject {
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

/** What V1 asks of a new endpoint, as V2's document. */
export function endpointToV2(asked: JsonObject): JsonObject {
  const addresses = ['IPAddress', 'IPv6Address'].flatMap((key) => textField(asked, key) ?? []);
  const route = (key: string, destination: string) => {
    const nextHop = textField(asked, key);
    return nextHop === undefined ? [] : [{ NextHop: nextHop, DestinationPrefix: destination }];
  };
  const list = (key: string) => (textField(asked, key) ?? '').split(',').filter(Boolean);
  return {
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
  };
}

/** Types and keys of the policies that V1 and V2 name differently (HNS.md, "V1's names and V2's"). */
const pairs = [
  {
    v1: 'OutBoundNAT',
    v2: 'OutBoundNAT',
    keys: [
      ['ExceptionList', 'Exceptions'],
      ['VIP', 'VirtualIP'],
    ],
  },
  { v1: 'ROUTE', v2: 'SDNRoute', keys: [] },
  { v1: 'PA', v2: 'ProviderAddress', keys: [['PA', 'ProviderAddress']] },
  { v1: 'NAT', v2: 'PortMapping', keys: [] },
  { v1: 'VLAN', v2: 'VLAN', keys: [['VLAN', 'IsolationId']] },
  { v1: 'VSID', v2: 'VSID', keys: [['VSID', 'IsolationId']] },
  {
    v1: 'PROXY',
    v2: 'L4Proxy',
    keys: [
      ['ExceptionList', 'Exceptions'],
      ['OutboundNat', 'OutboundNAT'],
    ],
  },
] as const;

function renamed(settings: JsonObject, names: readonly (readonly [string, string])[]): JsonObject {
  const map = new Map(names);
  return Object.fromEntries(
    Object.entries(settings).map(([key, value]) => [map.get(key) ?? key, value]),
  );
}

const protocolNumbers: Readonly<Record<string, number>> = {
  ICMPV4: 1,
  IGMP: 2,
  TCP: 6,
  UDP: 17,
  ICMPV6: 58,
  SCTP: 132,
};

/** A policy of V1 as the state keeps it. V1 does not know V2's names. */
function policyToV2(policy: JsonObject): JsonObject {
  const { Type: type, ...settings } = policy;
  const pair = pairs.find(({ v1 }) => v1 === type);
  if (!pair && pairs.some(({ v2 }) => v2 === type)) {
    return refuse('invalidPolicyType', `The policy type is invalid: ${type}`);
  }
  const kept = pair ? renamed(settings, pair.keys) : settings;
  if (type !== 'NAT') return { Type: pair?.v2 ?? type, Settings: kept };
  const protocol = protocolNumbers[String(kept['Protocol']).toUpperCase()];
  return { Type: 'PortMapping', Settings: { ...kept, Protocol: protocol ?? kept['Protocol'] } };
}

function policyToV1(policy: JsonObject): JsonObject {
  const type = textField(policy, 'Type');
  const settings = documentField(policy, 'Settings');
  const pair = pairs.find(({ v2 }) => v2 === type);
  const back = (pair?.keys ?? []).map(([first, second]) => [second, first] as const);
  const flat = { Type: pair?.v1 ?? type, ...renamed(settings, back) };
  if (type !== 'PortMapping') return flat;
  const number = numberField(settings, 'Protocol');
  const name = Object.entries(protocolNumbers).find(([, value]) => value === number)?.[0];
  return { ...flat, Protocol: name ?? number };
}
