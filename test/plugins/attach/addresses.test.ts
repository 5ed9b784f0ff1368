import { writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type Json, sandboxes } from '../../helpers/trial-node.ts';
import { silent, trial } from './trial.ts';

const place = (keys: Json = {}) =>
  trial({ conf: 'win-bridge', fixture: 'alone', keys: { cniVersion: '1.1.0', ...keys } });
const ipamOf = (play: ReturnType<typeof trial>, ipam: Json): Json => ({
  ipam: { type: 'host-local', dataDir: play.node.leaseFolder, ...ipam },
});

describe('the host’s own address on a bridge', () => {
  it.each<[string, Json, Json]>([
    ['ipam.subnet', { subnet: '10.244.4.0/29' }, {}],
    ['ipam.ranges', { ranges: [[{ subnet: '10.244.4.0/29' }]] }, {}],
    ['runtimeConfig.ipRanges', {}, { ipRanges: [[{ subnet: '10.244.4.0/29' }]] }],
  ])('is no pod’s, though the range is used up: %s', async (_, ipam, runtimeConfig) => {
    const play = place();
    const keys = { ...ipamOf(play, ipam), runtimeConfig };
    const given: unknown[] = [];
    for (const number of [1, 2, 3, 4]) {
      const result = await play.added(keys, { containerId: `pod${number}` });
      given.push(JSON.parse(JSON.stringify(result))['ips'][0].address);
    }
    expect(given).toEqual(['10.244.4.3/24', '10.244.4.4/24', '10.244.4.5/24', '10.244.4.6/24']);
    const full = await play.run('ADD', keys, { containerId: 'pod5' });
    expect(full.document).toMatchObject({ code: 110 });
    expect(play.node.leases('l2br')).toHaveLength(4);
  });

  it.each(['Host-Local', 'host-local.exe'])(
    'is no pod’s, however host-local is written: %s',
    async (type) => {
      const play = place();
      const keys = ipamOf(play, { type, subnet: '10.244.4.0/29' });
      expect(await play.added(keys)).toMatchObject({ ips: [{ address: '10.244.4.3/24' }] });
      expect(await play.run('CHECK', { ...keys, prevResult: await play.added(keys) })).toEqual(
        silent,
      );
      expect(await play.run('DEL', keys)).toEqual(silent);
      expect(play.node.leases('l2br')).toEqual([]);
    },
  );

  it('is refused to a pod that asks for it', async () => {
    const play = place();
    const keys = {
      ...ipamOf(play, { subnet: '10.244.4.0/24' }),
      runtimeConfig: { ips: ['10.244.4.2'] },
    };
    expect(await play.run('ADD', keys)).toMatchObject({ exitCode: 1, document: { code: 111 } });
    expect(play.pods()).toEqual([]);
    expect(play.node.leases('l2br')).toEqual([]);
  });
});

describe('a gateway’s address', () => {
  it('is no pod’s, though it is written where host-local does not look', async () => {
    const play = trial({
      conf: 'win-transparent',
      fixture: 'every-type',
      keys: { cniVersion: '1.1.0' },
    });
    const ranges = [[{ subnet: '192.168.10.0/24', rangeStart: '192.168.10.20' }]];
    const keys = ipamOf(play, { ranges, gateway: '192.168.10.20' });
    await play.added(keys);
    expect(play.pod()).toMatchObject({
      IpConfigurations: [{ IpAddress: '192.168.10.21' }],
      Routes: [{ NextHop: '192.168.10.20' }],
    });
  });

  it('is refused when another IPAM gives it, and that is told DEL', async () => {
    const play = trial({
      conf: 'sdnbridge',
      fixture: 'every-type',
      keys: { cniVersion: '1.1.0' },
      ipam: { ADD: { says: { cniVersion: '1.0.0', ips: [{ address: '10.240.0.2/16' }] } } },
    });
    expect(await play.run('ADD')).toMatchObject({
      exitCode: 1,
      document: { code: 111, msg: expect.stringContaining('IPAM gave 10.240.0.2') },
    });
    expect(play.pods()).toEqual([]);
    expect(play.ipamCalls().map(({ command }) => command)).toEqual(['ADD', 'DEL']);
  });
});

