import { chmodSync, linkSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { gatherFacts } from '../../../../plugins/wincni/facts/gather.ts';
import { trialOperator } from '../../../../scripts/trial-operator.ts';
import { configOf, trialNode } from '../../../helpers/trial-node.ts';
import { rootedNode } from './rooted-node.ts';

/** A crictl that answers what is said of each of its words. */
function crictlOf(
  answers: Readonly<Record<string, { out?: string; err?: string; code?: number }>>,
) {
  return [
    `#!${process.execPath}`,
    `const answers = ${JSON.stringify(answers)};`,
    'const [flag, endpoint, word] = process.argv.slice(2);',
    "const { out = '', err = '', code = 0 } = answers[word] ?? { code: 9 };",
    "process.stdout.write(out.replace('ENDPOINT', flag + ' ' + endpoint));",
    'process.stderr.write(err);',
    'process.exitCode = code;',
  ].join('\n');
}

const pods = {
  items: [{ id: 'pod1', state: 'SANDBOX_READY', metadata: { name: 'web', namespace: 'default' } }],
};

const well = {
  version: { out: 'Version:  0.1.0\nRuntimeName:  containerd\nRuntimeVersion:  v1.7.22\n' },
  info: {
    out: JSON.stringify({
      lastCNILoadStatus: 'OK',
      cniconfig: { PluginMaxConfNum: 1, said: 'ENDPOINT' },
      config: { cni: { confDir: '/x' }, registry: { configs: { r: { auth: { password: 'p' } } } } },
    }),
  },
  pods: { out: JSON.stringify(pods) },
};

/** This machine as a node: its configuration, its plugins and its crictl in a folder of the test's. */
function machineNode(answers: Parameters<typeof crictlOf>[0] = well) {
  const { machine, node } = rootedNode();
  const folder = (name: string) => {
    const path = join(node.folder, name);
    mkdirSync(path, { recursive: true });
    return path;
  };
  const [bin, conf, plugins] = [folder('path'), folder('conf'), folder('bin')];
  writeFileSync(join(bin, 'crictl'), crictlOf(answers));
  chmodSync(join(bin, 'crictl'), 0o755);
  const env = { ...machine.env, PATH: `relative:${bin}` };
  const program = join(plugins, 'win-overlay');
  writeFileSync(program, 'ours');
  linkSync(program, join(plugins, 'flannel'));
  writeFileSync(join(plugins, 'win-bridge'), 'ours');
  writeFileSync(join(plugins, 'host-local'), 'theirs');
  writeFileSync(join(plugins, 'readme.txt'), 'text');
  mkdirSync(join(plugins, 'folder'));
  const { operator } = trialOperator({ machine: { ...machine, env } });
  const gather = () =>
    gatherFacts(
      { ...operator, program: { ...operator.program, file: program } },
      { confDir: conf, binDir: plugins },
    );
  return { gather, node, conf, plugins };
}

test('the runtime tells its version, its sandboxes, and what it has loaded of CNI', async () => {
  const { gather } = machineNode();
  const facts = await gather();
  expect(facts.containerd).toEqual({ files: [], version: '1.7.22' });
  expect(facts.criInfo).toEqual({
    lastCNILoadStatus: 'OK',
    cniconfig: {
      PluginMaxConfNum: 1,
      said: '--runtime-endpoint npipe:////./pipe/containerd-containerd',
    },
    config: { cni: { confDir: '/x' } },
  });
  for (const { sandboxes } of facts.looks) {
    expect(sandboxes).toEqual([
      { id: 'pod1', state: 'SANDBOX_READY', name: 'web', namespace: 'default' },
    ]);
  }
});

test.each([
  ['fails', { code: 1, err: 'first\nconnect: Access is denied.' }, 'administrator', 'Access is'],
  ['ends without a word', { code: 1 }, 'failed', 'exit code 1'],
  ['answers garbage', { out: 'no JSON' }, 'failed', 'no JSON object'],
  ['answers something else', { out: '{"items":[{"id":7}]}' }, 'failed', 'items.0.id'],
])('a crictl that %s is told, and the rest is there', async (_, answer, reason, words) => {
  const facts = await machineNode({ ...well, pods: answer }).gather();
  expect(facts.missing).toContainEqual({
    fact: 'looks.sandboxes',
    reason,
    what: expect.stringContaining(words),
  });
  expect(facts.looks[0]).not.toHaveProperty('sandboxes');
  expect(facts.criInfo).toBeDefined();
});

test('an empty list of pods is one, and not unknown', async () => {
  const facts = await machineNode({ ...well, pods: { out: '{"items":null}' } }).gather();
  expect(facts.looks[0]?.sandboxes).toEqual([]);
});

test('programs are the suite’s by their bytes; others are shown beside them', async () => {
  const { gather, plugins } = machineNode();
  const { programs } = await gather();
  expect(programs.map(({ path, wincni }) => [path, wincni])).toEqual([
    [join(plugins, 'flannel'), '1.2.3'],
    [join(plugins, 'host-local'), undefined],
    [join(plugins, 'readme.txt'), undefined],
    [join(plugins, 'win-bridge'), '1.2.3'],
    [join(plugins, 'win-overlay'), '1.2.3'],
  ]);
  expect(programs[1]).toMatchObject({ size: 6, sha256: expect.stringMatching(/^[\da-f]{64}$/) });
});

test('folders that others may change are among the facts, with the command that mends it', async () => {
  const { gather, plugins } = machineNode();
  chmodSync(plugins, 0o777);
  const { rights } = await gather();
  expect(rights).toContainEqual({
    folder: plugins,
    use: 'bin',
    who: expect.arrayContaining(['everyone']),
    mend: expect.stringContaining(plugins),
  });
});

test('our log tells how long commands took, and which failed', async () => {
  const { conf, gather, node } = machineNode();
  const logFile = join(node.folder, 'steps.log');
  writeFileSync(join(conf, '10.conf'), JSON.stringify({ type: 'flannel', logFile }));
  const other = trialNode('overlay', { env: { WINCNI_LOG_FILE: logFile } });
  try {
    const config = configOf(other, 'flannel-overlay');
    const request = { plugin: 'flannel', config };
    await other.run({ ...request, command: 'ADD' });
    await other.run({ ...request, command: 'DEL' });
    await other.run({ ...request, command: 'ADD', config: { ...config, delegate: 7 } });
    await other.run({ ...request, command: 'VERSION' });
  } finally {
    other.remove();
  }
  const { log } = await gather();
  expect(log).toMatchObject({ path: logFile, commands: 3, failures: { 7: 1 } });
  expect(log?.p95).toBeGreaterThanOrEqual(log?.p50 ?? Number.NaN);
  expect(Date.parse(log?.from ?? '')).toBeLessThanOrEqual(Date.parse(log?.to ?? ''));
});
