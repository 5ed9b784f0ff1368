import { describe, expect, it } from 'vitest';
import { trial } from './trial.ts';

describe('a range', () => {
  it.each([
    [
      'a subnet alone: from the second address, the first is the gateway',
      {},
      '10.1.2.2',
      '10.1.2.1',
    ],
    ['rangeStart', { rangeStart: '10.1.2.100' }, '10.1.2.100', '10.1.2.1'],
    ['its network address as rangeStart', { rangeStart: '10.1.2.0' }, '10.1.2.2', '10.1.2.1'],
    ['the gateway as rangeStart', { rangeStart: '10.1.2.1' }, '10.1.2.2', '10.1.2.1'],
    ['a gateway elsewhere in it', { gateway: '10.1.2.254' }, '10.1.2.1', '10.1.2.254'],
    ['a gateway outside it', { gateway: '10.9.9.9' }, '10.1.2.1', '10.9.9.9'],
    ['an empty gateway, as Go reads it', { gateway: '' }, '10.1.2.2', '10.1.2.1'],
    [
      'an address of IPv4 as IPv6 writes it',
      { rangeStart: '::ffff:10.1.2.7' },
      '10.1.2.7',
      '10.1.2.1',
    ],
    ['keys in another letter case', { RangeStart: '10.1.2.9' }, '10.1.2.9', '10.1.2.1'],
  ])('with %s', async (_, more, first, gateway) => {
    const node = trial();
    const { document } = await node.run('ADD', { ipam: { subnet: '10.1.2.0/24', ...more } });
    expect(document['ips']).toEqual([{ address: `${first}/24`, gateway }]);
  });

  it.each([
    ['/30', '10.1.2.4/30', ['10.1.2.6/30']],
    [
      '/30 of IPv6, whose last address is like any other',
      'fd00::4/126',
      ['fd00::6/126', 'fd00::7/126'],
    ],
    [
      '/29',
      '10.1.2.0/29',
      ['10.1.2.2/29', '10.1.2.3/29', '10.1.2.4/29', '10.1.2.5/29', '10.1.2.6/29'],
    ],
  ])('gives each address but network, gateway and broadcast: %s', async (_, subnet, expected) => {
    const node = trial();
    const given: unknown[] = [];
    for (const [index] of [...expected, 'one too many'].entries()) {
      given.push(await node.add({ ipam: { subnet }, containerId: `pod${index}` }));
    }
    expect(given).toEqual([...expected.map((address) => [address]), 110]);
  });

  it('ends at rangeEnd, and never at the broadcast address', async () => {
    const node = trial();
    const ipam = { subnet: '10.1.2.0/24', rangeStart: '10.1.2.254', rangeEnd: '10.1.2.255' };
    expect(await node.add({ ipam })).toEqual(['10.1.2.254/24']);
    expect(await node.add({ ipam, containerId: 'pod2' })).toBe(110);
    const { document } = await node.run('ADD', { ipam, containerId: 'pod2' });
    expect(document).toMatchObject({
      msg: 'no IP addresses available in range set: 10.1.2.254-10.1.2.254',
      details: expect.stringContaining('enlarge the range'),
    });
  });

  it.each([
    ['no CIDR', { subnet: '10.1.2.0' }, 'ipam.subnet: expected a CIDR, found "10.1.2.0"'],
    ['nothing', { subnet: '' }, 'ipam: no IP ranges specified'],
    ['a number', { subnet: 7 }, 'ipam.subnet: expected string, found 7'],
    [
      'host bits',
      { subnet: '10.1.2.3/24' },
      'ipam.subnet: 10.1.2.3/24 has host bits set: its network address is 10.1.2.0/24',
    ],
    [
      'a leading zero',
      { subnet: '10.1.02.0/24' },
      'ipam.subnet: expected a CIDR, found "10.1.02.0/24"',
    ],
    [
      'a /31',
      { subnet: '10.1.2.2/31' },
      'ipam.subnet: network 10.1.2.2/31 too small to allocate from',
    ],
    [
      'a /32',
      { subnet: '10.1.2.2/32' },
      'ipam.subnet: network 10.1.2.2/32 too small to allocate from',
    ],
    [
      'a /127',
      { subnet: 'fd00::2/127' },
      'ipam.subnet: network fd00::2/127 too small to allocate from',
    ],
    [
      'a /128',
      { subnet: 'fd00::2/128' },
      'ipam.subnet: network fd00::2/128 too small to allocate from',
    ],
    ['a /33', { subnet: '10.1.2.2/33' }, 'ipam.subnet: expected a CIDR, found "10.1.2.2/33"'],
    [
      'rangeStart outside',
      { subnet: '10.1.2.0/24', rangeStart: '10.1.3.1' },
      'ipam.rangeStart: 10.1.3.1 not in network 10.1.2.0/24',
    ],
    [
      'rangeEnd outside',
      { subnet: '10.1.2.0/24', rangeEnd: '10.1.1.1' },
      'ipam.rangeEnd: 10.1.1.1 not in network 10.1.2.0/24',
    ],
    [
      'rangeEnd before rangeStart',
      { subnet: '10.1.2.0/24', rangeStart: '10.1.2.9', rangeEnd: '10.1.2.8' },
      'ipam.rangeEnd: is before rangeStart',
    ],
    [
      'only the network address',
      { subnet: '10.1.2.0/24', rangeEnd: '10.1.2.0' },
      "ipam.rangeEnd: the range is only the network's own address, or the broadcast address",
    ],
    [
      'only the broadcast address',
      { subnet: '10.1.2.0/24', rangeStart: '10.1.2.255' },
      "ipam.rangeEnd: the range is only the network's own address, or the broadcast address",
    ],
    [
      'a gateway of the other family',
      { subnet: '10.1.2.0/24', gateway: 'fd00::1' },
      'ipam.gateway: expected an IPv4 address, found "fd00::1"',
    ],
    [
      'a gateway that is none',
      { subnet: 'fd00::/64', gateway: 'x' },
      'ipam.gateway: expected an IPv6 address, found "x"',
    ],
  ])('is refused: %s', async (_, ipam, complaint) => {
    const node = trial();
    const { document, exitCode, stderr } = await node.run('ADD', { ipam });
    expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: '' });
    expect(document).toMatchObject({ code: 7, msg: `invalid network configuration: ${complaint}` });
    expect(node.leases()).toEqual([]);
  });
});

