import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { runPlugin } from '../../scripts/runtime.ts';
import { configOf, root, sandboxes, type TrialNode, trialNode } from '../helpers/trial-node.ts';

/** A foreign plugin that calls ours, which calls it, which calls ours: the circle is cut. */

let node: TrialNode;
beforeEach(() => {
  node = trialNode('alone');
});
afterEach(() => node.remove());

it.each(['ADD', 'DEL', 'GC', 'STATUS'])(
  '%s in a circle ends in an error that says so',
  (command) => {
    const starts = join(node.folder, 'starts');
    const ours = join(root, 'dist/linux-x64/win-bridge');
    const circle = `#!/bin/sh\necho "$CNI_COMMAND" >> '${starts}'\nexec '${ours}'\n`;
    writeFileSync(join(node.folder, 'circle'), circle, { mode: 0o755 });
    writeFileSync(join(node.folder, 'win-bridge'), `#!/bin/sh\nexec '${ours}'\n`, { mode: 0o755 });
    const config = configOf(node, 'win-bridge', { cniVersion: '1.1.0', ipam: { type: 'circle' } });
    const run = runPlugin({
      folder: node.folder,
      command,
      config: { ...config, type: 'win-bridge', 'cni.dev/valid-attachments': [] },
      env: { WINCNI_HNS: 'simulator', WINCNI_HNS_STATE: join(node.folder, 'hns') },
      attachment: { containerId: 'pod1', netns: sandboxes.first, ifName: 'eth0' },
    });
    expect(run).toMatchObject({ exitCode: 1, stderr: '' });
    expect(JSON.parse(run.stdout)['msg']).toContain('8 plugins have called each other already');
    expect(existsSync(starts)).toBe(true);
    const made = readFileSync(starts, 'utf8').trim().split('\n');
    expect(made.filter((line) => line === command)).toHaveLength(8);
  },
);
