import { afterEach, beforeEach, expect, it } from 'vitest';
import { configOf, type Starter, type TrialNode, trialNode } from '../helpers/trial-node.ts';
import { librariesFolder, run } from './native.ts';

/** node:ffi is experimental: without it, all but the native way is as it was. */

const plugins: Starter = (plugin, env, stdin) => {
  const bundle = process.env['WINCNI_TEST_PLUGIN'] ?? '';
  return run(['--no-experimental-ffi', bundle, plugin, librariesFolder], { ...env }, stdin);
};
let node: TrialNode;
beforeEach(() => {
  node = trialNode('overlay', { start: plugins });
});
afterEach(() => node.remove());

const ask = (command: string, hns: string) =>
  node.run({
    plugin: 'flannel',
    command,
    config: configOf(node, 'flannel-overlay', { cniVersion: '0.4.0', hns: 'native' }),
    env: { WINCNI_HNS: hns },
  });

it.each(['VERSION', 'ADD', 'DEL'])('%s is served where HNS is simulated', async (command) => {
  expect(await ask(command, 'simulator')).toMatchObject({ exitCode: 0, stderr: '' });
});

it('the native way says that this Node cannot', async () => {
  expect(await ask('ADD', '')).toMatchObject({
    exitCode: 1,
    stderr: '',
    document: {
      cniVersion: '0.4.0',
      code: 102,
      msg: 'HNS cannot be reached natively: this Node has no node:ffi',
    },
  });
  expect(node.allLeases()).toEqual([]);
});
