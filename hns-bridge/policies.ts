import { canonicalAddress, formatCidr, parseCidr } from '../plugins/cni/address.ts';
import {
  field,
  isDocument,
  type JsonDocument,
  numberField,
  textField,
  textsField,
} from './document.ts';
import type { AclPolicy, EndpointPolicy } from './model.ts';

/** What is wrong with a policy, in words; the caller says which policy. */
export class PolicyError extends Error {}

type Reader = (settings: JsonDocument) => EndpointPolicy;

/** The types of both dialects that the model knows, in lower case. */
const readers: ReadonlyMap<string, Reader> = new Map([
  ['outboundnat', readOutboundNat],
  ['route', readRoute],
  ['sdnroute', readRoute],
  ['pa', readProviderAddress],
  ['provideraddress', readProviderAddress],
  ['nat', readPortMapping],
  ['portmapping', readPortMapping],
  ['acl', readAcl],
]);

/**
 * Reads a policy in any of the shapes operators have: V1's flat one, V2's with `Settings`, flat with
 * V2's names; types and keys in any letter case. Throws PolicyError for what cannot be right.
 */
export function readPolicy(value: JsonDocument): EndpointPolicy {
  const type = textField(value, 'Type');
  if (type === undefined) throw new PolicyError('Type: expected the type of a policy');
  const nested = field(value, 'Settings');
  if (nested !== undefined && !isDocument(nested)) {
    throw new PolicyError('Settings: expected an object');
  }
  const flat = Object.fromEntries(
    Object.entries(value).filter(([key]) => !/^(?:type|settings)$/i.test(key)),
  );
  const read = readers.get(type.toLowerCase());
  if (read) return read({ ...flat, ...nested });
  return { kind: 'other', type, dialect: nested ? 'v2' : 'v1', settings: nested ?? flat };
}

/** Reads a policy that HNS answered: whatever it says is so. */
export function readHnsPolicy(value: JsonDocument): EndpointPolicy {
  try {
    return readPolicy(value);
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error;
    const { Type: type, ...settings } = value;
    return { kind: 'other', type: String(type), dialect: 'v1', settings };
  }
}

function readOutboundNat(settings: JsonDocument): EndpointPolicy {
  const virtualIp = textField(settings, 'VirtualIP', 'VIP');
  const maxPortPoolUsage = numberField(settings, 'MaxPortPoolUsage');
  const flags = numberField(settings, 'Flags');
  return {
    kind: 'outbound-nat',
    exceptions: textsField(settings, 'Exceptions', 'ExceptionList'),
    destinations: textsField(settings, 'Destinations', 'DestinationList'),
    ...(virtualIp === undefined ? {} : { virtualIp }),
    ...(maxPortPoolUsage === undefined ? {} : { maxPortPoolUsage }),
    ...(flags === undefined ? {} : { flags }),
  };
}

function readRoute(settings: JsonDocument): EndpointPolicy {
  const destination = textField(settings, 'DestinationPrefix');
  if (destination === undefined) {
    throw new PolicyError('DestinationPrefix: it is empty; was a template left unfilled?');
  }
  if (!parseCidr(destination)) {
    throw new PolicyError(
      `DestinationPrefix: expected a CIDR, found ${JSON.stringify(destination)}`,
    );
  }
  const nextHop = textField(settings, 'NextHop');
  const needEncap = field(settings, 'NeedEncap');
  return {
    kind: 'route',
    destination,
    needEncap: needEncap === true || String(needEncap).toLowerCase() === 'true',
    ...(nextHop === undefined ? {} : { nextHop }),
  };
}

function readProviderAddress(settings: JsonDocument): EndpointPolicy {
  const text = textField(settings, 'ProviderAddress', 'PA') ?? '';
  const address = canonicalAddress(text);
  if (address !== undefined) return { kind: 'provider-address', address };
  throw new PolicyError(`ProviderAddress: expected an IP address, found ${JSON.stringify(text)}`);
}

/** V1 writes protocols by name, V2 by number (IANA). */
const protocols: Readonly<Record<string, number>> = {
  icmpv4: 1,
  igmp: 2,
  tcp: 6,
  udp: 17,
  icmpv6: 58,
  sctp: 132,
};

