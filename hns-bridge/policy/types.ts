import type { JsonObject } from '../../cni/json-object.ts';
import { defined } from '../../system/defined.ts';
import {
  address,
  addresses,
  anything,
  blocks,
  flag,
  joined,
  numberFrom0,
  numberUpTo,
  oneOf,
  protocol,
  protocolName,
  protocols,
  requiredAddress,
  requiredCidr,
  requiredPort,
  type ValueReader,
} from './values.ts';

/** HNS's two APIs: flat policies under V1, `{Type, Settings}` under V2. */
export type Dialect = 'v1' | 'v2';

/** One setting of a type of policy. */
export interface PolicyKey {
  /** V2's name. */
  readonly name: string;
  readonly read: ValueReader;
  /** V1's names, the one that is written first; absent where V1 is not known to have the key. */
  readonly v1?: readonly string[];
  /** Further names that operators write, of neither dialect's own. */
  readonly also?: readonly string[];
  /** The value as V1 takes it; without this, as V2 takes it. */
  readonly toV1?: (value: unknown) => unknown;
  /**
   * Finds in a value what V1 cannot express, as an error names it; undefined: V1 can. Without this
   * rule V1 can express every value of a key that it has, and none of a key that it has not.
   */
  readonly v1Lacks?: (value: unknown) => string | undefined;
  /** What V1 is sent where nothing was written. */
  readonly v1Default?: unknown;
  /** It is sent as it was read, not as it was written: HNS takes no other form. */
  readonly sentAsRead?: true;
  /** HNS fills it in where nothing was asked for: then CHECK does not compare it. */
  readonly filledIn?: true;
  /** HNS may leave it out of what it answers, though it was asked for: then CHECK does not compare it. */
  readonly leftOut?: true;
  /** Values that say the same as nothing at all: HNS may answer either, whichever was asked for. */
  readonly nothing?: readonly string[];
}

/** A type of policy: its names in the dialects, and its settings. */
export interface PolicyType {
  /** V2's name. */
  readonly name: string;
  /** V1's name; absent where V1 is not known to have it as a policy. */
  readonly v1?: string;
  readonly keys: readonly PolicyKey[];
  /** What HNS has beside what was asked for is no difference, whatever it is (CHECK). */
  readonly loose?: true;
  /** Settings that follow from the others once all are read. */
  readonly complete?: (settings: JsonObject) => JsonObject;
  /** A policy in words short enough for a line of an error; without it, its settings as JSON. */
  readonly describe?: (settings: JsonObject) => string;
}

/** A key that both dialects know by the same name, or V2 by one and V1 by another. */
const both = (name: string, read: ValueReader, ...v1: readonly string[]): PolicyKey => ({
  name,
  read,
  v1: v1.length > 0 ? v1 : [name],
});

/** A key that V1 has not. */
const onlyV2 = (name: string, read: ValueReader = anything): PolicyKey => ({ name, read });

/** A type whose settings are handed on as they are. */
const handedOn = (name: string, keys: readonly PolicyKey[], v1?: string): PolicyType => ({
  ...defined({ name, v1 }),
  keys,
  loose: true,
});

const isolation = (name: string) => handedOn(name, [both('IsolationId', anything, name)], name);

const or = (value: unknown, otherwise: string) => (value === undefined ? otherwise : `${value}`);
const list = (value: unknown) => (Array.isArray(value) ? value.join(', ') : '');

/**
 * The policies of endpoints that are known, with all that is known of them: types and keys after
 * hcsshim (hcn/hcnpolicy.go for V2, internal/hns/hnspolicy.go for V1). A new field is one row here.
 */
