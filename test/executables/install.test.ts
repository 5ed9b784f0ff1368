import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { expectDocument } from '../helpers/operator-document.ts';
import { quickFolder } from '../helpers/quick-folder.ts';
import { root } from '../helpers/trial-node.ts';

/** The executable installs itself: real files, and plugins that run meanwhile. Linux is laxer than Windows is. */

const built = join(root, 'dist', 'linux-x64', 'wincni');

function place() {
  const folder = quickFolder();
  const bin = join(folder, 'bin');
  mkdirSync(bin);
  const words = ['--program-dir', join(folder, 'wincni'), '--yes', '--json'];
  return {
    folder,
    bin,
    run(file: string, command: string, ...more: readonly string[]) {
      const run = spawnSync(file, [command, ...words, ...more], { encoding: 'utf8', env: {} });
      expect({ exitCode: run.status, stderr: run.stderr }).toEqual({ exitCode: 0, stderr: '' });
      return expectDocument(command, run.stdout);
    },
    at: (name: string) => join(bin, name),
  };
}

function version(plugin: string) {
  const env = { CNI_COMMAND: 'VERSION' };
  const { status, stdout } = spawnSync(plugin, { encoding: 'utf8', env, input: '' });
  return { exitCode: status, answers: stdout.includes('supportedVersions') };
}

const answering = { exitCode: 0, answers: true };

describe('the executable installs itself', () => {
  it('from the folder that the build makes: links of one file, which answer', () => {
    const { at, bin, folder, run } = place();
    const { names } = run(built, 'install', '--bin-dir', bin);
    const files = readdirSync(bin).filter((name) => !name.startsWith('.'));
    expect(files.toSorted()).toEqual([...Object.values(names ?? [])].toSorted());
    expect(new Set(files.map((name) => statSync(at(name)).ino)).size).toBe(1);
    expect(version(at('flannel'))).toEqual(answering);
    // By the installed one, too.
    const [release = ''] = readdirSync(join(folder, 'wincni')).filter((name) => /^\d/.test(name));
    run(join(folder, 'wincni', release, 'wincni'), 'uninstall');
    expect(readdirSync(folder)).toEqual(['bin']);
    expect(readdirSync(bin)).toEqual([]);
  });

  it('over a foreign plugin, and over one of ours that runs; rollback gives back every byte', async () => {
    const { at, bin, folder, run } = place();
    writeFileSync(at('host-local'), '#!/bin/sh\nexit 3\n', { mode: 0o755 });
    mkdirSync(join(folder, 'older'));
    const older = join(folder, 'older', 'wincni');
    copyFileSync(built, older);
    appendFileSync(older, 'older');
    run(older, 'install', '--bin-dir', bin);
    const bytes = readFileSync(older);
    // It waits for its configuration, of all commands the longest.
    const running = spawn(at('host-local'), {
      env: {
        CNI_COMMAND: 'ADD',
        CNI_CONTAINERID: 'pod',
        CNI_NETNS: '/run/netns/pod',
        CNI_IFNAME: 'eth0',
        CNI_PATH: bin,
      },
    });
    await once(running, 'spawn');
    run(built, 'upgrade');
    expect(readFileSync(at('host-local')).equals(readFileSync(built))).toBe(true);
    expect(version(at('host-local'))).toEqual(answering);
    run(built, 'rollback');
    expect(readFileSync(at('host-local')).equals(bytes)).toBe(true);
    const ipam = { type: 'host-local', subnet: '10.1.0.0/24', dataDir: join(folder, 'leases') };
    running.stdin.end(JSON.stringify({ cniVersion: '1.1.0', name: 'a', type: 'host-local', ipam }));
    const said = text(running.stdout);
    expect(await once(running, 'close')).toEqual([0, null]);
    expect(await said).toContain('10.1.0.2/24');
    run(built, 'rollback');
    expect(readFileSync(at('host-local'), 'utf8')).toBe('#!/bin/sh\nexit 3\n');
    expect(statSync(at('host-local')).mode & 0o777).toBe(0o755);
    expect(readdirSync(bin)).toEqual(['host-local']);
  });
});
