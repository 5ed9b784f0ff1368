import { describe, expect, it } from 'vitest';
import type { Json } from '../../helpers/trial-node.ts';
import { silent, trial } from './trial.ts';

const place = (plugin: string, network: string, keys: Json = {}) =>
  trial({
    conf: 'nat-hns',
    fixture: 'every-type',
    keys: { cniVersion: '1.1.0', type: plugin, name: network, ipam: {}, ...keys },
  });

/** Which network, of those in the fixture, which plugin serves. */
const served = {
  'win-bridge': ['azure', 'azure-tunnel', 'dual'],
  sdnbridge: ['azure', 'azure-tunnel', 'dual'],
  'win-overlay': ['vxlan1'],
  sdnoverlay: ['vxlan1'],
  nat: ['nat'],
  'win-transparent': ['physical'],
};
const networks = ['azure', 'azure-tunnel', 'dual', 'vxlan1', 'nat', 'physical'];
const pairs = (fit: boolean) =>
  Object.entries(served).flatMap(([plugin, fitting]) =>
    networks
      .filter((network) => fitting.includes(network) === fit)
      .map((network) => [plugin, network] as const),
  );

describe('the type of a network', () => {
  it.each(pairs(true))('fits: %s on %s', async (plugin, network) => {
    const play = place(plugin, network);
    expect(await play.run('STATUS')).toEqual(silent);
    expect(await play.run('ADD')).toMatchObject({ exitCode: 0 });
  });

  it.each(pairs(false))('does not fit: %s on %s', async (plugin, network) => {
    const play = place(plugin, network);
    const msg = expect.stringMatching(
      new RegExp(`^network ${network} is of type \\w+, and ${plugin} serves `),
    );
    expect((await play.run('STATUS')).document).toMatchObject({ code: 50, msg });
    expect((await play.run('ADD')).document).toMatchObject({ code: 104, msg });
    expect(play.pods()).toEqual([]);
  });
});

describe('STATUS of a network that is missing', () => {
  it.each(['win-bridge', 'win-overlay', 'sdnoverlay', 'win-transparent'])(
    'is 50 for %s',
    async (plugin) => {
      const play = place(plugin, 'gone');
      expect((await play.run('STATUS')).document).toMatchObject({
        code: 50,
        msg: 'network gone is not found in HNS',
      });
      expect(play.node.calls()).toHaveLength(1);
    },
  );

  it.each(['nat', 'sdnbridge'])('is well for %s, which makes it', async (plugin) => {
    expect(await place(plugin, 'gone').run('STATUS')).toEqual(silent);
  });

  it('is well where the configuration asks for it to be made', async () => {
    expect(await place('win-bridge', 'gone', { createNetwork: true }).run('STATUS')).toEqual(
      silent,
    );
  });
});

describe('STATUS', () => {
  it.each([
    ['refuses', { code: '0x80004005' }],
    ['is stopping', { code: '0x803B0020' }],
    ['denies', { code: '0x80070005' }],
    ['answers nonsense', { answer: '<html>' }],
  ])('is 50 while HNS %s', async (_, fault) => {
    const play = place('win-bridge', 'azure');
    play.node.orderFaults([{ operation: 'GET /networks', ...fault }]);
    expect((await play.run('STATUS')).document).toMatchObject({ code: 50 });
  });

  it('finds the network in any letter case, as HNS does', async () => {
    expect(await place('win-bridge', 'AZURE').run('STATUS')).toEqual(silent);
  });

  it('says what is wrong with the configuration', async () => {
    const play = place('win-bridge', 'azure', { loopbackDSR: 'yes' });
    expect((await play.run('STATUS')).document).toMatchObject({ code: 7 });
  });
});
