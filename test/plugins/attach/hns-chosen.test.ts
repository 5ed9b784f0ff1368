import { describe, expect, it } from 'vitest';
import { type Json, sandboxes } from '../../helpers/trial-node.ts';
import { silent, trial } from './trial.ts';

/** No IPAM: HNS gives the address, and with it route and MAC address. */
interface Place {
  readonly plugin: string;
  readonly network: string;
  readonly address: string;
  readonly gateway: string;
}

const places: readonly Place[] = [
  { plugin: 'win-bridge', network: 'azure', address: '10.240.0.3/16', gateway: '10.240.0.1' },
  { plugin: 'win-bridge', network: 'dual', address: '10.244.7.3/24', gateway: '10.244.7.1' },
  { plugin: 'win-overlay', network: 'vxlan1', address: '10.244.6.3/24', gateway: '10.244.6.1' },
  { plugin: 'sdnbridge', network: 'azure', address: '10.240.0.3/16', gateway: '10.240.0.1' },
  { plugin: 'sdnoverlay', network: 'vxlan1', address: '10.244.6.3/24', gateway: '10.244.6.1' },
  { plugin: 'nat', network: 'nat', address: '172.28.0.3/20', gateway: '172.28.0.1' },
  {
    plugin: 'win-transparent',
    network: 'physical',
    address: '192.168.10.3/24',
    gateway: '192.168.10.1',
  },
];

const open = (plugin: string, network: string, more: Json = {}, netns: string = sandboxes.first) =>
  trial({
    conf: 'nat-hns',
    fixture: 'every-type',
    keys: { cniVersion: '1.1.0', type: plugin, name: network, ...more },
    request: { netns },
  });

describe.each(places)('$plugin on $network', ({ address, gateway, network, plugin }) => {
  const shapes: [string, Json, string][] = [
    ['no ipam', { ipam: undefined }, sandboxes.first],
    ['an empty ipam', { ipam: {} }, sandboxes.first],
    ['an empty type', { ipam: { type: '' } }, sandboxes.first],
    ['no ipam, for Docker', { ipam: undefined }, 'none'],
  ];
  it.each(shapes)('reads back what HNS chose: %s', async (_, keys, netns) => {
    const play = open(plugin, network, keys, netns);
    const prevResult = await play.added();
    expect(prevResult).toMatchObject({
      interfaces: [{ name: 'eth0', mac: play.pod()['MacAddress'] }],
      ips: [{ address, gateway, interface: 0 }],
      routes: [{ dst: '0.0.0.0/0', gw: gateway }],
    });
    expect(await play.added()).toEqual(prevResult);
    expect(await play.run('CHECK', { prevResult })).toEqual(silent);
    expect(await play.run('DEL', { prevResult })).toEqual(silent);
    expect(play.pods()).toEqual([]);
  });

  it('says when the address is another than the runtime was told', async () => {
    const play = open(plugin, network, { ipam: {} });
    const prevResult = await play.added();
    play.node.setHns((state) => ({
      ...state,
      endpoints: state.endpoints.map((entry) => ({
        ...entry,
        IpConfigurations: [{ IpAddress: '10.1.2.3', PrefixLength: 24 }],
      })),
    }));
    expect((await play.run('CHECK', { prevResult })).document).toMatchObject({
      code: 100,
      details: `addresses: expected ${address.split('/')[0]}, found 10.1.2.3`,
    });
  });
});

describe('a gateway that is written though HNS gives the address', () => {
  it.each<[string, string, string, Json, string]>([
    ['ipam.gateway', 'win-bridge', 'azure', { ipam: { gateway: '10.240.0.2' } }, '10.240.0.2'],
    [
      'the gateway of the first route',
      'sdnbridge',
      'azure',
      { ipam: { subnet: '10.240.0.0/16', routes: [{ GW: '10.240.0.2' }] } },
      '10.240.0.2',
    ],
    [
      'additionalRoutes, when told to',
      'sdnbridge',
      'azure',
      {
        optionalFlags: { gatewayFromAdditionalRoutes: true },
        additionalRoutes: [{ Dst: '0.0.0.0/0', GW: '10.240.0.3' }],
      },
      '10.240.0.3',
    ],
    [
      'additionalRoutes, not told to',
      'sdnbridge',
      'azure',
      { additionalRoutes: [{ Dst: '0.0.0.0/0', GW: '10.240.0.3' }] },
      '10.240.0.1',
    ],
    ['one of another subnet', 'nat', 'nat', { ipam: { gateway: '10.9.9.9' } }, '172.28.0.1'],
  ])('%s', async (_, plugin, network, keys, gateway) => {
    const play = open(plugin, network, keys);
    const prevResult = await play.added();
    expect(play.pod()['Routes']).toEqual([{ NextHop: gateway, DestinationPrefix: '0.0.0.0/0' }]);
    expect(await play.run('CHECK', { prevResult })).toEqual(silent);
  });

  it('beats the network’s own for an IPAM that names none', async () => {
    const play = trial({
      conf: 'sdnbridge',
      fixture: 'every-type',
      keys: { cniVersion: '1.1.0' },
      ipam: { ADD: { says: { cniVersion: '1.0.0', ips: [{ address: '10.240.0.15/16' }] } } },
    });
    const prevResult = await play.added();
    expect(prevResult).toMatchObject({ ips: [{ gateway: '10.240.0.3' }] });
    expect(await play.run('CHECK', { prevResult })).toEqual(silent);
  });
});

describe('loopbackDSR, which must name the address that HNS has not chosen yet', () => {
  it('is left out as a wish', async () => {
    const play = open('win-bridge', 'azure', { loopbackDSR: true });
    const prevResult = await play.added();
    expect(play.pod()['Policies']).toEqual([]);
    expect(await play.run('CHECK', { prevResult, loopbackDSR: true })).toEqual(silent);
  });

  it('is refused as a demand', async () => {
    const play = open('win-bridge', 'azure', { optionalFlags: { loopbackDSR: true } });
    expect((await play.run('ADD')).document).toMatchObject({
      code: 2,
      msg: 'optionalFlags.loopbackDSR: HNS chooses the address, and the policy must name it',
    });
    expect(play.pods()).toEqual([]);
  });
});
