import { describe, expect, it } from 'vitest';
import { sandboxes } from '../../helpers/trial-node.ts';
import { silent, type TrialOptions, trial } from './trial.ts';

/** What HNS has not yet when it is first asked. */

const address = { Type: 'ProviderAddress', Settings: { ProviderAddress: '192.168.10.5' } };

/** A node whose network has no management address; after so many looks it gets one. */
function without(options: TrialOptions, looks?: number) {
  const play = trial({ ...options, keys: { cniVersion: '1.1.0', ...options.keys } });
  play.node.setHns((state) => ({
    ...state,
    networks: state.networks.map((network) => ({ ...network, Policies: [] })),
    awaitingAddress:
      looks === undefined
        ? {}
        : Object.fromEntries(state.networks.map(({ ID }) => [String(ID), looks])),
  }));
  return play;
}
const endpointsAsked = (play: ReturnType<typeof trial>) =>
  play.node.calls().filter(({ operation }) => /^CreateEndpoint|^POST .endpoints/.test(operation));

describe.each<[how: string, TrialOptions]>([
  ['V2', { conf: 'win-overlay', fixture: 'alone' }],
  ['V1', { conf: 'win-overlay-docker', fixture: 'alone', request: { netns: 'none' } }],
])('an overlay without a management address, by %s', (_, options) => {
  it('is waited for, and the endpoint then names the address', async () => {
    const play = without(options, 4);
    const prevResult = await play.added();
    expect(play.pod()['Policies']).toContainEqual(address);
    expect(await play.run('CHECK', { prevResult })).toEqual(silent);
  });

  it('gets no endpoint where none comes: code 11, nothing left, the network stays', async () => {
    const play = without(options);
    expect(await play.run('ADD')).toMatchObject({
      exitCode: 1,
      document: { code: 11, msg: 'network vxlan0 has no management address yet' },
    });
    expect(endpointsAsked(play)).toEqual([]);
    expect(play.node.allLeases()).toEqual([]);
    expect(play.node.hns().networks).toHaveLength(2);
    // Half a minute of looks, a half second apart, and not one more.
    expect(play.node.calls().length).toBeLessThan(65);
  });

  it('is not missed where the configuration names one itself', async () => {
    const value = { Type: 'PA', PA: '192.168.10.9' };
    const play = without({
      ...options,
      keys: { policies: [{ name: 'EndpointPolicy', value }] },
    });
    await play.added();
    expect(play.pod()['Policies']).toContainEqual({
      Type: 'ProviderAddress',
      Settings: { ProviderAddress: '192.168.10.9' },
    });
  });

  it('is not missed for an endpoint that is there', async () => {
    const play = trial(options);
    const result = await play.added();
    play.node.setHns((state) => ({
      ...state,
      networks: state.networks.map((network) => ({ ...network, Policies: [] })),
    }));
    expect(await play.added()).toEqual(result);
  });
});

it('an overlay that ADD makes itself is waited for, too', async () => {
  const master = { createNetwork: true, master: 'Ethernet', vni: 5000 };
  const play = trial({ conf: 'win-overlay', fixture: 'bare', keys: master });
  await play.added();
  expect(play.pod()['Policies']).toContainEqual(address);
  expect(play.node.hns().networks).toMatchObject([{ Name: 'vxlan0', Type: 'Overlay' }]);
});

it.each<TrialOptions>([
  { conf: 'win-bridge', fixture: 'alone' },
  { conf: 'win-overlay', fixture: 'alone', keys: { type: 'sdnoverlay' } },
])('$conf $keys.type: no endpoint names it, and nobody waits', async (options) => {
  const play = without(options);
  expect(await play.spent(() => play.added())).toBe(7);
  expect(JSON.stringify(play.pod()['Policies'])).not.toContain('ProviderAddress');
});

describe('a new endpoint', () => {
  /** A node that shows the pod's next endpoint without these keys: always, or so many times. */
  const shownWithout = async (keys: readonly string[], times?: number) => {
    const play = trial({ conf: 'nat-hns', fixture: 'every-type' });
    await play.added();
    const whole = Object.entries(play.pod());
    await play.run('DEL');
    const answer = JSON.stringify(Object.fromEntries(whole.filter(([key]) => !keys.includes(key))));
    const operation = 'QueryEndpointProperties';
    play.node.orderFaults([{ operation, answer, ...(times === undefined ? {} : { times }) }]);
    return play;
  };

  it.each([[['IpConfigurations', 'MacAddress']], [['IpConfigurations']], [['MacAddress']]])(
    'that lacks %j at first is looked at again',
    async (keys) => {
      const play = await shownWithout(keys, 3);
      const result = await play.added();
      expect(result).toMatchObject({
        interfaces: [{ mac: play.pod()['MacAddress'] }],
        ips: [{ address: '172.28.0.3/20' }],
      });
    },
  );

  it('that never gets an address is no success: code 11, nothing left', async () => {
    const play = await shownWithout(['IpConfigurations']);
    expect((await play.run('ADD')).document).toMatchObject({
      code: 11,
      msg: expect.stringMatching(/^HNS gave endpoint \S+ no address yet$/),
    });
    expect(play.pods()).toEqual([]);
  });

  it('that never gets a MAC address is one without it', async () => {
    const play = await shownWithout(['MacAddress']);
    const { interfaces } = await play.added();
    expect(interfaces).toEqual([{ name: 'eth0', sandbox: sandboxes.first }]);
  });
});
