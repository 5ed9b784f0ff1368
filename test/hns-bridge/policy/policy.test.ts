import { describe, expect, it } from 'vitest';
import { policyDocument, readHnsPolicy, readPolicy } from '../../../hns-bridge/policy/policy.ts';
import type { Dialect } from '../../../hns-bridge/policy/types.ts';
import { PolicyError } from '../../../hns-bridge/policy/values.ts';
import { type Json, policyShapes } from './shapes.ts';

describe.each(policyShapes)('$what', ({ v1, v2, written }) => {
  it.each([v2, v1, ...written].map((value) => [value]))('is read from %j', (value) => {
    const { Settings, Type } = readPolicy(value);
    expect({ Settings, Type }).toEqual(readingOf(v2));
    expect(readHnsPolicy(value)).toEqual(readPolicy(value));
  });

  it.each([v2, v1, ...written].map((value) => [value]))(
    'is written in the other dialect: %j',
    (value) => {
      const policy = readPolicy(value);
      const other = policy.written?.dialect === 'v1' ? 'v2' : 'v1';
      expect(policyDocument(policy, other)).toEqual(other === 'v1' ? v1 : v2);
      // What was planned is encoded in both.
      const { Settings, Type } = policy;
      expect(policyDocument({ Settings, Type }, 'v2')).toEqual(v2);
      expect(policyDocument({ Settings, Type }, 'v1')).toEqual(v1);
    },
  );

  it('goes out in its own dialect as it was written', () => {
    expect(policyDocument(readPolicy(v2), 'v2')).toEqual(v2);
    expect(policyDocument(readPolicy(v1), 'v1')).toEqual(v1);
  });
});

function readingOf(value: Json) {
  const { Settings, Type } = readPolicy(value);
  return { Settings, Type };
}

/** What was written, in a dialect's own words: values stay, names get HNS's own letter case. */
const ownWords: readonly (readonly [dialect: Dialect, written: Json, sent: Json])[] = [
  [
    'v1',
    { type: 'OUTBOUNDNAT', exceptionList: ['10.244.0.7/16'] },
    { Type: 'OutBoundNAT', ExceptionList: ['10.244.0.7/16'] },
  ],
  [
    'v1',
    { Type: 'nat', internalport: '80', externalport: 8080, protocol: 'Tcp' },
    { Type: 'NAT', InternalPort: '80', ExternalPort: 8080, Protocol: 'Tcp' },
  ],
  ['v1', { Type: 'NAT', InternalPort: 80 }, { Type: 'NAT', InternalPort: 80 }],
  [
    'v1',
    { Type: 'acl', Protocol: 6, Action: 'BLOCK', Direction: 'out', LocalPort: 0, InternalPort: 9 },
    { Type: 'ACL', Protocol: 6, Action: 'BLOCK', Direction: 'out', LocalPort: 0, InternalPort: 9 },
  ],
  [
    'v1',
    { Type: 'ROUTE', DestinationPrefix: '10.0.0.0/8' },
    { Type: 'ROUTE', DestinationPrefix: '10.0.0.0/8' },
  ],
  // A key under the other dialect's name is none of its own words.
  [
    'v1',
    { Type: 'OutboundNat', Exceptions: '10.244.0.0/16, 10.96.0.0/12' },
    { Type: 'OutBoundNAT', ExceptionList: ['10.244.0.0/16', '10.96.0.0/12'] },
  ],
  ['v1', { Type: 'nat', InternalPort: 1, VIP: '' }, { Type: 'NAT', InternalPort: 1 }],
  // Of two names for one thing, the dialect's own counts.
  [
    'v1',
    { Type: 'OutBoundNAT', VirtualIP: '10.0.0.5', VIP: '10.0.0.6' },
    { Type: 'OutBoundNAT', VIP: '10.0.0.6' },
  ],
  ['v1', { Type: 'Newest', A: null, B: 1 }, { Type: 'Newest', A: null, B: 1 }],
  [
    'v2',
    { Type: 'TierAcl', Settings: { Name: 'x', Settings: { a: 1 }, Type: 'y' } },
    { Type: 'TierAcl', Settings: { Name: 'x', Settings: { a: 1 }, Type: 'y' } },
  ],
  [
    'v2',
    { type: 'outboundnat', settings: { exceptions: '10.244.0.0/16', Newest: { a: 1 } } },
    { Type: 'OutBoundNAT', Settings: { Exceptions: '10.244.0.0/16', Newest: { a: 1 } } },
  ],
  [
    'v2',
    { Type: 'OutBoundNAT', Settings: { ExceptionList: '10.244.0.0/16' } },
    { Type: 'OutBoundNAT', Settings: { Exceptions: ['10.244.0.0/16'] } },
  ],
  [
    'v2',
    { Type: 'SDNROUTE', Settings: { DestinationPrefix: '10.96.0.0/12', NeedEncap: 'True' } },
    { Type: 'SDNRoute', Settings: { DestinationPrefix: '10.96.0.0/12', NeedEncap: 'True' } },
  ],
];

it.each(ownWords)('%s: %j goes out as %j', (dialect, written, sent) => {
  expect(policyDocument(readPolicy(written), dialect)).toEqual(sent);
});

/** A policy that only one dialect has: as it goes there, and what the other refuses it with. */
type OneSided = readonly [what: string, written: Json, there: Json, elsewhere: RegExp];

