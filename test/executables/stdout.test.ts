import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { configOf, root, sandboxes, type TrialNode, trialNode } from '../helpers/trial-node.ts';

/** What a command does when nobody can read its answer. */

let node: TrialNode;
beforeEach(() => {
  node = trialNode('overlay');
});
afterEach(() => node.remove());

type Stdout = 'nobody reads it' | 'its disk is full';
const ways: Stdout[] = ['nobody reads it', 'its disk is full'];

async function run(stdout: Stdout, command: string, config: object) {
  const full = stdout === 'its disk is full' ? openSync('/dev/full', 'w') : undefined;
  const child = spawn(join(root, 'dist/linux-x64/flannel'), {
    stdio: ['pipe', full ?? 'pipe', 'pipe'],
    env: {
      WINCNI_HNS: 'simulator',
      WINCNI_HNS_STATE: join(node.folder, 'hns'),
      CNI_COMMAND: command,
      CNI_CONTAINERID: 'pod1',
      CNI_NETNS: sandboxes.first,
      CNI_IFNAME: 'eth0',
      CNI_PATH: node.folder,
    },
  });
  // Before there is a configuration, and so before there is an answer.
  child.stdout?.destroy();
  child.stdin?.end(JSON.stringify(config));
  const stderr = child.stderr ? await text(child.stderr) : '';
  const exitCode = await new Promise((resolve) => {
    if (child.exitCode !== null) resolve(child.exitCode);
    else child.on('exit', resolve);
  });
  if (full !== undefined) closeSync(full);
  return { exitCode, stderr };
}

describe.skipIf(!existsSync('/dev/full')).each(ways)('stdout, and %s', (stdout) => {
  const line = /^flannel: the answer cannot be written: (?:EPIPE|ENOSPC): [^\n]*\n$/;

  it('takes an ADD back, and says so in a line', async () => {
    const { exitCode, stderr } = await run(stdout, 'ADD', configOf(node, 'flannel-overlay'));
    expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: expect.stringMatching(line) });
    expect(node.hns().endpoints).toEqual([]);
    expect(node.allLeases()).toEqual([]);
    expect(node.scratchFiles()).toEqual([]);
    // It was there.
    const asked = node.calls().map(({ operation }) => operation);
    expect(asked).toContain('CreateEndpoint');
    expect(asked.lastIndexOf('DeleteEndpoint')).toBeGreaterThan(asked.indexOf('CreateEndpoint'));
  });

  it.each(['ADD', 'VERSION', 'CHECK'])('tells of an error of %s in a line', async (command) => {
    const wrong = configOf(node, 'flannel-overlay', { delegate: { type: 'flannel' } });
    const { exitCode, stderr } = await run(stdout, command, wrong);
    expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: expect.stringMatching(line) });
  });
});