function readPortMapping(settings: JsonDocument): EndpointPolicy {
  const port = (key: string) => {
    const number = numberField(settings, key) ?? 0;
    if (number >= 0 && number <= 65535) return number;
    throw new PolicyError(`${key}: expected a port, found ${number}`);
  };
  const name = field(settings, 'Protocol') ?? 'tcp';
  const protocol =
    protocols[String(name).toLowerCase()] ?? numberField(settings, 'Protocol') ?? Number.NaN;
  if (!Number.isInteger(protocol)) {
    throw new PolicyError(`Protocol: expected a name or a number, found ${JSON.stringify(name)}`);
  }
  const vip = textField(settings, 'VIP');
  const flags = numberField(settings, 'Flags') ?? 0;
  return {
    kind: 'port-mapping',
    internalPort: port('InternalPort'),
    externalPort: port('ExternalPort'),
    protocol,
    localRouted: (flags & 1) !== 0,
    ipv6: (flags & 2) !== 0,
    ...(vip === undefined ? {} : { vip }),
  };
}

function readAcl(settings: JsonDocument): EndpointPolicy {
  const choice = <Choice extends string>(key: string, choices: readonly Choice[]): Choice => {
    const text = textField(settings, key)?.toLowerCase();
    const found = choices.find((entry) => entry.toLowerCase() === text);
    if (found) return found;
    throw new PolicyError(`${key}: expected one of ${choices.join(', ')}`);
  };
  const text = (...keys: readonly string[]) => {
    const value = field(settings, ...keys);
    return value === undefined || value === '' ? undefined : String(value);
  };
  const optional = {
    protocols: text('Protocols', 'Protocol'),
    localAddresses: text('LocalAddresses'),
    remoteAddresses: text('RemoteAddresses'),
    localPorts: text('LocalPorts', 'LocalPort'),
    remotePorts: text('RemotePorts', 'RemotePort'),
    ruleType: text('RuleType'),
  } satisfies Partial<Record<keyof AclPolicy, string | undefined>>;
  const priority = numberField(settings, 'Priority');
  const given = Object.entries(optional).flatMap(([key, value]) => (value ? [[key, value]] : []));
  return {
    kind: 'acl',
    action: choice('Action', ['Allow', 'Block', 'Pass']),
    direction: choice('Direction', ['In', 'Out']),
    ...Object.fromEntries(given),
    ...(priority === undefined ? {} : { priority }),
  };
}

/**
 * Whether an endpoint's policy is the one that was asked for: lists in any order, addresses and
 * CIDRs in any notation.
 */
export function samePolicy(one: EndpointPolicy, other: EndpointPolicy): boolean {
  return fingerprint(one) === fingerprint(other);
}

function fingerprint(policy: EndpointPolicy): string {
  return JSON.stringify(normal(policy));
}

function normal(value: unknown): unknown {
  if (typeof value === 'string') return normalText(value);
  if (Array.isArray(value)) return value.map((entry) => JSON.stringify(normal(entry))).sort();
  if (!isDocument(value)) return value;
  const entries = Object.entries(value)
    .filter(([key]) => key !== 'dialect')
    .map(([key, entry]) => [key, normal(entry)] as const);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function normalText(text: string): string {
  const cidr = parseCidr(text);
  if (cidr) return formatCidr(cidr);
  return canonicalAddress(text) ?? text.toLowerCase();
}

/** A policy in words short enough for a line of an error. */
export function describePolicy(policy: EndpointPolicy): string {
  switch (policy.kind) {
    case 'outbound-nat':
      return policy.destinations.length > 0
        ? `OutBoundNAT with destinations ${policy.destinations.join(', ')}`
        : `OutBoundNAT except ${policy.exceptions.join(', ') || 'nothing'}`;
    case 'route':
      return `route to ${policy.destination}${policy.needEncap ? ', encapsulated' : ''}`;
    case 'provider-address':
      return `provider address ${policy.address}`;
    case 'port-mapping':
      return `port mapping ${policy.vip ?? ''}:${policy.externalPort} to ${policy.internalPort}, protocol ${policy.protocol}`;
    case 'acl':
      return `ACL ${policy.action} ${policy.direction} ${policy.protocols ?? 'any protocol'} ports ${policy.localPorts ?? 'any'}`;
    case 'other':
      return `${policy.type} ${JSON.stringify(policy.settings)}`;
  }
}