const onlyV2: readonly OneSided[] = [
  [
    'a VIP',
    { Type: 'PortMapping', Settings: { InternalPort: 1, ExternalPort: 2, VIP: '10.0.0.9' } },
    { Type: 'PortMapping', Settings: { InternalPort: 1, ExternalPort: 2, VIP: '10.0.0.9' } },
    /^VIP: V1 has no way to say 10\.0\.0\.9, in the policy PortMapping/,
  ],
  [
    'a locally routed mapping',
    { Type: 'PortMapping', InternalPort: 1, ExternalPort: 2, Flags: 1 },
    { Type: 'PortMapping', Settings: { Protocol: 6, InternalPort: 1, ExternalPort: 2, Flags: 1 } },
    /^Flags: V1 has no way to say 1,/,
  ],
  [
    'a mapping of IPv6, and a flag without a name',
    { Type: 'PortMapping', InternalPort: 1, ExternalPort: 2, Flags: 6 },
    { Type: 'PortMapping', Settings: { Protocol: 6, InternalPort: 1, ExternalPort: 2, Flags: 6 } },
    /^Flags: V1 has no way to say 2 .an IPv6 mapping/,
  ],
  [
    'flags of an OutBoundNAT',
    { Type: 'OutBoundNAT', Settings: { Exceptions: ['fd00::/8'], Flags: 2 } },
    { Type: 'OutBoundNAT', Settings: { Exceptions: ['fd00::/8'], Flags: 2 } },
    /^Flags: V1 has no way to say 2, in the policy OutBoundNAT/,
  ],
  [
    'an ACL that passes',
    { Type: 'ACL', Action: 'Pass', Direction: 'In' },
    { Type: 'ACL', Settings: { Action: 'Pass', Direction: 'In' } },
    /^Action: V1 has no way to say Pass,/,
  ],
  [
    'a proxy for one protocol',
    { Type: 'L4Proxy', IP: '10.0.0.1', Protocol: 6 },
    { Type: 'L4Proxy', Settings: { IP: '10.0.0.1', Protocol: 6 } },
    /^Protocol: V1 has no way to say 6, in the policy L4Proxy/,
  ],
  ...(
    [
      ['L4WFPPROXY', { OutboundProxyPort: '8080', FilterTuple: { Protocols: '6' } }],
      ['EncapOverhead', { Overhead: 50 }],
      ['InterfaceConstraint', { InterfaceAlias: 'Ethernet' }],
      ['PortName', { Name: 'p' }],
      ['Iov', { IovOffloadWeight: 1 }],
      ['TierAcl', { Name: 't', Direction: 'In', Order: 1 }],
    ] as const
  ).map(
    ([type, settings]): OneSided => [
      `${type}, flat and in small letters`,
      { Type: type.toLowerCase(), ...settings },
      { Type: type, Settings: settings },
      new RegExp(`${type} is a policy of V2 that V1 is not known to have`),
    ],
  ),
  [
    'a type nobody knows, with settings',
    { Type: 'Newest', Settings: { some: ['thing'] } },
    { Type: 'Newest', Settings: { some: ['thing'] } },
    /Newest is a policy of V2/,
  ],
  [
    'a setting nobody knows',
    { Type: 'OutBoundNAT', Settings: { Exceptions: [], Newest: 1 } },
    { Type: 'OutBoundNAT', Settings: { Exceptions: [], Newest: 1 } },
    /^Newest: V1 is not known to have this setting of the policy OutBoundNAT/,
  ],
];

const onlyV1: readonly OneSided[] = [
  [
    'a type nobody knows, flat',
    { Type: 'ELB', ILB: true },
    { Type: 'ELB', ILB: true },
    /ELB is a policy of V1 that V2 is not known to have/,
  ],
  [
    'settings only V1 has',
    { Type: 'NAT', InternalPort: 1, ExternalPort: 2, ExternalPortReserved: true },
    { Type: 'NAT', InternalPort: 1, ExternalPort: 2, ExternalPortReserved: true },
    /^ExternalPortReserved: V2 is not known to have this setting of the policy PortMapping/,
  ],
  [
    'an id of an ACL',
    { Type: 'ACL', Id: 'r1', Action: 'Allow', Direction: 'In' },
    { Type: 'ACL', Id: 'r1', Action: 'Allow', Direction: 'In' },
    /^Id: V2/,
  ],
];

describe('what only one dialect can say', () => {
  it.each(onlyV2)('V2: %s', (_, written, there, elsewhere) => {
    const policy = readPolicy(written);
    expect(policyDocument(policy, 'v2')).toEqual(there);
    expect(() => policyDocument(policy, 'v1')).toThrow(PolicyError);
    expect(() => policyDocument(policy, 'v1')).toThrow(elsewhere);
  });

  it.each(onlyV1)('V1: %s', (_, written, there, elsewhere) => {
    const policy = readPolicy(written);
    expect(policyDocument(policy, 'v1')).toEqual(there);
    expect(() => policyDocument(policy, 'v2')).toThrow(PolicyError);
    expect(() => policyDocument(policy, 'v2')).toThrow(elsewhere);
  });

  it('V1: a VIP of zeros is every address, as V1 maps anyway', () => {
    const Settings = { InternalPort: 1, ExternalPort: 2, VIP: '0.0.0.0' };
    expect(policyDocument(readPolicy({ Type: 'PortMapping', Settings }), 'v1')).toEqual({
      Type: 'NAT',
      InternalPort: 1,
      ExternalPort: 2,
      Protocol: 'TCP',
    });
  });
});
