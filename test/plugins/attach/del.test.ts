import { describe, expect, it } from 'vitest';
import { type Json, sandboxes } from '../../helpers/trial-node.ts';
import { silent, type TrialOptions, trial } from './trial.ts';

const places: readonly TrialOptions[] = [
  { conf: 'win-bridge', fixture: 'alone' },
  { conf: 'win-overlay', fixture: 'alone' },
  { conf: 'win-bridge-dual-stack', fixture: 'every-type' },
  { conf: 'nat-hns', fixture: 'every-type' },
  { conf: 'win-transparent', fixture: 'every-type' },
  { conf: 'sdnoverlay', fixture: 'every-type' },
];

describe.each(places)('DEL of $conf', (place) => {
  const open = () => trial(place);
  const leases = (play: ReturnType<typeof open>) => play.node.allLeases();

  it('succeeds when network, endpoint and namespace are gone, and frees the lease', async () => {
    const play = open();
    await play.added();
    play.node.setHns((state) => ({ ...state, networks: [], endpoints: [], namespaces: [] }));
    expect(await play.run('DEL')).toEqual(silent);
    expect(leases(play)).toEqual([]);
  });

  it('succeeds for a pod that never was', async () => {
    const play = open();
    await play.added();
    const other = { containerId: 'pod9', netns: sandboxes.second };
    expect(await play.run('DEL', {}, other)).toEqual(silent);
    expect(play.pods()).toHaveLength(1);
  });

  it.each(['', '/var/run/netns/gone', 'not-a-guid', sandboxes.second])(
    'goes on with a netns that is not the pod’s: %o',
    async (netns) => {
      const play = open();
      await play.added();
      expect(await play.run('DEL', {}, { netns })).toEqual(silent);
      expect(play.pods()).toEqual([]);
      expect(leases(play)).toEqual([]);
    },
  );

  it('does not want a configuration that ADD would take', async () => {
    const play = open();
    await play.added();
    const wrong: Json = { policies: 'none', ipMasq: 'yes', endpointMacPrefix: 'zz' };
    expect(await play.run('DEL', wrong)).toEqual(silent);
    expect(play.pods()).toEqual([]);
  });

  it('tells an HNS that cannot be asked, and frees nothing', async () => {
    const play = open();
    await play.added();
    const before = leases(play);
    play.node.orderFaults([
      { operation: 'ModifyNamespace', code: '0x80070005' },
      { operation: 'DeleteEndpoint', code: '0x80070005' },
    ]);
    expect((await play.run('DEL')).document).toMatchObject({
      code: 102,
      details: expect.stringContaining('run as SYSTEM or an administrator'),
    });
    expect(play.pods()).toHaveLength(1);
    expect(leases(play)).toEqual(before);
  });
});

it('takes from a pod its two interfaces one by one, though they have one name', async () => {
  const play = trial({ conf: 'win-bridge', fixture: 'alone' });
  const eth1 = { ifName: 'eth1', netns: sandboxes.second };
  await play.added();
  await play.added({}, eth1);
  expect(play.pods().map(({ Name }) => Name)).toEqual(['pod1_l2br', 'pod1_l2br']);
  expect(await play.run('DEL', {}, { ...eth1, netns: '' })).toEqual(silent);
  expect(play.pod()).toMatchObject({ HostComputeNamespace: sandboxes.first.toUpperCase() });
  expect(play.node.leases('l2br')).toHaveLength(1);
});
