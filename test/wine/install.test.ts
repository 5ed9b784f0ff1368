import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { expectDocument } from '../helpers/operator-document.ts';
import { configOf, sandboxes, type TrialNode, trialNode } from '../helpers/trial-node.ts';
import {
  driveC,
  folderOnC,
  windowsExecutables,
  windowsJson,
  windowsPath,
  withPipes,
} from './wine.ts';

/**
 * The Windows executable installs itself, on drive C: paths, links and rights as Wine has them. Wine lets a
 * running executable be replaced, which Windows is said not to: that is tried on a disk in memory
 * (test/plugins/wincni/install).
 */

const built = join(windowsExecutables, 'wincni.exe');
let folder = '';
let node: TrialNode;

beforeEach(() => {
  folder = folderOnC();
  node = trialNode('overlay', { makeFolder: folderOnC });
});
afterEach(() => {
  node.remove();
  rmSync(folder, { recursive: true, force: true });
});

const bin = (name = '') => join(folder, 'bin', name);

async function run(file: string, command: string, ...more: readonly string[]) {
  const programs = windowsPath(join(folder, 'wincni'));
  const args = [command, '--program-dir', programs, '--yes', '--json', ...more];
  const { exitCode, stderr, stdout } = await withPipes({ file, args, env: {}, stdin: '' });
  expect({ exitCode, stderr, stdout }).toMatchObject({ exitCode: 0, stderr: '' });
  return expectDocument(command, stdout);
}

/** ADD or DEL of a pod by an installed plugin. */
function cni(command: string) {
  return withPipes({
    file: bin('win-overlay.exe'),
    env: {
      CNI_COMMAND: command,
      CNI_CONTAINERID: 'pod1',
      CNI_NETNS: sandboxes.first,
      CNI_IFNAME: 'eth0',
      CNI_PATH: bin(),
      WINCNI_HNS: 'simulator',
      WINCNI_HNS_STATE: join(node.folder, 'hns'),
    },
    stdin: windowsJson(
      JSON.stringify({
        ...configOf(node, 'win-overlay', { name: 'flannel.4096' }),
        ipam: { type: 'host-local', subnet: '10.244.1.0/24', dataDir: node.leaseFolder },
      }),
    ),
  });
}

describe('the executable installs itself under Wine', () => {
  it('over a foreign plugin, adds a pod, is upgraded while it runs, and goes without a trace', async () => {
    mkdirSync(bin());
    writeFileSync(bin('host-local.exe'), 'another plugin');
    const older = join(folder, 'older', 'wincni.exe');
    mkdirSync(join(folder, 'older'));
    copyFileSync(built, older);
    appendFileSync(older, 'older');
    const where = ['--bin-dir', windowsPath(bin()), '--names', 'win-overlay,host-local'];
    expect(await run(older, 'install', ...where)).toMatchObject({ done: true, left: [] });
    const links = () =>
      new Set(['win-overlay.exe', 'host-local.exe'].map((name) => statSync(bin(name)).ino));
    expect(links().size).toBe(1);
    expect(await cni('ADD')).toMatchObject({ exitCode: 0, stderr: '' });

    const { PATH, HOME, WINEPREFIX, WINEDEBUG } = process.env;
    const asked = {
      CNI_COMMAND: 'ADD',
      CNI_CONTAINERID: 'pod2',
      CNI_NETNS: sandboxes.second,
      CNI_IFNAME: 'eth0',
      CNI_PATH: windowsPath(bin()),
    };
    const env = { PATH, HOME, WINEPREFIX, WINEDEBUG, ...asked };
    // It waits for its configuration.
    const running = spawn('wine', [bin('host-local.exe')], { cwd: driveC, env });
    await once(running, 'spawn');
    await run(built, 'upgrade', ...where);
    expect(readFileSync(bin('host-local.exe')).equals(readFileSync(built))).toBe(true);
    expect(links().size).toBe(1);
    const answer = text(running.stdout);
    running.stdin.end('{}');
    // The old one answers: a configuration without a name.
    expect(await once(running, 'close')).toEqual([1, null]);
    expect(JSON.parse(await answer)).toMatchObject({ code: expect.any(Number) });

    await run(built, 'rollback');
    expect(readFileSync(bin('win-overlay.exe')).equals(readFileSync(older))).toBe(true);
    expect(await cni('DEL')).toMatchObject({ exitCode: 0, stderr: '' });
    await run(built, 'uninstall');
    expect(readdirSync(bin())).toEqual(['host-local.exe']);
    expect(readFileSync(bin('host-local.exe'), 'utf8')).toBe('another plugin');
    expect(existsSync(join(folder, 'wincni'))).toBe(false);
  });
});
