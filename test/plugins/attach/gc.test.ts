import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Json, sandboxes } from '../../helpers/trial-node.ts';
import { silent, trial } from './trial.ts';

const valid = (...containers: string[]) => ({
  'cni.dev/valid-attachments': containers.map((containerID) => ({ containerID, ifname: 'eth0' })),
});
const open = (conf = 'win-bridge-dual-stack') =>
  trial({ conf, fixture: 'every-type', keys: { cniVersion: '1.1.0' } });
const second = { containerId: 'pod2', netns: sandboxes.second };

/** An endpoint that somebody else made, on the network of the pod. */
function others(play: ReturnType<typeof open>, ...names: string[]): void {
  play.node.setHns((state) => ({
    ...state,
    endpoints: [
      ...state.endpoints,
      ...names.map((Name, index) => ({
        ID: `0badcafe-0000-4000-8000-00000000000${index}`,
        Name,
        HostComputeNetwork: networkOf(play),
      })),
    ],
  }));
}

function networkOf(play: ReturnType<typeof open>): unknown {
  return play.node.hns().networks.find(({ Name }) => Name === play.config['name'])?.['ID'];
}

const names = (play: ReturnType<typeof open>) => play.node.hns().endpoints.map(({ Name }) => Name);

describe('GC', () => {
  it('takes what bears our mark and has no valid attachment, with its leases', async () => {
    const play = open();
    await play.added();
    await play.added({}, second);
    expect(await play.run('GC', valid('pod2'))).toEqual(silent);
    expect(play.pods()).toMatchObject([{ Name: 'pod2_dual' }]);
    expect(play.node.leases('dual')).toEqual(['10.244.7.4', 'fd00:10:244:7::4']);
    expect(await play.run('GC', valid())).toEqual(silent);
    expect(play.pods()).toEqual([]);
    expect(play.node.leases('dual')).toEqual([]);
  });

  it('takes what the reference made, by its name', async () => {
    const play = open();
    others(play, 'old1_dual', 'old2_dual');
    expect(await play.run('GC', valid('old2'))).toEqual(silent);
    expect(names(play)).toContain('old2_dual');
    expect(names(play)).not.toContain('old1_dual');
  });

  it('leaves the host’s own, kube-proxy’s, and other suites’ endpoints', async () => {
    const left = [
      'cbr0_ep',
      'sourcevip',
      'Ethernet',
      'nginx-eth0',
      'pod9_other',
      '_dual',
      'a b_dual',
    ];
    const play = open();
    others(play, ...left, 'cbr0_ep_dual', 'sourceVip_dual');
    const before = names(play);
    expect(await play.run('GC', valid())).toEqual(silent);
    expect(names(play)).toEqual(before);
  });

  it('leaves the endpoints of other networks, though they bear our mark', async () => {
    const play = open();
    const elsewhere = trial({ conf: 'nat-hns', fixture: 'every-type' });
    play.node.setHns((state) => ({
      ...state,
      endpoints: [
        ...state.endpoints,
        {
          ID: '0badcafe-0000-5000-8000-000000000001',
          Name: 'old1_dual',
          HostComputeNetwork: networkOf(elsewhere),
        },
      ],
    }));
    expect(await play.run('GC', valid())).toEqual(silent);
    expect(names(play)).toContain('old1_dual');
  });

  it('leaves the lease of kube-proxy’s source address, held by dummy', async () => {
    const play = open('sdnoverlay');
    const folder = join(play.node.leaseFolder, 'vxlan1');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, '10.244.6.2'), 'dummy\r\n');
    await play.added();
    expect(play.node.leases('vxlan1')).toEqual(['10.244.6.2', '10.244.6.3']);
    expect(await play.run('GC', valid())).toEqual(silent);
    expect(play.node.leases('vxlan1')).toEqual(['10.244.6.2']);
    expect(names(play)).toContain('sourcevip');
  });

  it('takes a pod’s second interface, when only its first is valid', async () => {
    const play = open();
    await play.added();
    await play.added({}, { ifName: 'eth1', netns: sandboxes.second });
    expect(await play.run('GC', valid('pod1'))).toEqual(silent);
    expect(play.pods()).toMatchObject([{ HostComputeNamespace: sandboxes.first.toUpperCase() }]);
  });

  it('goes on after a failure, tells it, and keeps all leases', async () => {
    const play = open();
    await play.added();
    await play.added({}, second);
    const target = String(play.pods()[0]?.['ID']);
    play.node.orderFaults([{ operation: 'DeleteEndpoint', target, code: '0x80004005' }]);
    expect((await play.run('GC', valid())).document).toMatchObject({
      code: 101,
      msg: expect.stringContaining(target.toLowerCase()),
    });
    expect(play.pods()).toMatchObject([{ Name: 'pod1_dual' }]);
    expect(play.node.leases('dual')).toHaveLength(4);
    play.node.orderFaults([]);
    expect(await play.run('GC', valid())).toEqual(silent);
    expect(play.node.leases('dual')).toEqual([]);
  });

  it('frees the leases of a network that is gone', async () => {
    const play = open();
    await play.added();
    const gone = networkOf(play);
    play.node.setHns((state) => ({
      ...state,
      networks: state.networks.filter(({ Name }) => Name !== 'dual'),
      endpoints: state.endpoints.filter(({ HostComputeNetwork }) => HostComputeNetwork !== gone),
    }));
    const left = names(play);
    expect(await play.run('GC', valid())).toEqual(silent);
    expect(play.node.leases('dual')).toEqual([]);
    expect(names(play)).toEqual(left);
    expect(left).toContain('sourcevip');
  });

  it.each<[string, Json]>([
    ['of another shape', { 'cni.dev/valid-attachments': {} }],
    ['with an entry that cannot be read', { 'cni.dev/valid-attachments': [{ ifname: 'eth0' }] }],
  ])('touches nothing for a list %s', async (_, list) => {
    const play = open();
    await play.added();
    expect((await play.run('GC', list)).document).toMatchObject({ code: 7 });
    expect(play.pods()).toHaveLength(1);
    expect(play.node.leases('dual')).toHaveLength(2);
  });
});