describe('sets of ranges', () => {
  const v4 = [{ subnet: '10.1.2.0/24' }];
  const v6 = [{ subnet: 'fd00::/64' }];

  it('give an address each, the runtime’s first, then the single range, then the list', async () => {
    const node = trial();
    const { document } = await node.run('ADD', {
      ipam: {
        subnet: '10.1.2.0/24',
        ranges: [v6, [{ subnet: '10.1.3.0/24', gateway: '10.1.3.9' }]],
      },
      config: { runtimeConfig: { ipRanges: [[{ subnet: '10.1.1.0/24' }]] } },
    });
    expect(document['ips']).toEqual([
      { address: '10.1.1.2/24', gateway: '10.1.1.1' },
      { address: '10.1.2.2/24', gateway: '10.1.2.1' },
      { address: 'fd00::2/64', gateway: 'fd00::1' },
      { address: '10.1.3.1/24', gateway: '10.1.3.9' },
    ]);
    expect(node.leases()).toEqual(['10.1.1.2', '10.1.2.2', '10.1.3.1', 'fd00::2']);
  });

  it('have ranges that stand for each other', async () => {
    const node = trial();
    const ranges = [[{ subnet: '10.1.2.0/30' }, { subnet: '10.1.9.0/30' }]];
    expect(await node.add({ ipam: { ranges } })).toEqual(['10.1.2.2/30']);
    expect(await node.add({ ipam: { ranges }, containerId: 'pod2' })).toEqual(['10.1.9.2/30']);
    expect(await node.add({ ipam: { ranges }, containerId: 'pod3' })).toBe(110);
  });

  it('give nothing when one of them has nothing left', async () => {
    const node = trial();
    const ranges = [v4, [{ subnet: '10.1.9.0/30' }]];
    await node.add({ ipam: { ranges } });
    expect(await node.add({ ipam: { ranges }, containerId: 'pod2' })).toBe(110);
    expect(node.leases()).toEqual(['10.1.2.2', '10.1.9.2']);
  });

  it.each([
    ['none', { ranges: [] }, {}, 'ipam: no IP ranges specified'],
    ['an empty set', { ranges: [v4, []] }, {}, 'ipam.ranges[1]: the set of ranges is empty'],
    [
      'no subnet',
      { ranges: [[{ rangeStart: '10.1.2.1' }]] },
      {},
      'ipam.ranges[0][0].subnet: expected a CIDR, found ""',
    ],
    [
      'families mixed',
      { ranges: [[...v4, ...v6]] },
      {},
      'ipam.ranges[0][1]: a set of ranges has one family of addresses',
    ],
    [
      'overlap in a set',
      { ranges: [[...v4, { subnet: '10.1.0.0/16' }]] },
      {},
      'ipam.ranges[0][0]: overlaps with ipam.ranges[0][1]',
    ],
    [
      'one address in common',
      {
        ranges: [
          [
            { ...v4[0], rangeEnd: '10.1.2.99' },
            { ...v4[0], rangeStart: '10.1.2.99' },
          ],
        ],
      },
      {},
      'ipam.ranges[0][0]: overlaps with ipam.ranges[0][1]',
    ],
    [
      'overlap of sets',
      { ranges: [v6, v4, [{ subnet: '10.1.2.128/25' }]] },
      {},
      'ipam.ranges[1][0]: overlaps with ipam.ranges[2][0]',
    ],
    [
      'the same set twice',
      { subnet: '10.1.2.0/24', ranges: [v4] },
      {},
      'ipam: overlaps with ipam.ranges[0][0]',
    ],
    [
      'overlap with the runtime’s',
      { subnet: '10.1.2.0/24' },
      { runtimeConfig: { ipRanges: [[{ subnet: '10.1.0.0/16' }]] } },
      'runtimeConfig.ipRanges[0][0]: overlaps with ipam',
    ],
  ])('are refused: %s', async (_, ipam, config, complaint) => {
    const { document } = await trial().run('ADD', { ipam, config });
    expect(document).toMatchObject({ code: 7, msg: `invalid network configuration: ${complaint}` });
  });

  it('may share a subnet when their ranges are apart', async () => {
    const subnet = '10.1.2.0/24';
    const ranges = [
      [
        { subnet, rangeEnd: '10.1.2.99' },
        { subnet, rangeStart: '10.1.2.100' },
      ],
    ];
    expect(await trial().add({ ipam: { ranges } })).toEqual(['10.1.2.2/24']);
  });

  it.each([
    ['0.2.0', [v4, [{ subnet: '10.1.3.0/24' }]], 7],
    ['0.2.0', [v6, [{ subnet: 'fd01::/64' }]], 7],
    ['0.2.0', [v4, v6], 0],
    ['0.3.0', [v4, [{ subnet: '10.1.3.0/24' }]], 0],
  ])('of one family need 0.3.0: %s', async (cniVersion, ranges, expected) => {
    const config = { cniVersion };
    expect(await trial().code('ADD', { ipam: { ranges }, config })).toBe(expected);
  });
});
