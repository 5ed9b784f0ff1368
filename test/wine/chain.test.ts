import {
  copyFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { pluginNames } from '../../plugins/registry.ts';
import {
  configOf,
  type Json,
  root,
  sandboxes,
  type TrialNode,
  trialNode,
} from '../helpers/trial-node.ts';
import {
  driveC,
  folderOnC,
  windowsExecutables,
  windowsPath,
  withFiles,
  withoutConsole,
  withPipes,
} from './wine.ts';

const ways = [
  { way: 'pipes', start: withPipes },
  { way: 'files', start: withFiles },
  { way: 'no console', start: withoutConsole },
];
const executable = (name: string) => join(windowsExecutables, `${name}.exe`);

/** flanneld's file and the plugins' folders where a configuration says nothing: on drive C. */
const subnetFile = join(driveC, 'run', 'flannel', 'subnet.env');
const scratchFolder = join(driveC, 'var', 'lib', 'cni', 'flannel');
const leaseFolder = join(driveC, 'var', 'lib', 'cni', 'networks');

function clear(): void {
  for (const folder of ['run', 'var'])
    rmSync(join(driveC, folder), { recursive: true, force: true });
}

let node: TrialNode;
beforeEach(() => {
  clear();
  node = trialNode('overlay', { makeFolder: folderOnC });
});
afterEach(() => {
  node.remove();
  clear();
});

const environment = (command: string, more: Readonly<Record<string, string>> = {}) => ({
  CNI_COMMAND: command,
  CNI_CONTAINERID: 'pod1',
  CNI_NETNS: sandboxes.first,
  CNI_IFNAME: 'eth0',
  CNI_PATH: node.folder,
  WINCNI_HNS: 'simulator',
  WINCNI_HNS_STATE: join(node.folder, 'hns'),
  ...more,
});

/** As an editor of Windows saves it. */
const windowsText = (text: string) => `\uFEFF${text.replaceAll('\n', '\r\n')}`;

describe.each(ways)('started with $way', ({ start }) => {
  it.each(pluginNames)('%s answers VERSION', async (name) => {
    const env = { CNI_COMMAND: 'VERSION' };
    const run = await start({ file: executable(name), env, stdin: '' });
    expect(run).toMatchObject({ exitCode: 0, stderr: '' });
    expect(JSON.parse(run.stdout)).toHaveProperty('supportedVersions');
  });

  it('the chain plays on drive C, where nothing says otherwise, with files of Windows', async () => {
    mkdirSync(dirname(subnetFile), { recursive: true });
    const env = readFileSync(join(root, 'test/fixtures/flannel/overlay.env'), 'utf8');
    writeFileSync(subnetFile, windowsText(env));
    const { subnetFile: _, dataDir: __, ipam: ___, ...config } = configOf(node, 'flannel-overlay');
    const ask = (command: string, changes: Json = {}) =>
      start({
        file: executable('flannel'),
        env: environment(command),
        stdin: windowsText(JSON.stringify({ ...config, ...changes }, null, 2)),
      });
    const added = await ask('ADD');
    expect(added).toMatchObject({ exitCode: 0, stderr: '' });
    const prevResult = JSON.parse(added.stdout);
    expect(prevResult).toMatchObject({ ips: [{ address: '10.244.1.2/24', interface: 0 }] });
    expect(readdirSync(scratchFolder)).toEqual(['pod1']);
    const lease = readFileSync(join(leaseFolder, 'flannel.4096', '10.244.1.2'), 'utf8');
    expect(lease).toBe('pod1\r\neth0');
    expect(await ask('CHECK', { prevResult })).toEqual({ exitCode: 0, stdout: '', stderr: '' });
    expect(await ask('DEL', { prevResult })).toEqual({ exitCode: 0, stdout: '', stderr: '' });
    expect(readdirSync(scratchFolder)).toEqual([]);
    expect(existsSync(join(leaseFolder, 'flannel.4096', '10.244.1.2'))).toBe(false);
    expect(node.hns().endpoints).toEqual([]);
  });

  it('an error is one document on stdout, and nothing on stderr', async () => {
    const config = configOf(node, 'win-overlay', { name: 'nowhere' });
    const stdin = JSON.stringify(config, (_, value: unknown) =>
      typeof value === 'string' ? windowsPath(value) : value,
    );
    const env = environment('CHECK');
    const run = await start({ file: executable('win-overlay'), env, stdin });
    expect(run).toMatchObject({ exitCode: 1, stderr: '' });
    expect(JSON.parse(run.stdout)).toMatchObject({
      code: 7,
      msg: expect.stringContaining('prevResult'),
    });
  });
});

describe('a name on Windows', () => {
  it('decides in any letter case, for a copy and for a hard link', async () => {
    const about = async (path: string) =>
      (await withPipes({ file: path, env: {}, stdin: '' })).stderr.split(' ')[1];
    const copy = join(node.folder, 'WIN-OVERLAY.EXE');
    copyFileSync(executable('wincni'), copy);
    expect(await about(copy)).toBe('win-overlay');
    const link = join(node.folder, 'Flannel.exe');
    linkSync(copy, link);
    expect(await about(link)).toBe('flannel');
  });
});

describe('host-local on Windows', () => {
  it('names the leases of IPv6 addresses with underscores', async () => {
    const config = {
      cniVersion: '1.0.0',
      name: 'dual',
      ipam: {
        type: 'host-local',
        ranges: [[{ subnet: '10.9.0.0/24' }], [{ subnet: 'fd00:9::/64' }]],
      },
    };
    const env = environment('ADD');
    const stdin = JSON.stringify(config);
    const run = await withPipes({ file: executable('host-local'), env, stdin });
    expect(JSON.parse(run.stdout).ips).toMatchObject([
      { address: '10.9.0.2/24' },
      { address: 'fd00:9::2/64' },
    ]);
    const names = readdirSync(join(leaseFolder, 'dual'));
    expect(names).toEqual(expect.arrayContaining(['10.9.0.2', 'fd00_9__2']));
    const del = { file: executable('host-local'), env: environment('DEL'), stdin };
    expect(await withPipes(del)).toEqual({ exitCode: 0, stdout: '', stderr: '' });
    expect(readdirSync(join(leaseFolder, 'dual')).filter((name) => /^[\df]/.test(name))).toEqual(
      [],
    );
  });
});

describe('an IPAM executable on Windows', () => {
  const reference = process.env['WINCNI_REFERENCE_HOST_LOCAL_EXE'] ?? '';
  if (reference === '') {
    process.stdout.write(
      '*** NOT TESTED: another IPAM executable under Wine; it needs Go and gcc-mingw-w64-x86-64\n',
    );
  }
  it.runIf(reference !== '' || process.env['CI'])(
    'is found in CNI_PATH and asked: the reference host-local',
    async () => {
      node.remove();
      node = trialNode('alone', { makeFolder: folderOnC });
      copyFileSync(reference, join(node.folder, 'other-ipam.exe'));
      const ipam = { type: 'other-ipam', subnet: '10.244.3.0/24', dataDir: node.leaseFolder };
      const config = configOf(node, 'win-overlay', { ipam });
      const stdin = JSON.stringify(config, (_, value: unknown) =>
        typeof value === 'string' ? windowsPath(value) : value,
      );
      const ask = (command: string) => {
        const env = environment(command, {
          CNI_PATH: `${driveC}/nowhere;${windowsPath(node.folder)}`,
        });
        return withPipes({ file: executable('win-overlay'), env, stdin });
      };
      const added = await ask('ADD');
      expect(added).toMatchObject({ exitCode: 0, stderr: '' });
      expect(JSON.parse(added.stdout)).toMatchObject({ ips: [{ address: '10.244.3.2/24' }] });
      expect(node.leases('vxlan0')).toEqual(['10.244.3.2']);
      expect(await ask('DEL')).toEqual({ exitCode: 0, stdout: '', stderr: '' });
      expect(node.leases('vxlan0')).toEqual([]);
    },
  );
});
