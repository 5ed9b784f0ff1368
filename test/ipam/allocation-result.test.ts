import { describe, expect, it } from 'vitest';
import { parseAddress, parseCidr } from '../../cni/address.ts';
import type { Result } from '../../cni/result.ts';
import type { Allocation } from '../../ipam/allocation.ts';
import { readAllocation, toResult } from '../../ipam/allocation-result.ts';
import { thrownBy } from '../cni/trial.ts';

/** What an executable answered, as far as a test cares. */
function answer(more: Partial<Result>): Result {
  return { interfaces: [], ips: [{ address: '10.1.2.5/24' }], routes: [], dns: {}, ...more };
}

describe('the answer of an IPAM executable', () => {
  it('is read into values', () => {
    const read = readAllocation(
      answer({
        ips: [
          { address: '10.1.2.5/24', gateway: '10.1.2.1', interface: 0 },
          { address: 'FD00:0::5/64' },
        ],
        routes: [{ dst: '10.9.8.7/8', mtu: 1400, scope: 0 }],
        dns: { nameservers: ['10.0.0.10'] },
      }),
    );
    expect(read).toEqual({
      ips: [
        { cidr: parseCidr('10.1.2.5/24'), gateway: parseAddress('10.1.2.1') },
        { cidr: parseCidr('fd00::5/64') },
      ],
      routes: [{ destination: parseCidr('10.9.8.7/8'), mtu: 1400, scope: 0 }],
      dns: { nameservers: ['10.0.0.10'] },
      allocated: [parseAddress('10.1.2.5'), parseAddress('fd00::5')],
    });
  });

  const six = { address: 'fd00::5/64' };

  it.each<[string, Partial<Result>, (string | undefined)[]]>([
    [
      'is in its default route alone',
      { routes: [{ dst: '0.0.0.0/0', gw: '10.1.2.1' }] },
      ['10.1.2.1'],
    ],
    [
      'is beside the address, which counts before the route',
      {
        ips: [{ address: '10.1.2.5/24', gateway: '10.1.2.254' }],
        routes: [{ dst: '0.0.0.0/0', gw: '10.1.2.1' }],
      },
      ['10.1.2.254'],
    ],
    [
      'is in a route to elsewhere',
      { routes: [{ dst: '10.0.0.0/8', gw: '10.1.2.1' }] },
      [undefined],
    ],
    [
      'is in the second default route, the first having none',
      { routes: [{ dst: '0.0.0.0/0' }, { dst: '0.0.0.0/0', gw: '10.1.2.1' }] },
      ['10.1.2.1'],
    ],
    [
      'is of the other family',
      { ips: [six], routes: [{ dst: '0.0.0.0/0', gw: '10.1.2.1' }] },
      [undefined],
    ],
    [
      'is one of each family',
      {
        ips: [six, { address: '10.1.2.5/24' }],
        routes: [
          { dst: '0.0.0.0/0', gw: '10.1.2.1' },
          { dst: '::/0', gw: 'fd00::1' },
        ],
      },
      ['fd00::1', '10.1.2.1'],
    ],
  ])('has a gateway that %s', (_, more, gateways) => {
    const { ips } = readAllocation(answer(more));
    expect(ips.map(({ gateway }) => gateway)).toEqual(
      gateways.map((gateway) => gateway && parseAddress(gateway)),
    );
  });

  it.each<[Partial<Result>, string]>([
    [{ ips: [{ address: '10.1.2.5' }] }, 'an address that is not in CIDR notation: "10.1.2.5"'],
    [
      { ips: [{ address: '10.1.2.5/33' }] },
      'an address that is not in CIDR notation: "10.1.2.5/33"',
    ],
    [
      { ips: [{ address: '10.1.2.5/24', gateway: '10.1.2' }] },
      'a gateway that is no IP address: "10.1.2"',
    ],
    [
      { routes: [{ dst: '10.1.2.5/99' }] },
      'a route\'s destination that is not in CIDR notation: "10.1.2.5/99"',
    ],
    [
      { routes: [{ dst: '0.0.0.0/0', gw: '1.2.3.4.5' }] },
      'a route\'s gateway that is no IP address: "1.2.3.4.5"',
    ],
  ])('that is %j is code 121', (more, what) => {
    const error = thrownBy(() => readAllocation(answer(more)));
    expect(error).toMatchObject({ code: 121, message: `IPAM answered ${what}` });
  });
});

describe('an allocation', () => {
  it('is printed as a result without interfaces, host bits as they were written', () => {
    const cidr = (text: string) => {
      const found = parseCidr(text);
      if (!found) throw new Error(`no block: ${text}`);
      return found;
    };
    const allocation: Allocation = {
      ips: [
        { cidr: cidr('10.1.2.5/24'), gateway: { family: 4, value: 0x0a010201n } },
        { cidr: cidr('FD00:0::5/64') },
      ],
      routes: [
        { destination: cidr('0.0.0.0/0'), nextHop: { family: 4, value: 0x0a010201n } },
        {
          destination: cidr('10.9.8.7/8'),
          mtu: 1400,
          advmss: 1300,
          priority: 0,
          table: 50,
          scope: 253,
        },
        { destination: cidr('::/0') },
      ],
      dns: { domain: 'lan' },
      allocated: [],
    };
    const result: Result = {
      interfaces: [],
      ips: [{ address: '10.1.2.5/24', gateway: '10.1.2.1' }, { address: 'fd00::5/64' }],
      routes: [
        { dst: '0.0.0.0/0', gw: '10.1.2.1' },
        { dst: '10.9.8.7/8', mtu: 1400, advmss: 1300, priority: 0, table: 50, scope: 253 },
        { dst: '::/0' },
      ],
      dns: { domain: 'lan' },
    };
    expect(JSON.stringify(toResult(allocation))).toBe(JSON.stringify(result));
  });
});
