import { field, isDocument, type JsonDocument, textField } from './document.ts';
import type { EndpointPolicy, ExtraSettings } from './model.ts';
import {
  addressOf,
  blocksOf,
  choiceOf,
  cidrTextOf,
  flagOf,
  joinedOf,
  numberOf,
  PolicyError,
  protocolNumber,
} from './policy-fields.ts';
import { namedKeys, namedSettings, namedType } from './policy-types.ts';

/** How a policy of a type is read, and the keys of both dialects that this understands. */
interface Reader {
  readonly read: (settings: JsonDocument) => EndpointPolicy;
  readonly keys: readonly string[];
}

const outboundNat: Reader = {
  read: readOutboundNat,
  keys: [
    ...['VirtualIP', 'VIP', 'Exceptions', 'ExceptionList', 'Destinations', 'DestinationList'],
    ...['Flags', 'MaxPortPoolUsage'],
  ],
};
const route: Reader = { read: readRoute, keys: ['DestinationPrefix', 'NextHop', 'NeedEncap'] };
const providerAddress: Reader = { read: readProviderAddress, keys: ['ProviderAddress', 'PA'] };
const portMapping: Reader = {
  read: readPortMapping,
  keys: ['Protocol', 'InternalPort', 'ExternalPort', 'VIP', 'Flags'],
};
const acl: Reader = {
  read: readAcl,
  keys: [
    ...['Protocols', 'Protocol', 'Action', 'Direction', 'RuleType', 'Priority'],
    ...[
      'LocalAddresses',
      'RemoteAddresses',
      'LocalPorts',
      'LocalPort',
      'RemotePorts',
      'RemotePort',
    ],
  ],
};

/** The types of both dialects that the model has words for, in lower case. */
const readers: ReadonlyMap<string, Reader> = new Map([
  ['outboundnat', outboundNat],
  ['route', route],
  ['sdnroute', route],
  ['pa', providerAddress],
  ['provideraddress', providerAddress],
  ['nat', portMapping],
  ['portmapping', portMapping],
  ['acl', acl],
]);

/**
 * Reads a policy in any of the shapes operators have: V1's flat one, V2's with `Settings`, flat with
 * V2's names; types and keys in any letter case. Throws PolicyError for what cannot be right.
 */
export function readPolicy(value: JsonDocument): EndpointPolicy {
  const type = textField(value, 'Type');
  if (type === undefined) throw new PolicyError('Type', 'expected the type of a policy');
  const nested = field(value, 'Settings');
  if (nested !== undefined && !isDocument(nested)) {
    throw new PolicyError('Settings', 'expected an object');
  }
  const dialect = nested ? 'v2' : 'v1';
  const settings = { ...without(value, ['Type', 'Settings']), ...nested };
  const reader = readers.get(type.toLowerCase());
  if (reader) return { ...reader.read(settings), ...extra(settings, reader.keys, dialect) };
  const named = namedType(type);
  if (!named) return { kind: 'other', type, dialect, settings: nested ?? settings };
  return {
    kind: 'other',
    type: named.v2,
    dialect: 'v2',
    settings: namedSettings(named, settings),
    ...extra(settings, namedKeys(named), dialect),
  };
}

/** Reads a policy that HNS answered: whatever it says is so. Never throws. */
export function readHnsPolicy(value: JsonDocument): EndpointPolicy {
  try {
    return readPolicy(value);
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error;
    const type = textField(value, 'Type') ?? '';
    const nested = field(value, 'Settings');
    return isDocument(nested)
      ? { kind: 'other', type, dialect: 'v2', settings: nested }
      : { kind: 'other', type, dialect: 'v1', settings: without(value, ['Type']) };
  }
}

function without(document: JsonDocument, keys: readonly string[]): JsonDocument {
  const gone = new Set(keys.map((key) => key.toLowerCase()));
  return Object.fromEntries(
    Object.entries(document).filter(([key]) => !gone.has(key.toLowerCase())),
  );
}

