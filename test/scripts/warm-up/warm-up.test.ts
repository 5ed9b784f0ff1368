import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { warmUpOnLinux } from '../../../scripts/warm-up/warm-up.ts';
import { quickFolder } from '../../helpers/quick-folder.ts';
import { root } from '../../helpers/trial-node.ts';

const build = join(root, 'build');
const name = 'warm-up-test';
afterEach(() => rmSync(join(build, 'warm-up', name), { recursive: true, force: true }));

/** Runs a program of a single part as flannel: the files that are left of it. */
async function warmUp(source: string): Promise<readonly string[]> {
  const parts = quickFolder();
  writeFileSync(join(parts, 'main.js'), `(function(module,exports,require){${source}})`);
  const warm = await warmUpOnLinux({
    name,
    places: { root, build },
    parts,
    nodeOptions: [],
    commands: async ({ run }) => {
      await run({ name: 'flannel', env: {}, stdin: '' });
    },
  });
  return readdirSync(warm).map((file) => basename(file));
}

describe('a warm-up', () => {
  it.each([
    ['that answers', "process.stdout.write('{}')"],
    ['that says nothing', ''],
    ['that refuses', "process.stdout.write('{}'); process.exitCode = 1"],
  ])('keeps the code of a command %s', async (_, source) => {
    expect(await warmUp(source)).toEqual(['main.cache', 'main.js']);
  });

  it.each([
    ['ends otherwise than commands do', 'process.exitCode = 3', 'parts: 3'],
    ['fails without an answer', 'process.exitCode = 1', 'parts: 1'],
    ['is killed', "process.kill(process.pid, 'SIGKILL')", 'parts: SIGKILL'],
    ['complains', "process.stderr.write('a warning')", 'parts: a warning'],
  ])('throws where a command %s', async (_, source, message) => {
    await expect(warmUp(source)).rejects.toThrow(message);
  });
});
