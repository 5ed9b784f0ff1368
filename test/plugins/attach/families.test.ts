import { describe, expect, it } from 'vitest';
import type { Json } from '../../helpers/trial-node.ts';
import { silent, trial } from './trial.ts';

const hnsOf =
  (play: ReturnType<typeof trial>) =>
  (Major: number, Minor: number): void =>
    play.node.setHns((state) => ({ ...state, version: { Major, Minor } }));
const dual = (conf = 'win-bridge-dual-stack') =>
  trial({ conf, fixture: 'every-type', keys: { cniVersion: '1.1.0' } });
const says = (...addresses: string[]) => ({
  ADD: { says: { ips: addresses.map((address) => ({ address })) } },
});

describe('two families on a bridge', () => {
  it.each([
    [11, 10],
    [11, 11],
    [12, 0],
    [15, 1],
  ])('are given by HNS %i.%i', async (major, minor) => {
    const play = dual();
    hnsOf(play)(major, minor);
    await play.added();
    expect(play.pod()['IpConfigurations']).toHaveLength(2);
    expect(play.pod()['Routes']).toHaveLength(2);
  });

  it.each([
    [11, 9],
    [10, 4],
    [9, 3],
  ])(
    'are refused in words by HNS %i.%i where told of both, and nothing is left',
    async (major, minor) => {
      const play = dual();
      hnsOf(play)(major, minor);
      const optionalFlags = { enableDualStack: true };
      expect((await play.run('ADD', { optionalFlags })).document).toMatchObject({
        code: 2,
        msg: `IPAM answered an IPv6 address, and HNS ${major}.${minor} has no dual stack`,
        details: expect.stringContaining('HNS 11.10'),
      });
      expect(play.pods()).toEqual([]);
      expect(play.node.leases('dual')).toEqual([]);
    },
  );

  it('never give a pod the second address of the IPv4 subnet, which is the host’s', async () => {
    const play = dual();
    await play.added();
    expect(play.node.leases('dual')).toEqual(['10.244.7.3', 'fd00:10:244:7::3']);
  });

  it('have their port mappings made twice, the second flagged as IPv6', async () => {
    const play = dual();
    const runtimeConfig = { portMappings: [{ hostPort: 8080, containerPort: 80 }] };
    const prevResult = await play.added({ runtimeConfig });
    const mapping = { Protocol: 6, InternalPort: 80, ExternalPort: 8080 };
    expect(play.pod()['Policies']).toEqual(
      expect.arrayContaining([
        { Type: 'PortMapping', Settings: mapping },
        { Type: 'PortMapping', Settings: { ...mapping, Flags: 2 } },
      ]),
    );
    expect(await play.run('CHECK', { prevResult, runtimeConfig })).toEqual(silent);
  });
});

describe('IPv6 where wincni does not do it', () => {
  it.each<[string, string, string, string[], string]>([
    ['alone', 'win-overlay', 'vxlan1', ['fd00::9/64'], 'of type Overlay'],
    ['alone', 'nat', 'nat', ['fd00::9/64'], 'of type NAT'],
    ['alone', 'win-bridge', 'dual', ['fd00:10:244:7::9/64'], 'only beside IPv4'],
    ['alone', 'sdnbridge', 'dual', ['fd00:10:244:7::9/64'], 'only beside IPv4'],
  ])('is refused %s on %s', async (_, plugin, name, addresses, words) => {
    const play = trial({
      conf: 'sdnbridge',
      fixture: 'every-type',
      keys: { type: plugin, name, ipam: { type: 'azure-vnet-ipam' } },
      ipam: says(...addresses),
    });
    expect((await play.run('ADD')).document).toMatchObject({
      code: 7,
      msg: expect.stringContaining(words),
      details: expect.stringContaining('IPv4'),
    });
    expect(play.pods()).toEqual([]);
    expect(play.ipamCalls().map(({ command }) => command)).toEqual(['ADD', 'DEL']);
  });

  it.each(['win-overlay', 'sdnoverlay'])(
    'is left out beside IPv4 on %s, in whichever order they come',
    async (plugin) => {
      const play = trial({
        conf: 'sdnbridge',
        fixture: 'every-type',
        keys: { type: plugin, name: 'vxlan1', ipam: { type: 'azure-vnet-ipam' } },
        ipam: says('fd00::9/64', '10.244.6.9/24'),
      });
      const { ips } = await play.added();
      expect(ips).toMatchObject([{ address: '10.244.6.9/24' }]);
    },
  );

  it('and a second address of a family are given back to host-local', async () => {
    const play = trial({ conf: 'win-bridge', fixture: 'alone' });
    const subnet = '10.244.4.0/24';
    const ranges = [
      [{ subnet, rangeStart: '10.244.4.50', rangeEnd: '10.244.4.59' }],
      [{ subnet, rangeStart: '10.244.4.60', rangeEnd: '10.244.4.69' }],
    ];
    const ipam: Json = { type: 'host-local', ranges, dataDir: play.node.leaseFolder };
    for (const _ of ['first', 'again']) {
      expect((await play.added({ ipam }))['ips']).toMatchObject([{ address: '10.244.4.50/24' }]);
      expect(play.node.leases('l2br')).toEqual(['10.244.4.50']);
    }
  });

  it('comes alone on a transparent network', async () => {
    const ranges = [[{ subnet: 'fd00:192:168:10::/64', rangeStart: 'fd00:192:168:10::50' }]];
    const play = trial({ conf: 'win-transparent', fixture: 'every-type' });
    const ipam: Json = { type: 'host-local', ranges, dataDir: play.node.leaseFolder };
    const prevResult = await play.added({ ipam });
    expect(prevResult).toMatchObject({
      ips: [{ address: 'fd00:192:168:10::50/64', gateway: 'fd00:192:168:10::1' }],
      routes: [{ dst: '::/0', gw: 'fd00:192:168:10::1' }],
    });
    expect(await play.run('CHECK', { ipam, prevResult })).toEqual(silent);
  });
});

describe('loopbackDSR', () => {
  const names = (play: ReturnType<typeof trial>) => JSON.stringify(play.pod()['Policies']);
  it.each([
    [9, 3, true],
    [10, 1, false],
    [10, 2, true],
    [9, 2, false],
  ])('as a wish, on HNS %i.%i: %o', async (major, minor, given) => {
    const play = trial({ conf: 'win-bridge', fixture: 'alone', keys: { loopbackDSR: true } });
    hnsOf(play)(major, minor);
    const prevResult = await play.added();
    expect(names(play).includes('"Destinations":["10.244.4.10"]')).toBe(given);
    expect(await play.run('CHECK', { prevResult })).toEqual(silent);
  });

  it('as a demand, is refused by an HNS that has none', async () => {
    const optionalFlags = { loopbackDSR: true };
    const play = trial({ conf: 'win-bridge', fixture: 'alone', keys: { optionalFlags } });
    hnsOf(play)(10, 1);
    expect((await play.run('ADD')).document).toMatchObject({
      code: 2,
      msg: 'optionalFlags.loopbackDSR: HNS 10.1 has no direct server return',
    });
    expect(play.node.leases('l2br')).toEqual([]);
    hnsOf(play)(13, 3);
    const prevResult = await play.added();
    expect(await play.run('CHECK', { prevResult })).toEqual(silent);
    play.node.setHns((state) => ({
      ...state,
      endpoints: state.endpoints.map((entry) => ({ ...entry, Policies: [] })),
    }));
    expect((await play.run('CHECK', { prevResult })).document).toMatchObject({
      details: expect.stringContaining('OutBoundNAT with destinations 10.244.4.11'),
    });
  });
});
