import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { attachingPlugins } from '../../../cni/attaching.ts';
import { modes } from '../../../plugins/attach/modes.ts';
import { pluginNames } from '../../../plugins/registry.ts';
import { configOf, type TrialNode, trialNode } from '../../helpers/trial-node.ts';

/** Plugins that attach pods are no IPAM: each would call itself without end. */

let node: TrialNode;
beforeEach(() => {
  node = trialNode('alone');
});
afterEach(() => node.remove());

it('attaching are flannel and all modes, and every plugin but host-local is attaching', () => {
  expect(attachingPlugins).toEqual(['flannel', ...Object.values(modes).map(({ name }) => name)]);
  expect(pluginNames).toEqual([...attachingPlugins, 'host-local']);
});

describe.each(attachingPlugins)('ipam.type %s', (name) => {
  const types = [name, name.toUpperCase(), `${name}.exe`, `${name}.EXE`];

  it.each(types)('written %s is refused by every command, and nothing is done', async (type) => {
    const config = configOf(node, 'nat', { cniVersion: '1.1.0', ipam: { type } });
    for (const command of ['ADD', 'GC', 'STATUS', 'DEL']) {
      const added = { 'cni.dev/valid-attachments': [] };
      const answer = await node.run({ plugin: 'nat', command, config: { ...config, ...added } });
      expect([command, answer]).toMatchObject([
        command,
        {
          exitCode: 1,
          document: {
            code: 7,
            msg: `invalid network configuration: ipam.type: expected a plugin that gives addresses, found "${type}", which attaches pods`,
          },
        },
      ]);
    }
    expect(node.calls().filter(({ operation }) => /Create|POST/.test(operation))).toEqual([]);
  });
});
