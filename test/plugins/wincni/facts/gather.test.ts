import { join } from 'node:path';
import { expect, test } from 'vitest';
import { trialOperator } from '../../../../scripts/trial-operator.ts';
import { factsOf, fixture, layOut, rootedNode } from './rooted-node.ts';

test('doctor gathers what lies below a root, and what the simulated HNS says', async () => {
  const node = rootedNode();
  layOut(node.write);
  const { answer, facts } = await factsOf(node, '--json');
  expect(JSON.parse(answer.stdout)).toMatchObject({ schema: 1, checks: expect.any(Array) });
  expect(answer.stderr).toContain('facts.json');
  expect(facts).toMatchObject({
    source: 'recorded',
    hostname: 'win-7',
    folders: {
      conf: ['C:\\etc\\cni\\net.d', 'C:\\k\\cni\\config'],
      bin: ['C:\\opt\\cni\\bin', 'C:\\k\\cni'],
      maxConfNum: 1,
      absent: ['C:\\opt\\cni\\bin'],
    },
    subnetEnv: { path: '/run/flannel/subnet.env', text: fixture('flannel/overlay.env') },
    netConf: { path: 'C:\\etc\\kube-flannel\\net-conf.json' },
    sourceVip: [{ path: 'C:\\k\\sourceVip.json', text: '{"ip4":{"ip":"10.244.4.2/24"}}' }],
  });
  expect(facts.containerd?.files.map(({ path }) => path)).toEqual([
    'C:\\Program Files\\containerd\\config.toml',
    'C:\\Program Files\\containerd\\conf.d\\10-a.toml',
    'C:\\Program Files\\containerd\\conf.d\\20-b.toml',
    'C:\\Program Files\\containerd\\conf.d\\30-c.toml',
  ]);
  expect(facts.configurations.map(({ path }) => path)).toEqual([
    'C:\\etc\\cni\\net.d\\10-flannel.conflist',
    'C:\\etc\\cni\\net.d\\B.conf',
    'C:\\etc\\cni\\net.d\\a.conf',
  ]);
  expect(facts.hns?.ways).toMatchObject([{ way: 'simulator', configured: true }]);
  const hns = node.node.hns();
  expect(facts.hns?.v2?.networks).toHaveLength(hns.networks.length);
  expect(facts.hns?.v1?.endpoints).toHaveLength(hns.endpoints.length);
  expect(facts.hns?.v2?.namespaces).toHaveLength(hns.namespaces.length);
  expect(facts.looks).toHaveLength(2);
  for (const { leases, namespaces, scratch } of facts.looks) {
    expect(leases).toMatchObject([{ network: 'flannel.4096', address: '10.244.4.7' }]);
    expect(scratch).toMatchObject([{ container: 'pod1' }]);
    expect(namespaces).toHaveLength(hns.namespaces.length);
  }
});

test('what was saved is what doctor looks at elsewhere', async () => {
  const node = rootedNode();
  layOut(node.write);
  const there = await factsOf(node, '--json');
  const saved = join(node.node.folder, 'facts.json');
  const here = await node.run('doctor', '--facts', saved, '--json');
  expect(here.stdout).toBe(there.answer.stdout);
  expect(here.exitCode).toBe(there.answer.exitCode);
});

test('the folders that the operator names go before those of the runtime', async () => {
  const node = rootedNode();
  layOut(node.write);
  const folders = ['--conf-dir', 'C:\\k\\cni\\config', '--bin-dir', 'C:\\mine'];
  const { facts } = await factsOf(node, ...folders);
  expect(facts.folders.conf[0]).toBe('C:\\k\\cni\\config');
  expect(facts.folders.bin[0]).toBe('C:\\mine');
  expect(facts.configurations.map(({ path }) => path)).toEqual(['C:\\k\\cni\\config\\cni.conf']);
});

