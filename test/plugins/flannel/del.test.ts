import { describe, expect, it } from 'vitest';
import { CniError } from '../../../cni/error.ts';
import type { JsonObject } from '../../../cni/json-object.ts';
import { failure } from '../../cni/trial.ts';
import { result, subnetEnv, type Trial, trial } from './trial.ts';

const reference = JSON.stringify({
  cniVersion: '1.1.0',
  ipMasq: true,
  ipMasqNetwork: '10.244.0.0/16',
  ipam: { subnet: '10.244.9.0/24', type: 'host-local' },
  name: 'cbr0',
  type: 'win-bridge',
});

const ipamAsked = (node: Trial, index: number) => node.asked.at(index)?.call.config['ipam'];

describe('DEL', () => {
  it('hands on what ADD was told, with the prevResult of the request, and forgets', async () => {
    const node = trial();
    await node.plugin.ADD(node.call('ADD', { config: { runtimeConfig: { mac: '0E-2A' } } }));
    node.writeSubnetEnv(subnetEnv.replace('10.244.1.1', '10.244.77.1'));
    const config = { prevResult: { ips: [] }, delegate: { type: 'nat' } };
    await node.plugin.DEL(node.call('DEL', { config, netns: '' }));
    expect(node.asked[1]).toMatchObject({
      type: 'win-overlay',
      call: { command: 'DEL', netns: '' },
    });
    expect(node.asked[1]?.call.config).toEqual({
      ...node.asked[0]?.call.config,
      prevResult: { ips: [] },
    });
    expect(node.scratchNames()).toEqual([]);
  });

  it('three times succeeds, with nothing left', async () => {
    const node = trial();
    await node.plugin.ADD(node.call('ADD'));
    for (const _ of [1, 2, 3]) await node.plugin.DEL(node.call('DEL'));
    expect(node.commands()).toEqual(['ADD', 'DEL', 'DEL', 'DEL']);
    expect(node.scratchNames()).toEqual([]);
  });

  it('that fails keeps what the next one needs', async () => {
    let broken = true;
    const node = trial({
      delegate: async (_, call) => {
        if (call.command === 'DEL' && broken) throw new CniError(102, 'no HNS');
        return result;
      },
    });
    await node.plugin.ADD(node.call('ADD'));
    expect((await failure(node.plugin.DEL(node.call('DEL')))).message).toBe('no HNS');
    expect(node.scratchNames()).toEqual(['pod1']);
    broken = false;
    await node.plugin.DEL(node.call('DEL'));
    expect(node.scratchNames()).toEqual([]);
  });

  it('takes over what the reference wrote', async () => {
    const node = trial();
    node.writeScratch('pod1', reference);
    await node.plugin.DEL(node.call('DEL'));
    expect(node.asked[0]).toMatchObject({ type: 'win-bridge' });
    expect(ipamAsked(node, 0)).toEqual({ subnet: '10.244.9.0/24', type: 'host-local' });
    expect(node.scratchNames()).toEqual([]);
  });

  it('goes to the network the pod was attached to, when that was renamed since', async () => {
    const node = trial();
    await node.plugin.ADD(node.call('ADD', { network: 'old' }));
    await node.plugin.DEL(node.call('DEL', { network: 'new' }));
    expect(node.asked[1]?.call).toMatchObject({ network: 'old', config: { name: 'old' } });
  });

  it.each([
    ['none', undefined],
    ['an empty one', ''],
    ['half of one', reference.slice(0, 60)],
    ['another kind of JSON', '[1, 2]'],
    ['null characters', '\0'.repeat(200)],
    ['a type with a path', JSON.stringify({ ...JSON.parse(reference), type: '../../evil' })],
    ['flannel as its delegate', JSON.stringify({ ...JSON.parse(reference), type: 'flannel' })],
    ['a name with a path', JSON.stringify({ ...JSON.parse(reference), name: '../x' })],
    ['no name', JSON.stringify({ ...JSON.parse(reference), name: undefined })],
    ['a version nobody knows', JSON.stringify({ ...JSON.parse(reference), cniVersion: '9' })],
    [
      'a mark that is none',
      JSON.stringify({ ...JSON.parse(reference), wincni: { sandbox: '..' } }),
    ],
  ])('with %s for a scratch file builds its configuration again', async (_, text) => {
    const node = trial();
    if (text !== undefined) node.writeScratch('pod1', text);
    await node.plugin.DEL(node.call('DEL'));
    expect(node.asked[0]).toMatchObject({ type: 'win-overlay', call: { network: 'cbr0' } });
    expect(ipamAsked(node, 0)).toEqual({ type: 'host-local', subnet: '10.244.1.0/24' });
    expect(node.scratchNames()).toEqual([]);
  });

  it.each([
    ['no subnet.env', undefined],
    ['half of one', 'FLANNEL_NETWORK=10.2'],
    ['a wrong one', `${subnetEnv}FLANNEL_MTU=big\n`],
  ])('with %s either hands on what is known, without waiting', async (_, env) => {
    const node = trial(env === undefined ? {} : { subnetEnv: env });
    if (env === undefined) node.removeSubnetEnv();
    await node.plugin.DEL(node.call('DEL', { config: { ipam: { dataDir: '/leases' } } }));
    expect(node.asked[0]?.call.config).toEqual({
      type: 'win-overlay',
      name: 'cbr0',
      cniVersion: '1.1.0',
      dns: { nameservers: ['10.96.0.10'] },
      ipam: { type: 'host-local', dataDir: '/leases' },
    });
    expect(node.slept()).toBe(0);
  });

  it.each<[string, JsonObject, string | undefined]>([
    ['wrong', { delegate: { type: '../x' } }, undefined],
    ['wrong, and half a scratch file', { delegate: { type: 7 } }, reference.slice(0, 60)],
    ['none', { delegate: 'win-bridge' }, ''],
    ['named by flannel alone', { delegate: { name: 'x' } }, undefined],
    ['not installed', { delegate: { type: 'absent' } }, undefined],
    ['not installed, and half a scratch file', { delegate: { type: 'absent' } }, '{'],
    ['fine, and dataDir is not', { dataDir: 'relative', delegate: {} }, undefined],
  ])('with nothing remembered succeeds where the delegate is %s', async (_, config, text) => {
    const node = trial({
      delegate: async (type) => {
        if (type === 'absent') throw new CniError(120, 'failed to find plugin "absent"');
        return undefined;
      },
    });
    if (text !== undefined) node.writeScratch('pod1', text);
    await node.plugin.DEL(node.call('DEL', { config }));
    // What has the endpoint's id, its name or the lease goes all the same.
    expect(node.asked.at(-1)).toMatchObject({ type: 'win-bridge', call: { network: 'cbr0' } });
    expect(ipamAsked(node, -1)).toEqual({ type: 'host-local', subnet: '10.244.1.0/24' });
    expect(node.scratchNames()).toEqual([]);
  });

  it('with nothing remembered tells what fails in a delegate that is there', async () => {
    const broken = async () => {
      throw new CniError(7, 'invalid network configuration: ipam: broken');
    };
    const node = trial({ delegate: broken });
    const config = { delegate: { type: 7 } };
    expect((await failure(node.plugin.DEL(node.call('DEL', { config })))).code).toBe(7);
  });

  it('with nothing remembered looks for the lease where the reference has it, too', async () => {
    const node = trial();
    await node.plugin.DEL(node.call('DEL', { config: { ipam: { dataDir: '/leases' } } }));
    expect(node.asked.map(({ type }) => type)).toEqual(['win-overlay', 'host-local']);
    expect(node.asked[1]?.call.config).toMatchObject({
      name: 'cbr0',
      ipam: { type: 'host-local' },
    });
    expect(node.asked[1]?.call.config).not.toHaveProperty('ipam.dataDir');
  });

  it('removes what a killed ADD left unfinished, of this attachment alone', async () => {
    const node = trial();
    node.writeScratch('.wincni-123-abc123-pod1', 'half');
    node.writeScratch('.wincni-123-abc123-pod1-eth0', 'half');
    node.writeScratch('.wincni-123-abc123-other-pod1', 'half');
    await node.plugin.DEL(node.call('DEL'));
    expect(node.scratchNames()).toEqual(['.wincni-123-abc123-other-pod1']);
  });
});