export const policyTypes: readonly PolicyType[] = [
  {
    // SNAT of what leaves the node, except towards the exceptions; with destinations, loopback DSR.
    name: 'OutBoundNAT',
    v1: 'OutBoundNAT',
    keys: [
      both('VirtualIP', address, 'VIP'),
      both('Exceptions', blocks, 'ExceptionList'),
      { ...both('Destinations', addresses), also: ['DestinationList'] },
      { ...both('MaxPortPoolUsage', numberFrom0(65_535)), filledIn: true, leftOut: true },
      onlyV2('Flags', numberUpTo(0xffff_ffff)),
    ],
    // An empty exception list is sent too. A policy with destinations (loopback DSR) has no such list.
    complete: ({ Exceptions, ...rest }) =>
      list(Exceptions) === '' && rest['Destinations'] !== undefined
        ? rest
        : { Exceptions, ...rest },
    describe: ({ Destinations, Exceptions }) =>
      Destinations === undefined
        ? `OutBoundNAT except ${list(Exceptions) || 'nothing'}`
        : `OutBoundNAT with destinations ${list(Destinations)}`,
  },
  {
    name: 'SDNRoute',
    v1: 'ROUTE',
    keys: [
      { ...both('DestinationPrefix', requiredCidr), sentAsRead: true },
      both('NextHop', address),
      { ...both('NeedEncap', flag), v1Default: false },
    ],
    describe: ({ DestinationPrefix, NeedEncap }) =>
      `route to ${DestinationPrefix}${NeedEncap ? ', encapsulated' : ''}`,
  },
  {
    name: 'ProviderAddress',
    v1: 'PA',
    keys: [both('ProviderAddress', requiredAddress, 'PA')],
    describe: ({ ProviderAddress }) => `provider address ${ProviderAddress}`,
  },
  {
    name: 'PortMapping',
    v1: 'NAT',
    keys: [
      { ...both('Protocol', protocol), toV1: protocolName },
      both('InternalPort', requiredPort),
      // Without one, HNS chooses.
      both('ExternalPort', numberUpTo(65_535)),
      {
        ...onlyV2('Flags', numberUpTo(0xffff_ffff)),
        v1Lacks: (flags) =>
          Number(flags) & portMappingFlags.ipv6 ? '2 (an IPv6 mapping)' : String(flags),
      },
      // V1 maps a port on every IPv4 address of the node, and on no other.
      {
        ...onlyV2('VIP', address),
        nothing: ['0.0.0.0', '::'],
        v1Lacks: (vip) => (vip === '0.0.0.0' ? undefined : String(vip)),
      },
    ],
    describe: ({ ExternalPort, Flags, InternalPort, Protocol, VIP }) =>
      `port mapping ${or(VIP, '')}:${or(ExternalPort, '0')} to ${InternalPort}, protocol ${Protocol}${Flags ? `, flags ${Flags}` : ''}`,
  },
  {
    name: 'ACL',
    v1: 'ACL',
    keys: [
      { ...both('Protocols', protocols, 'Protocols', 'Protocol'), nothing: ['256'] },
      {
        ...both('Action', oneOf('Allow', 'Block', 'Pass')),
        v1Lacks: (action) => (action === 'Pass' ? action : undefined),
        leftOut: true,
      },
      { ...both('Direction', oneOf('In', 'Out')), leftOut: true },
      both('LocalAddresses', joined),
      both('RemoteAddresses', joined),
      both('LocalPorts', joined, 'LocalPorts', 'LocalPort'),
      both('RemotePorts', joined, 'RemotePorts', 'RemotePort'),
      { ...both('RuleType', joined), filledIn: true, leftOut: true },
      { ...both('Priority', numberFrom0(65_535)), filledIn: true, leftOut: true },
    ],
    describe: ({ Action, Direction, LocalPorts, Protocols }) =>
      `ACL ${Action} ${Direction} ${or(Protocols, 'any protocol')} ports ${or(LocalPorts, 'any')}`,
  },
  handedOn('QOS', [both('MaximumOutgoingBandwidthInBytes', anything)], 'QOS'),
  handedOn('L2Driver', [], 'L2Driver'),
  handedOn(
    'L4Proxy',
    [
      both('IP', anything),
      both('Port', anything),
      onlyV2('Protocol'),
      both('Exceptions', anything, 'ExceptionList'),
      both('Destination', anything),
      both('OutboundNAT', anything, 'OutboundNat'),
    ],
    'PROXY',
  ),
  isolation('VLAN'),
  isolation('VSID'),
  handedOn('L4WFPPROXY', [
    ...['InboundProxyPort', 'OutboundProxyPort', 'FilterTuple', 'UserSID'].map((key) =>
      onlyV2(key),
    ),
    ...['InboundExceptions', 'OutboundExceptions'].map((key) => onlyV2(key)),
  ]),
  handedOn('PortName', [onlyV2('Name')]),
  // V1 has it as a key of the endpoint, not as a policy.
  handedOn('EncapOverhead', [onlyV2('Overhead')]),
  handedOn('Iov', [
    onlyV2('IovOffloadWeight'),
    onlyV2('QueuePairsRequested'),
    onlyV2('InterruptModeration'),
  ]),
  handedOn('InterfaceConstraint', [
    ...['InterfaceGuid', 'InterfaceLuid', 'InterfaceIndex'].map((key) => onlyV2(key)),
    ...['InterfaceMediaType', 'InterfaceAlias', 'InterfaceDescription'].map((key) => onlyV2(key)),
  ]),
  handedOn('TierAcl', [
    onlyV2('Name'),
    onlyV2('Direction'),
    onlyV2('Order'),
    onlyV2('TierAclRules'),
  ]),
];

/** The bits of a port mapping's Flags (hcsshim, NatFlags). */
export const portMappingFlags = { localRouted: 1, ipv6: 2 } as const;

/** The type of that name in either dialect, in any letter case. */
export function policyType(name: string): PolicyType | undefined {
  const wanted = name.toLowerCase();
  return policyTypes.find(
    (type) => type.name.toLowerCase() === wanted || type.v1?.toLowerCase() === wanted,
  );
}

/** Every name under which a key may be written, those of a dialect first. */
export function namesOf(
  { also = [], name, v1 = [] }: PolicyKey,
  dialect: Dialect,
): readonly string[] {
  return dialect === 'v1' ? [...v1, name, ...also] : [name, ...v1, ...also];
}
