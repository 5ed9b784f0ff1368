import { globSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { compilersBeside } from '../../scripts/windows/started-processes.ts';
import { root } from '../helpers/trial-node.ts';
import { pluginsBy } from './plugins.ts';
import { ownScript, runPowerShell, type Watch, watchProcesses } from './powershell-5.1.ts';
import { setting } from './setting.ts';

/** For Windows alone: our scripts in the parser that will read them, and what PowerShell starts to run them. */

const asked = setting();
const scripts = [
  'hns-bridge/powershell/bootstrap.txt',
  ...globSync('{hns-bridge,plugins,deploy,scripts}/**/*.ps1', { cwd: root }),
];

it('is Windows PowerShell 5.1', async () => {
  const { lines } = await runPowerShell('-Command', '$PSVersionTable.PSVersion.ToString(2)');
  expect(lines).toEqual(['5.1']);
});

it('its parser takes every script of ours', async () => {
  expect(scripts.length).toBeGreaterThan(5);
  const paths = scripts.map((name) => join(root, name));
  const { lines } = await runPowerShell('-File', ownScript('parse-scripts.ps1'), ...paths);
  expect(lines.map((line) => line.split('\t'))).toEqual(paths.map((path) => [path, '']));
});

it('its parser refuses what is no script', async () => {
  const { lines } = await runPowerShell(
    '-File',
    ownScript('parse-scripts.ps1'),
    join(root, 'LICENSE'),
  );
  expect(lines[0]).toMatch(/\tline \d+: /);
});

let watch: Watch | undefined;
beforeAll(async () => {
  watch = await watchProcesses();
});
afterAll(() => watch?.end());

it('PowerShell reads HNS without a compiler', async () => {
  const config = { cniVersion: '1.1.0', name: 'wincni-windows-nowhere', type: 'win-bridge' };
  const env = {
    CNI_CONTAINERID: 'wincni-windows-pod1',
    CNI_NETNS: '99999999-9999-4999-8999-999999999999',
    CNI_IFNAME: 'eth0',
    CNI_PATH: asked.executables,
  };
  // DEL loads the functions of HNS, and finds nothing to delete; STATUS does without them.
  for (const CNI_COMMAND of ['STATUS', 'DEL']) {
    const start = pluginsBy(asked, 'powershell');
    await start('win-bridge', { ...env, CNI_COMMAND }, JSON.stringify(config));
  }
  // One that does compile: what comes after it in the list has been waited for.
  const control = await runPowerShell(
    '-Command',
    "Add-Type -TypeDefinition 'public class Control { }'",
  );
  const ofControl = ({ name, parent }: { readonly name: string; readonly parent: number }) =>
    name === 'csc.exe' && parent === control.pid;
  await watch?.until(ofControl);
  const seen = watch?.seen ?? [];
  expect(seen.filter(({ name }) => name === 'powershell.exe').length).toBeGreaterThanOrEqual(3);
  expect(compilersBeside(seen, control.pid ?? 0)).toEqual([]);
});
