import { existsSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { simulatorEnv } from '../../scripts/hns-dlls.ts';
import { startsFile } from '../fixtures/powershell/faults.ts';
import {
  configOf,
  type Json,
  type Starter,
  type TrialNode,
  trialNode,
} from '../helpers/trial-node.ts';
import { driveC, folderOnC, nativePlugins, windowsJson, windowsPath, withPipes } from './wine.ts';

/** HNS by its libraries, in the Windows executables. */

let node: TrialNode;
beforeEach(() => {
  node = trialNode('overlay', { start: nativePlugins, makeFolder: folderOnC });
});
afterEach(() => node.remove());

const run = (command: string, changes: Json = {}, env: Readonly<Record<string, string>> = {}) => {
  const config = configOf(node, 'flannel-overlay', { cniVersion: '1.1.0', ...changes });
  // What chooses the simulator in process is not for these.
  return node.run({ plugin: 'flannel', command, config, env: { WINCNI_HNS: '', ...env } });
};
const delegate = (hns: string) => ({
  delegate: { ...Object(configOf(node, 'flannel-overlay')['delegate']), hns },
});
const wasPowerShellStarted = () => existsSync(join(node.folder, 'hns', startsFile));

describe('HNS is reached by its libraries', () => {
  it.each<[string, () => Json, Readonly<Record<string, string>>]>([
    ['hns of flannel', () => ({ hns: 'native' }), {}],
    ['hns of the delegate', () => delegate('native'), {}],
    ['the delegate’s before flannel’s', () => ({ hns: 'powershell', ...delegate('native') }), {}],
    ['WINCNI_HNS before both', () => ({ hns: 'powershell' }), { WINCNI_HNS: 'native' }],
  ])('as said by %s, from ADD to DEL', async (_, changes, env) => {
    const added = await run('ADD', changes(), env);
    expect(added).toMatchObject({ exitCode: 0, stderr: '' });
    const prevResult = added.document ?? {};
    for (const command of ['CHECK', 'STATUS', 'DEL']) {
      const done = await run(command, { ...changes(), prevResult }, env);
      expect([command, done]).toEqual([command, { exitCode: 0, document: undefined, stderr: '' }]);
    }
    expect(node.hns().endpoints).toEqual([]);
    expect(node.allLeases()).toEqual([]);
    expect(node.scratchFiles()).toEqual([]);
    const programs = node.calls().map(({ program }) => program?.toLowerCase());
    expect(new Set(programs)).toEqual(new Set(['flannel.exe']));
    expect(wasPowerShellStarted()).toBe(false);
  });

  it('by neither of them, unless it is said: PowerShell it is', async () => {
    for (const [changes, env] of [
      [{}, {}],
      [{ hns: 'native' }, { WINCNI_HNS: 'powershell' }],
      [{ hns: 'native', ...delegate('powershell') }, {}],
    ] as const) {
      node.remove();
      node = trialNode('overlay', { makeFolder: folderOnC, start: nativePlugins });
      expect(await run('ADD', changes, env)).toMatchObject({ exitCode: 0 });
      expect(wasPowerShellStarted()).toBe(true);
    }
  });

  it('and a pod that was added so is deleted otherwise: it is not remembered', async () => {
    await run('ADD', { hns: 'native' });
    expect(await run('DEL', {}, { WINCNI_HNS: 'native' })).toMatchObject({ exitCode: 0 });
    expect(node.hns().endpoints).toEqual([]);
  });

  it('a wrong word fails no pod: it is passed over, by ADD and by DEL', async () => {
    expect(await run('ADD', { hns: 'cmd' })).toMatchObject({ exitCode: 0 });
    expect(wasPowerShellStarted()).toBe(true);
    expect(node.hns().endpoints).toHaveLength(1);
    expect(await run('DEL', { hns: 'cmd' })).toMatchObject({ exitCode: 0, document: undefined });
    expect(node.hns().endpoints).toEqual([]);
  });
});

describe('a library', () => {
  const system32 = join(driveC, 'windows', 'system32');
  it.each(['computenetwork.dll', 'vmcompute.dll'])(
    'that is not in the system folder is named, and nothing is left: %s',
    async (name) => {
      const [there, aside] = [join(system32, name), join(system32, `${name}.aside`)];
      renameSync(there, aside);
      try {
        const { document } = await run('ADD', { hns: 'native' });
        expect(document).toMatchObject({
          code: 102,
          msg: `a library of HNS is missing: not found: C:\\windows\\system32\\${name}`,
          details: expect.stringContaining('Enable-WindowsOptionalFeature'),
        });
      } finally {
        renameSync(aside, there);
      }
      expect(node.hns().endpoints).toEqual([]);
      expect(node.allLeases()).toEqual([]);
    },
  );
});

describe('an HNS that hangs', () => {
  const simulator = () =>
    simulatorEnv(process.env['WINCNI_TEST_SIMULATOR'] ?? '', join(node.folder, 'hns'));
  const script = (variable: string) => windowsPath(process.env[variable] ?? '');
  const ask = (deadline: number, ...steps: readonly string[]) =>
    withPipes({
      file: process.env['WINCNI_WINE_NODE'] ?? '',
      args: ['--no-warnings', script('WINCNI_TEST_HANG'), String(deadline), ...steps],
      env: simulator(),
      stdin: '',
    });
  /** The plugins as they are, but for their deadline. */
  const impatient: Starter = (plugin, { PATH: _, ...env }, stdin) =>
    withPipes({
      file: process.env['WINCNI_WINE_NODE'] ?? '',
      args: ['--no-warnings', script('WINCNI_TEST_PLUGIN'), plugin, '', '3000'],
      env: { ...env, ...simulator(), WINCNI_HNS: 'native' },
      stdin: windowsJson(stdin),
    });

  it('ends in code 103 at the deadline, though the call never comes back', async () => {
    node.orderFaults([{ operation: 'GET /networks', delayMs: 10_000_000 }]);
    const { exitCode, stderr, stdout } = await ask(2_000, '/globals/version', '/networks/');
    expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: '' });
    expect(JSON.parse(stdout)).toEqual({
      cniVersion: '1.1.0',
      code: 103,
      msg: 'HNS did not answer within 2 s: HNSCall',
      details: expect.stringMatching(/no address given back: DEL.*Restart-Service hns/),
    });
  });

  it('for a while, and answers in time, has done no harm', async () => {
    node.orderFaults([{ operation: 'GET /networks', delayMs: 500 }]);
    const done = { exitCode: 0, stdout: 'all came back\n', stderr: '' };
    expect(await ask(60_000, '/globals/version', '/networks/')).toEqual(done);
  });

  it('has one deadline for all calls of a command', async () => {
    node.orderFaults([{ operation: 'GET /networks', delayMs: 1_200 }]);
    const { exitCode, stdout } = await ask(2_000, '/networks/', '/networks/');
    expect({ exitCode, ...JSON.parse(stdout) }).toMatchObject({ exitCode: 1, code: 103 });
  });

  it('is not asked for anything when the deadline has passed between two calls', async () => {
    const steps = ['/globals/version', 'wait:2000', '/networks/'];
    const { exitCode, stdout } = await ask(2_000, ...steps);
    expect({ exitCode, ...JSON.parse(stdout) }).toMatchObject({
      exitCode: 1,
      code: 103,
      msg: 'HNS was not asked any more, the command has lasted 2 s: HNSCall',
    });
    expect(node.calls().map(({ operation }) => operation)).toEqual(['GET /globals/version']);
  });

  it.each([-400, -200, -15, -3, 0, 10, 40])(
    'answers once or not at all when a call ends so near to the deadline: %i ms',
    async (after) => {
      const { exitCode, stderr, stdout } = await ask(1_000, `until:${after}`);
      expect(stderr).toBe('');
      expect([exitCode, stdout.trim()]).toEqual(
        exitCode === 0 ? [0, 'all came back'] : [1, '{"code":103}'],
      );
    },
  );

  it('keeps the lease, in the version that was asked in, and DEL finds all', async () => {
    node.remove();
    node = trialNode('overlay', { makeFolder: folderOnC, start: impatient });
    node.orderFaults([{ operation: 'CreateEndpoint', delayMs: 10_000_000 }]);
    const config = configOf(node, 'flannel-overlay', { cniVersion: '0.4.0' });
    const added = await node.run({ plugin: 'flannel', command: 'ADD', config });
    expect(added).toMatchObject({
      exitCode: 1,
      stderr: '',
      document: {
        cniVersion: '0.4.0',
        code: 103,
        msg: 'HNS did not answer within 3 s: HcnCreateEndpoint',
      },
    });
    expect(node.allLeases()).toHaveLength(1);
    node.orderFaults([]);
    const deleted = await node.run({ plugin: 'flannel', command: 'DEL', config });
    expect(deleted).toMatchObject({ exitCode: 0, stderr: '' });
    expect([node.hns().endpoints, node.allLeases(), node.scratchFiles()]).toEqual([[], [], []]);
  });
});
