import { describe, expect, it } from 'vitest';
import type { Json } from '../../helpers/trial-node.ts';
import { silent, type TrialOptions, trial } from './trial.ts';

/** What a plugin before ours answered: one interface with an address, and one more that it made on the node. */
const earlier = {
  cniVersion: '1.0.0',
  interfaces: [
    { name: 'host0', mac: '02:00:00:00:00:01' },
    { name: 'net1', sandbox: 'x' },
  ],
  ips: [
    { address: '10.99.0.5/24', gateway: '10.99.0.1', interface: 1 },
    { address: '10.98.0.5/24' },
  ],
  routes: [{ dst: '10.99.0.0/16', gw: '10.99.0.1' }],
  dns: { nameservers: ['10.99.0.53'], domain: 'before.test', search: [] },
};
const places: readonly TrialOptions[] = [
  { conf: 'win-bridge', fixture: 'alone' },
  { conf: 'win-overlay-docker', fixture: 'alone', request: { netns: 'none' } },
  { conf: 'flannel-overlay', fixture: 'overlay' },
];

describe.each(places)('$conf behind another plugin of a chain', (place) => {
  const open = (cniVersion: string) => trial({ ...place, keys: { cniVersion } });
  const own = async (cniVersion: string) => {
    const play = open(cniVersion);
    const alone = await play.added();
    await play.run('DEL');
    return alone;
  };

  it.each(['0.3.0', '0.4.0', '1.0.0', '1.1.0'])(
    'keeps its interfaces, addresses and routes, and puts its own after them: %s',
    async (version) => {
      const play = open(version);
      const result = JSON.parse(JSON.stringify(await play.added({ prevResult: earlier })));
      const names = result.interfaces.map(({ name }: Json) => name);
      expect(names).toEqual(['host0', 'net1', 'eth0']);
      expect(result.ips.map((ip: Json) => [ip['address'], ip['interface']])).toEqual([
        ['10.99.0.5/24', 1],
        ['10.98.0.5/24', undefined],
        [expect.stringMatching(/^10\.244\./), 2],
      ]);
      expect(result.routes.map(({ dst }: Json) => dst)).toEqual(['10.99.0.0/16', '0.0.0.0/0']);
      expect(result.dns.domain).toBe('before.test');
      expect(await play.run('DEL', { prevResult: result })).toEqual(silent);
      expect(play.pods()).toEqual([]);
    },
  );

  it.each(['0.4.0', '1.1.0'])('checks what is its own in that result: %s', async (version) => {
    const play = open(version);
    const prevResult = await play.added({ prevResult: earlier });
    expect(await play.run('CHECK', { prevResult })).toEqual(silent);
  });

  it.each<[string, string, unknown]>([
    ['that cannot be read', '1.0.0', { cniVersion: '1.0.0', ips: [{ address: 'abc' }] }],
    ['of a version that nobody knows', '1.0.0', { ...earlier, cniVersion: '9.0.0' }],
    ['that is none', '1.0.0', []],
    ['before there were chains', '0.2.0', earlier],
  ])('does without a result %s, as the reference does', async (_, version, prevResult) => {
    const alone = await own(version);
    const play = open(version);
    const result = JSON.parse(JSON.stringify(await play.added({ prevResult })));
    const mac = expect.anything();
    const interfaces = result.interfaces?.map((entry: Json) => ({ ...entry, mac }));
    expect(alone).toEqual({ ...result, ...(interfaces ? { interfaces } : {}) });
  });
});
