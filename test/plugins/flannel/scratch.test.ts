import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { failure } from '../../cni/trial.ts';
import { systemError } from '../../helpers/memory-files.ts';
import { result, subnetEnv, trial } from './trial.ts';

const written = (name: string) =>
  JSON.stringify({ cniVersion: '1.1.0', name, type: 'win-bridge', ipam: { type: 'host-local' } });

it('a scratch file is the delegate’s configuration, and whose it is', async () => {
  const node = trial();
  const delegate = { type: 'win-overlay', dns: {}, IPMASQ: false, Policies: [] };
  const config = { delegate, ipam: { routes: [] }, runtimeConfig: { mac: '' } };
  await node.plugin.ADD(node.call('ADD', { config }));
  expect(readFileSync(join(node.dataDir, 'pod1'), 'utf8')).toBe(
    '{"dns":{},"Policies":[],"name":"cbr0","cniVersion":"1.1.0","type":"win-overlay",' +
      '"ipMasq":false,"ipMasqNetwork":"10.244.0.0/16",' +
      '"ipam":{"type":"host-local","subnet":"10.244.1.0/24","routes":[]},' +
      '"runtimeConfig":{"mac":""},"wincni":{"sandbox":"pod1","ifName":"eth0"}}',
  );
});

const owner = (sandbox: string, ifName: string) => ({ wincni: { sandbox, ifName } });

describe('two attachments that could be taken for one another', () => {
  it('a second interface gets a file of its own, and each is deleted by its own', async () => {
    const node = trial();
    await node.plugin.ADD(node.call('ADD'));
    node.writeSubnetEnv(subnetEnv.replace('10.244.1.1', '10.244.2.1'));
    await node.plugin.ADD(node.call('ADD', { ifName: 'eth1' }));
    expect(node.scratchNames()).toEqual(['pod1', 'pod1-eth1']);
    await node.plugin.DEL(node.call('DEL'));
    expect(node.scratchNames()).toEqual(['pod1-eth1']);
    // A repeated ADD finds its own file, though the plain name is free now.
    await node.plugin.ADD(node.call('ADD', { ifName: 'eth1' }));
    expect(node.scratchNames()).toEqual(['pod1-eth1']);
    await node.plugin.DEL(node.call('DEL', { ifName: 'eth1' }));
    expect(node.asked.map(({ call }) => call.config['ipam'])).toEqual(
      ['10.244.1.0/24', '10.244.2.0/24', '10.244.1.0/24', '10.244.2.0/24', '10.244.2.0/24'].map(
        (subnet) => ({ type: 'host-local', subnet }),
      ),
    );
    expect(node.scratchNames()).toEqual([]);
  });

  it.each([
    ['the interface first', ['pod1', 'eth1'], ['pod1-eth1', 'eth0']],
    ['the container first', ['pod1-eth1', 'eth0'], ['pod1', 'eth1']],
  ] as const)('container pod1-eth1 is not eth1 of pod1, %s', async (_, one, other) => {
    const node = trial();
    await node.plugin.ADD(node.call('ADD'));
    for (const [containerId, ifName] of [one, other]) {
      await node.plugin.ADD(
        node.call('ADD', { containerId, ifName, network: `of-${containerId}` }),
      );
    }
    expect(node.scratchNames()).toHaveLength(3);
    for (const [containerId, ifName] of [one, other]) {
      await node.plugin.DEL(node.call('DEL', { containerId, ifName }));
      expect(node.asked.at(-1)?.call.network).toBe(`of-${containerId}`);
    }
    expect(node.scratchNames()).toEqual(['pod1']);
    expect(node.scratch('pod1')).toMatchObject(owner('pod1', 'eth0'));
  });

  it('eth1 of pod1 has no part in what the reference wrote for container pod1-eth1', async () => {
    const node = trial();
    node.writeScratch('pod1-eth1', written('cbr0'));
    await node.plugin.DEL(node.call('DEL', { ifName: 'eth1' }));
    expect(node.asked[0]?.type).toBe('win-overlay');
    expect(node.scratchNames()).toEqual(['pod1-eth1']);
  });

  it('what the reference wrote for another network is not written over', async () => {
    const node = trial();
    node.writeScratch('pod1', written('other'));
    await node.plugin.ADD(node.call('ADD', { ifName: 'net1' }));
    expect(node.scratchNames()).toEqual(['pod1', 'pod1-net1']);
    expect(node.scratch('pod1')).toEqual(JSON.parse(written('other')));
    await node.plugin.DEL(node.call('DEL', { ifName: 'net1' }));
    expect(node.scratchNames()).toEqual(['pod1']);
  });

  it('what the reference wrote for this network is taken over', async () => {
    const node = trial();
    node.writeScratch('pod1', written('cbr0'));
    await node.plugin.ADD(node.call('ADD'));
    expect(node.scratchNames()).toEqual(['pod1']);
    expect(node.scratch('pod1')).toMatchObject({ type: 'win-overlay', ...owner('pod1', 'eth0') });
  });

  it('when all names are taken, ADD says by whom', async () => {
    const node = trial();
    for (const name of ['pod1', 'pod1-eth0', 'pod1+eth0']) {
      node.writeScratch(name, JSON.stringify({ ...JSON.parse(written('x')), ...owner('o', 'p') }));
    }
    const error = await failure(node.plugin.ADD(node.call('ADD')));
    expect(error.code).toBe(5);
    expect(error.details).toContain('pod1, pod1-eth0, pod1+eth0');
    expect(node.asked).toEqual([]);
  });

  it('a folder that cannot be made, its drive is not there, is told as it is, and is no DEL’s doing', async () => {
    const missing = systemError('ENOENT', 'mkdir', 'Z:\\');
    const makeFolder = () => {
      throw missing;
    };
    const node = trial({ files: (files) => ({ ...files, makeFolder }) });
    await expect(node.plugin.ADD(node.call('ADD'))).rejects.toBe(missing);
    expect(node.asked).toEqual([]);
  });

  it('what a DEL has moved aside stays while another interface is deleted', async () => {
    const aside = '.wincni-7-t00000000abc-pod1';
    const node = trial();
    node.writeScratch(
      aside,
      JSON.stringify({ ...JSON.parse(written('cbr0')), ...owner('pod1', 'eth1') }),
    );
    await node.plugin.DEL(node.call('DEL'));
    expect(node.scratchNames()).toEqual([aside]);
    await node.plugin.DEL(node.call('DEL', { ifName: 'eth1' }));
    expect(node.scratchNames()).toEqual([]);
  });

  it('the same ADD twice at once leaves one file', async () => {
    const node = trial();
    const both = [node.plugin.ADD(node.call('ADD')), node.plugin.ADD(node.call('ADD'))];
    expect(await Promise.all(both)).toEqual([result, result]);
    expect(node.scratchNames()).toEqual(['pod1']);
  });

  it('an interface named with what a file cannot be named with has a file all the same', async () => {
    const node = trial();
    await node.plugin.ADD(node.call('ADD'));
    for (const ifName of ['a*b', 'a?b']) await node.plugin.ADD(node.call('ADD', { ifName }));
    expect(node.scratchNames()).toEqual(['pod1', 'pod1+a_b', 'pod1-a_b']);
    for (const ifName of ['a?b', 'a*b']) await node.plugin.DEL(node.call('DEL', { ifName }));
    expect(node.scratchNames()).toEqual(['pod1']);
  });
});

