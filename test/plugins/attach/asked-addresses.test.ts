import { describe, expect, it } from 'vitest';
import type { Json } from '../../helpers/trial-node.ts';
import { silent, trial } from './trial.ts';

/** Where a runtime may ask for an address. */
const ways: readonly [string, (address: string) => { keys: Json; env?: Record<string, string> }][] =
  [
    ['CNI_ARGS', (address) => ({ keys: {}, env: { CNI_ARGS: `IgnoreUnknown=1;IP=${address}` } })],
    ['args', (address) => ({ keys: { args: { cni: { ips: [address] } } } })],
    ['runtimeConfig', (address) => ({ keys: { runtimeConfig: { ips: [`${address}/16`] } } })],
  ];

const open = (plugin: string, network: string, netns?: string) =>
  trial({
    conf: 'nat-hns',
    fixture: 'every-type',
    keys: { cniVersion: '1.1.0', type: plugin, name: network },
    ...(netns === undefined ? {} : { request: { netns } }),
  });

describe.each(ways)('an address that is asked for by %s where HNS chooses', (_, asking) => {
  it.each([
    ['nat', 'nat', '172.28.0.77', undefined],
    ['nat', 'nat', '172.28.0.77', 'none'],
    ['win-bridge', 'azure', '10.240.0.77', undefined],
    ['sdnoverlay', 'vxlan1', '10.244.6.77', undefined],
    ['win-transparent', 'physical', 'fd00:192:168:10::77', undefined],
  ])('is the endpoint’s: %s on %s, %s', async (plugin, network, address, netns) => {
    const play = open(plugin, network, netns);
    const { env, keys } = asking(address);
    const prevResult = await play.added(keys, env ? { env } : {});
    expect(play.pod()).toMatchObject({ IpConfigurations: [{ IpAddress: address }] });
    expect(JSON.stringify(prevResult['ips'])).toContain(`"${address}/`);
    expect(prevResult['routes']).toHaveLength(1);
    expect(await play.added(keys, env ? { env } : {})).toEqual(prevResult);
    expect(await play.run('CHECK', { ...keys, prevResult }, env ? { env } : {})).toEqual(silent);
    expect(await play.run('DEL', { prevResult })).toEqual(silent);
    expect(play.pods()).toEqual([]);
  });

  it.each<[string, string, number, string]>([
    [
      'of no subnet',
      '10.9.9.9',
      7,
      'the address asked for, 10.9.9.9, is in no subnet of network nat',
    ],
    ['that another has', '172.28.0.1', 111, 'the address asked for is taken: 172.28.0.1'],
    ['of IPv6', 'fd00::9', 7, 'wincni does not do IPv6 on networks of type NAT'],
  ])('is refused by name: one %s', async (__, address, code, msg) => {
    const play = open('nat', 'nat');
    const { env, keys } = asking(address);
    const answer = await play.run('ADD', keys, env ? { env } : {});
    expect(answer.document).toMatchObject({ code, msg: expect.stringContaining(msg) });
    expect(play.pods()).toEqual([]);
  });
});

it('a text in CNI_ARGS that is no address is named', async () => {
  const play = open('nat', 'nat');
  const { document } = await play.run('ADD', {}, { env: { CNI_ARGS: 'IP=here' } });
  expect(document).toMatchObject({
    code: 4,
    msg: 'CNI_ARGS IP: expected an IP address, found "here"',
  });
});