test('garbage in every file is told, and keeps nothing else from being read', async () => {
  const node = rootedNode();
  const garbage = Buffer.from([0xff, 0xfe, 0x00, 0x7b, 0x22, 0x5b, 0x3d, 0x0a]);
  layOut((path) => node.write(path, garbage));
  node.write('C:\\etc\\cni\\net.d\\deep.conf', '['.repeat(200_000));
  node.write('C:\\etc\\cni\\net.d\\folder.conf\\x', '');
  const { answer, facts } = await factsOf(node, '--json');
  expect(JSON.parse(answer.stdout).checks).toBeInstanceOf(Array);
  expect(facts.looks[0]?.leases).toMatchObject([{ address: '10.244.4.7' }]);
  expect(facts.hns?.ways[0]?.version).toBeDefined();
});

test('an HNS that says nothing of use keeps no file from being read', async () => {
  const node = rootedNode({ WINCNI_HNS: 'nonsense' });
  layOut(node.write);
  const { facts } = await factsOf(node);
  expect(facts.configurations).toHaveLength(3);
  expect(facts.hns?.ways.every(({ version }) => version === undefined)).toBe(true);
  expect(facts.missing.map(({ fact }) => fact)).toEqual(
    expect.arrayContaining(['hns.v1', 'hns.v2']),
  );
});

test('a machine of which nothing is known is no well node', async () => {
  const node = rootedNode({ WINCNI_HNS: '' });
  const { answer, facts } = await factsOf(node);
  expect(answer.exitCode).toBe(5);
  expect(facts.missing.map(({ fact }) => fact)).toEqual(
    expect.arrayContaining(['containerd', 'configurations', 'hns.v1']),
  );
});

test('facts that are looked at are of no node', async () => {
  const { run } = rootedNode();
  expect(await run('doctor', '--facts', 'x', '--root', 'y')).toMatchObject({ exitCode: 2 });
  expect(await run('doctor', '--facts', '/nowhere')).toMatchObject({ exitCode: 2 });
});

test.each(['checks', 'limits'])('doctor --help %s', async (topic) => {
  const { run } = rootedNode();
  const help = await run('doctor', '--help');
  expect(help.stdout).toContain(`wincni doctor --help ${topic}`);
  expect(help.stdout.split('\n').every((line) => line.length <= 80)).toBe(true);
  const { exitCode, stdout } = await run('doctor', '--help', topic);
  expect(exitCode).toBe(0);
  expect(stdout).toContain(topic === 'limits' ? 'curl' : 'state.');
  expect(stdout.split('\n').every((line) => line.length <= 80)).toBe(true);
});

test('what is saved has no secrets', async () => {
  const node = rootedNode();
  layOut(node.write);
  const auth = '[plugins."io.containerd.grpc.v1.cri".registry.configs."r".auth]';
  const config = `version = 2\n${auth}\npassword = "hunter2"\n`;
  node.write('C:\\Program Files\\containerd\\config.toml', config);
  const { facts } = await factsOf(node);
  expect(JSON.stringify(facts.containerd)).toContain('password');
  expect(JSON.stringify(facts)).not.toContain('hunter2');
});

test.each([
  ['a person who waits for more than a second', true, 400, true],
  ['a person who does not', true, 0, false],
  ['a program', false, 400, false],
])('%s is told what is looked at, or not', async (_, interactive, step, told) => {
  const { machine, root } = rootedNode();
  let elapsed = 0;
  const clock = {
    ...machine.clock,
    elapsed() {
      elapsed += step;
      return elapsed;
    },
  };
  const { run } = trialOperator({ interactive, machine: { ...machine, clock } });
  const { stderr, stdout } = await run('doctor', '--root', root);
  expect(stderr.includes('looking at pods')).toBe(told);
  // It is wiped: what is written next begins on an empty line.
  if (told) expect(stderr.endsWith(' \r')).toBe(true);
  expect(stdout).not.toContain('looking at');
});

test('of another node’s files on Windows, this node’s HNS is not asked', async () => {
  const node = rootedNode();
  layOut(node.write);
  const { WINCNI_HNS_STATE: _, ...env } = node.machine.env;
  const machine = { ...node.machine, env, platform: 'win32' as const };
  const { run } = trialOperator({ machine });
  const { facts } = await factsOf({ ...node, run });
  expect(facts.hns).toBeUndefined();
  expect(facts.missing).toContainEqual(
    expect.objectContaining({ fact: 'hns', reason: 'not asked' }),
  );
});
