import { describe, expect, it } from 'vitest';
import { describePolicy, policyMatcher, samePolicy } from '../../../hns-bridge/policy/compare.ts';
import { type Policy, readHnsPolicy, readPolicy } from '../../../hns-bridge/policy/policy.ts';
import { type Json, policyShapes } from './shapes.ts';

/** A policy of an endpoint that HNS answered. */
function answered(document: Json): Policy {
  const policy = readHnsPolicy(document);
  if (policy) return policy;
  throw new Error('no policy');
}

describe('samePolicy', () => {
  const acl = { Type: 'ACL', Action: 'Allow', Direction: 'In' };
  const mapping = { Type: 'NAT', InternalPort: 1, ExternalPort: 2 };
  const nat = (...ExceptionList: string[]) => ({ Type: 'OutBoundNAT', ExceptionList });

  it.each<[what: string, wanted: Json, found: Json, same: boolean]>([
    [
      'lists in another order',
      nat('10.0.0.0/8', '11.0.0.0/8'),
      nat('11.0.0.0/8', '10.0.0.0/8'),
      true,
    ],
    ['other notations', nat('fd00:0:0::/48', '10.1.2.3/8'), nat('FD00::/48', '10.0.0.0/8'), true],
    ['one exception more', nat('10.0.0.0/8'), nat('10.0.0.0/8', '11.0.0.0/8'), false],
    ['one exception less', nat('10.0.0.0/8', '11.0.0.0/8'), nat('10.0.0.0/8'), false],
    ['a virtual IP more', nat('10.0.0.0/8'), { ...nat('10.0.0.0/8'), VIP: '10.0.0.9' }, false],
    ['destinations', nat(), { Type: 'OutBoundNAT', Destinations: ['10.0.0.1'] }, false],
    ['another kind', nat(), acl, false],
    [
      'addresses of an ACL in another order',
      { ...acl, RemoteAddresses: '10.0.0.1,10.0.0.2' },
      { ...acl, RemoteAddresses: '10.0.0.2, 10.0.0.1' },
      true,
    ],
    ['what HNS fills in', acl, { ...acl, Id: 'x', RuleType: 'Switch', Priority: 100 }, true],
    ['an action that HNS leaves out', acl, { Type: 'ACL', Direction: 'In' }, true],
    ['a direction that HNS leaves out', acl, { Type: 'ACL', Action: 'Allow' }, true],
    ['both, in V2', acl, { Type: 'ACL', Settings: {} }, true],
    ['another action', acl, { ...acl, Action: 'Block' }, false],
    ['a priority that HNS leaves out', { ...acl, Priority: 0 }, acl, true],
    ['any protocol by its number', acl, { ...acl, Protocols: '256' }, true],
    ['one protocol for any', acl, { ...acl, Protocols: '6' }, false],
    ['any address of the node', mapping, { ...mapping, VIP: '0.0.0.0' }, true],
    ['one address of the node', mapping, { ...mapping, VIP: '10.0.0.1' }, false],
    [
      'a mapping without its type, in V2',
      mapping,
      { Settings: { Protocol: 6, InternalPort: 1, ExternalPort: 2 } },
      true,
    ],
    ['a pool that HNS fills in', nat(), { ...nat(), MaxPortPoolUsage: 0 }, true],
    ['another priority', { ...acl, Priority: 1 }, { ...acl, Priority: 2 }, false],
    ['a narrower rule', acl, { ...acl, RemoteAddresses: '10.0.0.1' }, false],
    ['a setting without a word, gone', { ...acl, Id: 'x' }, acl, false],
    ['a setting without a word, kept', { ...acl, Id: 'x' }, { ...acl, Id: 'X' }, true],
    ['another port', mapping, { ...mapping, ExternalPort: 3 }, false],
    ['another protocol', mapping, { ...mapping, Protocol: 'UDP' }, false],
    [
      'the other dialect',
      { Type: 'VLAN', VLAN: 5 },
      { Type: 'VLAN', Settings: { IsolationId: 5 } },
      true,
    ],
    ['another VLAN', { Type: 'VLAN', VLAN: 5 }, { Type: 'VLAN', VLAN: 6 }, false],
    [
      'an unknown type with more',
      { Type: 'N', Settings: { a: { B: 1 } } },
      { Type: 'n', Settings: { A: { b: 1 }, c: 2 } },
      true,
    ],
    [
      'an unknown type with less',
      { Type: 'N', Settings: { a: 1 } },
      { Type: 'N', Settings: {} },
      false,
    ],
  ])('%s', (_, wanted, found, same) => {
    expect(samePolicy(readPolicy(wanted), answered(found))).toBe(same);
    // Among others, it is found by what is asked for.
    const among = [acl, mapping, nat('12.0.0.0/8'), found, { Type: 'QOS' }].map(answered);
    const others = among.filter((policy) => samePolicy(readPolicy(wanted), policy));
    expect(policyMatcher(among)(readPolicy(wanted))).toBe(others.length > 0);
  });

  it.each(policyShapes)('holds between the dialects: $what', ({ v1, v2 }) => {
    expect(samePolicy(readPolicy(v1), answered(v2))).toBe(true);
    expect(samePolicy(readPolicy(v2), answered(v1))).toBe(true);
  });
});

it('finds each of many policies without looking at every other', () => {
  let looks = 0;
  const counted = (policy: Policy): Policy => ({
    Type: policy.Type,
    get Settings() {
      looks++;
      return policy.Settings;
    },
    ...(policy.written ? { written: policy.written } : {}),
  });
  const mapping = (port: number) => ({ Type: 'NAT', InternalPort: 80, ExternalPort: port });
  const odd = (port: number) => ({
    Type: 'ACL',
    Action: 'Allow',
    Direction: 'In',
    [`k${port}`]: 1,
  });
  const ports = Array.from({ length: 3000 }, (_, index) => index + 1);
  const found = ports
    .flatMap((port) => [mapping(port), odd(port)])
    .map(answered)
    .map(counted);
  const isThere = policyMatcher(found);
  for (const port of ports) {
    expect(isThere(readPolicy(mapping(port)))).toBe(true);
    expect(isThere(readPolicy(mapping(port + 3000)))).toBe(false);
    expect(isThere(readPolicy(odd(port)))).toBe(true);
    expect(isThere(readPolicy(odd(port + 3000)))).toBe(false);
  }
  expect(looks).toBeLessThan(20 * found.length);
});

it.each<[policy: Json, words: string]>([
  [{ Type: 'OutBoundNAT', ExceptionList: ['10.0.0.0/8'] }, 'OutBoundNAT except 10.0.0.0/8'],
  [{ Type: 'OutBoundNAT' }, 'OutBoundNAT except nothing'],
  [{ Type: 'OutBoundNAT', Destinations: ['10.0.0.1'] }, 'OutBoundNAT with destinations 10.0.0.1'],
  [
    { Type: 'ROUTE', DestinationPrefix: '10.0.0.0/8', NeedEncap: true },
    'route to 10.0.0.0/8, encapsulated',
  ],
  [{ Type: 'PA', PA: '10.0.0.1' }, 'provider address 10.0.0.1'],
  [{ Type: 'NAT', InternalPort: 80, ExternalPort: 8080 }, 'port mapping :8080 to 80, protocol 6'],
  [{ Type: 'ACL', Action: 'Allow', Direction: 'In' }, 'ACL Allow In any protocol ports any'],
  [{ Type: 'VLAN', VLAN: 5 }, 'VLAN {"IsolationId":5}'],
])('describes %j', (policy, words) => {
  expect(describePolicy(readPolicy(policy))).toBe(words);
});
