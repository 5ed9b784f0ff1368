import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  linkSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { configOf, root, sandboxes, trialNode } from '../helpers/trial-node.ts';

/** The compiled code in the executable, and the same executable when Node refuses all of it. */

const linux = join(root, 'dist', 'linux-x64');
const warm = join(root, 'build', 'warm-up', 'wincni', 'parts');
const caches = readdirSync(warm).filter((name) => name.endsWith('.cache'));

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'wincni-parts-'));
  const bytes = readFileSync(join(linux, 'wincni'));
  for (const name of caches) {
    const at = bytes.indexOf(readFileSync(join(warm, name)));
    if (at < 0) throw new Error(`${name} is not in the executable`);
    // What says which V8 it is for.
    bytes.writeUInt32LE(~bytes.readUInt32LE(at + 4) >>> 0, at + 4);
  }
  writeFileSync(join(folder, 'wincni'), bytes);
  chmodSync(join(folder, 'wincni'), 0o755);
  for (const name of ['flannel', 'win-overlay', 'host-local']) {
    linkSync(join(folder, 'wincni'), join(folder, name));
  }
});
afterAll(() => rmSync(folder, { recursive: true }));

const tell = (file: string) =>
  spawnSync(file, ['version', '--verbose'], { encoding: 'utf8' }).stdout;

describe('compiled code', () => {
  it('is taken for every part that a command on Linux needs, and for no other is there any', () => {
    const parts = readdirSync(join(root, 'build', 'parts', 'wincni')).length;
    const told = tell(join(linux, 'wincni'));
    expect(told).toContain(`taken for ${caches.length} of ${parts} parts`);
    expect(told).not.toContain('refused');
    // HNS by its own libraries, which only Windows has.
    expect(told).toMatch(/^ {2}none: native-\w+$/m);
  });

  it('is told when it is refused', () => {
    const told = tell(join(folder, 'wincni'));
    expect(told).toContain('taken for 0 of');
    expect(told).toMatch(/^ {2}refused: .*\bmain\b/m);
  });

  it('may be refused: the commands do the same, without a word', () => {
    const [usual, refused] = [linux, folder].map((executables) => lifeBy(executables));
    expect(refused).toEqual(usual);
    expect(usual?.map(({ exitCode }) => exitCode)).toEqual([0, 0, 0, 0, 0, 1]);
    expect(usual?.map(({ stderr }) => stderr).join('')).toBe('');
  });
});

/** What came of each command of a pod's life. */
function lifeBy(executables: string) {
  const node = trialNode('overlay');
  const ask = (command: string, more: object = {}) => {
    const config = { ...configOf(node, 'flannel-overlay', { cniVersion: '1.1.0' }), ...more };
    const { status, stderr, stdout } = spawnSync(join(executables, 'flannel'), {
      input: JSON.stringify(config),
      encoding: 'utf8',
      env: {
        WINCNI_HNS: 'simulator',
        WINCNI_HNS_STATE: join(node.folder, 'hns'),
        CNI_COMMAND: command,
        CNI_CONTAINERID: 'pod1',
        CNI_NETNS: sandboxes.first,
        CNI_IFNAME: 'eth0',
        CNI_PATH: executables,
      },
    });
    return { exitCode: status, stderr, stdout: stdout.replaceAll(node.folder, '') };
  };
  const version = ask('VERSION');
  const status = ask('STATUS');
  const add = ask('ADD');
  const prevResult: unknown = JSON.parse(add.stdout);
  const check = ask('CHECK', { prevResult });
  const del = ask('DEL', { prevResult });
  const after = ask('CHECK', { prevResult });
  node.remove();
  return [version, status, add, check, del, after];
}
