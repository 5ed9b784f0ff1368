import { describe, expect, it } from 'vitest';
import { readHnsPolicy, readPolicy } from '../../hns-bridge/policies.ts';
import { writePolicyV1, writePolicyV2 } from '../../hns-bridge/policy-documents.ts';
import { PolicyError } from '../../hns-bridge/policy-fields.ts';
import { type Json, policyShapes } from './policy-shapes.ts';

describe.each(policyShapes)('$what', ({ v1, v2, written }) => {
  it.each([v2, v1, ...written].map((value) => [value]))('is read from %j', (value) => {
    const policy = readPolicy(value);
    expect(policy).toEqual(readPolicy(v2));
    expect(writePolicyV2(policy)).toEqual(v2);
    expect(writePolicyV1(policy)).toEqual(v1);
    expect(readHnsPolicy(value)).toEqual(policy);
  });
});

/** A policy that only one dialect has: as it goes there, and what the other refuses it with. */
type OneSided = readonly [what: string, written: Json, there: Json, elsewhere: RegExp];

const onlyV2: readonly OneSided[] = [
  [
    'a VIP',
    { Type: 'PortMapping', Settings: { InternalPort: 1, ExternalPort: 2, VIP: '10.0.0.9' } },
    {
      Type: 'PortMapping',
      Settings: { Protocol: 6, InternalPort: 1, ExternalPort: 2, VIP: '10.0.0.9' },
    },
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
    { Type: 'NAT', InternalPort: 1, ExternalPort: 2, Protocol: 'TCP', ExternalPortReserved: true },
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
    expect(writePolicyV2(policy)).toEqual(there);
    expect(() => writePolicyV1(policy)).toThrow(PolicyError);
    expect(() => writePolicyV1(policy)).toThrow(elsewhere);
  });

  it.each(onlyV1)('V1: %s', (_, written, there, elsewhere) => {
    const policy = readPolicy(written);
    expect(writePolicyV1(policy)).toEqual(there);
    expect(() => writePolicyV2(policy)).toThrow(PolicyError);
    expect(() => writePolicyV2(policy)).toThrow(elsewhere);
  });

  it('V1: a VIP of zeros is every address, as V1 maps anyway', () => {
    const Settings = { InternalPort: 1, ExternalPort: 2, VIP: '0.0.0.0' };
    expect(writePolicyV1(readPolicy({ Type: 'PortMapping', Settings }))).toEqual({
      Type: 'NAT',
      InternalPort: 1,
      ExternalPort: 2,
      Protocol: 'TCP',
    });
  });
});