describe('an address', () => {
  it.each<[string, Json, Json]>([
    ['runtimeConfig.ips', { runtimeConfig: { ips: ['10.244.4.99'] } }, {}],
    ['args.cni.ips', { args: { cni: { ips: ['10.244.4.99'] } } }, {}],
    ['CNI_ARGS', {}, { env: { CNI_ARGS: 'IP=10.244.4.99' } }],
  ])('is given that is asked for in %s', async (_, keys, request) => {
    const play = place();
    expect(await play.added(keys, request)).toMatchObject({ ips: [{ address: '10.244.4.99/24' }] });
  });

  it('has the prefix length of the network’s subnet, not of IPAM’s range', async () => {
    const play = place();
    // IPAM's own first two are the gateway and the host's.
    const keys = ipamOf(play, { subnet: '10.244.4.128/25' });
    expect(await play.added(keys)).toMatchObject({ ips: [{ address: '10.244.4.131/24' }] });
    expect(play.pod()).toMatchObject({
      IpConfigurations: [{ IpAddress: '10.244.4.131', PrefixLength: 24 }],
    });
  });

  it('has the prefix length of the network’s subnet, though HNS tells none', async () => {
    const play = place();
    const first = await play.added();
    play.node.setHns((state) => ({
      ...state,
      endpoints: state.endpoints.map((entry) => ({
        ...entry,
        IpConfigurations: [{ IpAddress: '10.244.4.10' }],
      })),
    }));
    expect(await play.added()).toEqual(first);
  });

  it('stays the pod’s when a repeated ADD fails', async () => {
    const play = place();
    const result = await play.added();
    play.node.setHns((state) => ({
      ...state,
      endpoints: state.endpoints.map(({ HostComputeNamespace: _, ...rest }) => rest),
    }));
    play.node.orderFaults([{ operation: 'ModifyNamespace', code: '0x803B002E', times: 1 }]);
    expect((await play.run('ADD')).document).toMatchObject({ code: 101 });
    expect(play.pods()).toEqual([]);
    expect(play.node.leases('l2br')).toEqual(['10.244.4.10']);
    expect(await play.added()).toEqual(result);
  });

  it('of a range that came later is not kept for a pod that has its endpoint', async () => {
    const play = trial({ conf: 'win-bridge-dual-stack', fixture: 'every-type' });
    const first = await play.added(ipamOf(play, { subnet: '10.244.7.0/24' }));
    const leases = play.node.leases('dual');
    expect(await play.added()).toEqual(first);
    expect(play.node.leases('dual')).toEqual(leases);
  });

  it('stays leased when the endpoint of a failed ADD cannot be deleted, until DEL', async () => {
    const play = place();
    play.node.orderFaults([
      { operation: 'ModifyNamespace', code: '0x803B002E', times: 1 },
      { operation: 'DeleteEndpoint', code: '0x80004005', times: 1 },
    ]);
    expect((await play.run('ADD')).document).toMatchObject({
      code: 101,
      details: expect.stringContaining('0x803B002E'),
    });
    expect(play.pods()).toHaveLength(1);
    expect(play.node.leases('l2br')).toEqual(['10.244.4.10']);
    const second = { containerId: 'pod2', netns: sandboxes.second };
    expect(await play.added({}, second)).toMatchObject({ ips: [{ address: '10.244.4.11/24' }] });
    expect(await play.run('DEL')).toEqual(silent);
    expect(play.node.leases('l2br')).toEqual(['10.244.4.11']);
  });

  it('that HNS calls taken is kept from others until the pod has another', async () => {
    const play = place();
    const taken = { ID: '0badcafe-0000-4000-8000-000000000001', Name: 'of-another-suite' };
    const HostComputeNetwork = 'b7a0e4f2-51c8-4d3a-8f19-2d6c3b1ec12b';
    const IpConfigurations = [{ IpAddress: '10.244.4.10', PrefixLength: 24 }];
    play.node.setHns((state) => ({
      ...state,
      endpoints: [{ ...taken, HostComputeNetwork, IpConfigurations }],
    }));
    expect(await play.added()).toMatchObject({ ips: [{ address: '10.244.4.11/24' }] });
    expect(play.node.leases('l2br')).toEqual(['10.244.4.11']);
  });
});

describe('host-local’s answer', () => {
  it('gives DNS settings where the configuration has none', async () => {
    const play = place();
    const resolvConf = `${play.node.folder}/resolv.conf`;
    writeFileSync(resolvConf, 'nameserver 10.0.0.53\nsearch lan\n');
    const keys = ipamOf(play, { subnet: '10.244.4.0/24', resolvConf });
    const prevResult = await play.added(keys);
    expect(prevResult).toMatchObject({ dns: { nameservers: ['10.0.0.53'], search: ['lan'] } });
    expect(play.pod()['Dns']).toEqual({ ServerList: ['10.0.0.53'], Search: ['lan'] });
    expect(await play.run('CHECK', { ...keys, prevResult })).toEqual(silent);
    const dns = { nameservers: ['10.96.0.10'] };
    await play.run('DEL', keys);
    expect(await play.added({ ...keys, dns })).toMatchObject({
      dns: { nameservers: ['10.96.0.10'], search: ['lan'] },
    });
  });
});
