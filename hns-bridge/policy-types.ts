import { field, type JsonDocument } from './document.ts';

/** A type of policy that is handed on by its name: the model has no words for what it says. */
export interface NamedType {
  /** V2's name and keys. */
  readonly v2: string;
  readonly keys: readonly string[];
  /** V1's name, if it has the type, and its name for each of the keys it has. */
  readonly v1?: { readonly name: string; readonly keys: Readonly<Record<string, string>> };
}

const isolation = (name: string): NamedType => ({
  v2: name,
  keys: ['IsolationId'],
  v1: { name, keys: { IsolationId: name } },
});

/** After hcsshim: hcn/hcnpolicy.go for V2, internal/hns/hnspolicy.go for V1. */
const namedTypes: readonly NamedType[] = [
  {
    v2: 'QOS',
    keys: ['MaximumOutgoingBandwidthInBytes'],
    v1: {
      name: 'QOS',
      keys: { MaximumOutgoingBandwidthInBytes: 'MaximumOutgoingBandwidthInBytes' },
    },
  },
  { v2: 'L2Driver', keys: [], v1: { name: 'L2Driver', keys: {} } },
  {
    v2: 'L4Proxy',
    keys: ['IP', 'Port', 'Protocol', 'Exceptions', 'Destination', 'OutboundNAT'],
    v1: {
      name: 'PROXY',
      keys: {
        IP: 'IP',
        Port: 'Port',
        Exceptions: 'ExceptionList',
        Destination: 'Destination',
        OutboundNAT: 'OutboundNat',
      },
    },
  },
  isolation('VLAN'),
  isolation('VSID'),
  {
    v2: 'L4WFPPROXY',
    keys: [
      'InboundProxyPort',
      'OutboundProxyPort',
      'FilterTuple',
      'UserSID',
      'InboundExceptions',
      'OutboundExceptions',
    ],
  },
  { v2: 'PortName', keys: ['Name'] },
  // V1 has it as a key of the endpoint, not as a policy.
  { v2: 'EncapOverhead', keys: ['Overhead'] },
  { v2: 'Iov', keys: ['IovOffloadWeight', 'QueuePairsRequested', 'InterruptModeration'] },
  {
    v2: 'InterfaceConstraint',
    keys: [
      'InterfaceGuid',
      'InterfaceLuid',
      'InterfaceIndex',
      'InterfaceMediaType',
      'InterfaceAlias',
      'InterfaceDescription',
    ],
  },
  { v2: 'TierAcl', keys: ['Name', 'Direction', 'Order', 'TierAclRules'] },
];

/** The type of that name in either dialect, in any letter case. */
export function namedType(type: string): NamedType | undefined {
  const wanted = type.toLowerCase();
  return namedTypes.find(
    ({ v1, v2 }) => v2.toLowerCase() === wanted || v1?.name.toLowerCase() === wanted,
  );
}

/** A named type's settings under V2's keys, however they were written. */
export function namedSettings({ keys, v1 }: NamedType, written: JsonDocument): JsonDocument {
  const found = keys.map((key) => [key, field(written, key, v1?.keys[key] ?? key)] as const);
  return Object.fromEntries(found.filter(([, value]) => value !== undefined));
}

/** The names under which a named type's settings are found. */
export function namedKeys({ keys, v1 }: NamedType): readonly string[] {
  return [...keys, ...Object.values(v1?.keys ?? {})];
}