function extra(
  settings: JsonDocument,
  understood: readonly string[],
  dialect: 'v1' | 'v2',
): { readonly extra?: ExtraSettings } {
  const rest = Object.entries(without(settings, understood)).filter(([, value]) => value !== null);
  return rest.length === 0 ? {} : { extra: { dialect, settings: Object.fromEntries(rest) } };
}

function readOutboundNat(settings: JsonDocument): EndpointPolicy {
  const virtualIp = addressOf(settings, 'VirtualIP', 'VIP');
  const maxPortPoolUsage = numberOf(settings, 'MaxPortPoolUsage', 65_535);
  const flags = numberOf(settings, 'Flags', 0xffff_ffff);
  return {
    kind: 'outbound-nat',
    exceptions: blocksOf(settings, 'Exceptions', 'ExceptionList'),
    destinations: blocksOf(settings, 'Destinations', 'DestinationList'),
    ...(virtualIp === undefined ? {} : { virtualIp }),
    ...(maxPortPoolUsage === undefined ? {} : { maxPortPoolUsage }),
    ...(flags ? { flags } : {}),
  };
}

function readRoute(settings: JsonDocument): EndpointPolicy {
  const nextHop = addressOf(settings, 'NextHop');
  return {
    kind: 'route',
    destination: cidrTextOf(settings, 'DestinationPrefix'),
    needEncap: flagOf(settings, 'NeedEncap'),
    ...(nextHop === undefined ? {} : { nextHop }),
  };
}

function readProviderAddress(settings: JsonDocument): EndpointPolicy {
  const address = addressOf(settings, 'ProviderAddress', 'PA');
  if (address !== undefined) return { kind: 'provider-address', address };
  throw new PolicyError('ProviderAddress', 'expected an IP address, found nothing');
}

function readPortMapping(settings: JsonDocument): EndpointPolicy {
  const internalPort = numberOf(settings, 'InternalPort', 65_535) ?? 0;
  if (internalPort === 0) throw new PolicyError('InternalPort', 'expected the port of the pod');
  const vip = addressOf(settings, 'VIP');
  const flags = numberOf(settings, 'Flags', 0xffff_ffff) ?? 0;
  const otherFlags = (flags & ~3) >>> 0;
  return {
    kind: 'port-mapping',
    internalPort,
    // Without one, HNS chooses.
    externalPort: numberOf(settings, 'ExternalPort', 65_535) ?? 0,
    // TCP where nothing is said, as CNI's port mappings have it.
    protocol: protocolNumber('Protocol', field(settings, 'Protocol') ?? 'tcp'),
    localRouted: (flags & 1) !== 0,
    ipv6: (flags & 2) !== 0,
    ...(otherFlags === 0 ? {} : { otherFlags }),
    ...(vip === undefined ? {} : { vip }),
  };
}

function readAcl(settings: JsonDocument): EndpointPolicy {
  const protocols = joinedOf(settings, 'Protocols', 'Protocol')
    ?.split(',')
    .map((text) => (/^\d+$/.test(text) ? text : protocolNumber('Protocols', text)))
    .join(',');
  const texts = {
    protocols,
    localAddresses: joinedOf(settings, 'LocalAddresses'),
    remoteAddresses: joinedOf(settings, 'RemoteAddresses'),
    localPorts: joinedOf(settings, 'LocalPorts', 'LocalPort'),
    remotePorts: joinedOf(settings, 'RemotePorts', 'RemotePort'),
    ruleType: joinedOf(settings, 'RuleType'),
  };
  const priority = numberOf(settings, 'Priority', 65_535);
  return {
    kind: 'acl',
    action: choiceOf(settings, 'Action', ['Allow', 'Block', 'Pass']),
    direction: choiceOf(settings, 'Direction', ['In', 'Out']),
    ...Object.fromEntries(Object.entries(texts).filter(([, text]) => text !== undefined)),
    ...(priority === undefined ? {} : { priority }),
  };
}
