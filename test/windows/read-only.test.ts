import { describe, expect, it } from 'vitest';
import { pluginNames } from '../../plugins/registry.ts';
import { readNode } from '../../plugins/wincni/acceptance/node-state.ts';
import { withNodeHns } from '../../scripts/windows/node-hns.ts';
import { snapshot } from '../../scripts/windows/snapshot.ts';
import { expectDocument } from '../helpers/operator-document.ts';
import { environmentOf, executable, pluginsBy, run } from './plugins.ts';
import { setting } from './setting.ts';

/** What can be asked of a node without changing it. */

const asked = setting();
const { dry, ways } = asked;

const said = (line: string) => process.stdout.write(`${line}\n`);

describe('the executables start', () => {
  it.each(pluginNames)('%s tells its versions', async (name) => {
    const env = { ...process.env, CNI_COMMAND: 'VERSION' };
    const { exitCode, ms, stderr, stdout } = await run(executable(asked, name), [], env, '{}');
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(JSON.parse(stdout).supportedVersions).toContain('1.1.0');
    said(`${name} VERSION: ${ms} ms`);
  });

  it('wincni tells what it is', async () => {
    const words = ['version', '--json'];
    const { exitCode, ms, stderr, stdout } = await run(
      executable(asked, 'wincni'),
      words,
      process.env,
    );
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expectDocument('version', stdout);
    said(`wincni version: ${ms} ms`);
  });
});

describe.each(ways)('by %s', (way) => {
  it('STATUS of a network that is not there asks HNS, and says so', async () => {
    const config = { cniVersion: '1.1.0', name: 'wincni-windows-nowhere', type: 'win-bridge' };
    const env = { CNI_COMMAND: 'STATUS', CNI_PATH: asked.executables };
    const status = pluginsBy(asked, way)('win-bridge', env, JSON.stringify(config));
    const { exitCode, stdout } = await status;
    expect(exitCode).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      code: 50,
      msg: expect.stringContaining('wincni-windows-nowhere'),
    });
  });

  it('HNS tells its version, and all that it has', async () => {
    const { state } = await withNodeHns(way, dry, readNode);
    expect(state.version.Major).toBeGreaterThanOrEqual(9);
    said(`HNS ${state.version.Major}.${state.version.Minor} by ${way}`);
  });
});

// The executables know no doubles: in a dry run doctor looks by PowerShell's stand-in alone.
it.each(ways.filter((way) => !dry || way === 'powershell'))(
  'doctor looks at the node by %s',
  async (way) => {
    const env = environmentOf(asked, way);
    const { exitCode, stdout } = await run(executable(asked, 'wincni'), ['doctor', '--json'], env);
    // What it finds is the node's; that it could look is ours. 5: it could not.
    expect([0, 3, 4]).toContain(exitCode);
    expectDocument('doctor', stdout);
  },
);

it('both ways see the same', async () => {
  const seen = await Promise.all(
    ways.map(async (way) => snapshot(await withNodeHns(way, dry, readNode))),
  );
  const [first, ...others] = seen;
  for (const other of others) expect(other).toEqual(first);
  expect(seen).toHaveLength(ways.length);
});