describe('a workload container of Docker', () => {
  const workload = { containerId: 'work1', netns: 'container:pod1' };

  it('shares the file of its sandbox, which outlives it', async () => {
    const node = trial();
    await node.plugin.ADD(node.call('ADD', { netns: 'none' }));
    const before = node.scratch('pod1');
    const config = { runtimeConfig: { portMappings: [] } };
    await node.plugin.ADD(node.call('ADD', { ...workload, config }));
    expect(node.scratch('pod1')).toEqual(before);
    await node.plugin.DEL(node.call('DEL', workload));
    expect(node.asked.at(-1)?.call).toMatchObject({ command: 'DEL', ...workload });
    expect(node.scratchNames()).toEqual(['pod1']);
    await node.plugin.DEL(node.call('DEL', { netns: '' }));
    expect(node.scratchNames()).toEqual([]);
  });

  it.each(['', '..', '../x', 'a/b', 'a\\b', 'a:b', '.a', 'a\0', 'a\n', 'é'])(
    'of a sandbox %j is code 4, and no file',
    async (id) => {
      const node = trial();
      const netns = `container:${id}`;
      for (const asking of [node.plugin.ADD, node.plugin.DEL, node.plugin.CHECK]) {
        expect((await failure(asking(node.call('ADD', { netns })))).code).toBe(4);
      }
      expect(node.asked).toEqual([]);
      expect(node.scratchNames()).toEqual([]);
    },
  );
});
