import { existsSync, mkdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { configOf, sandboxes, type TrialNode, trialNode } from '../helpers/trial-node.ts';
import { folderOnC, windowsExecutables, windowsJson, withPipes } from './wine.ts';

/** The rights of folders that are made. Wine keeps of them what a mode can say: others have none. */

let node: TrialNode;
beforeEach(() => {
  node = trialNode('overlay', { makeFolder: folderOnC });
});
afterEach(() => node.remove());

const others = (path: string) => statSync(path).mode & 0o007;

it('state and log are in folders that others may not enter, and other folders are as they were', async () => {
  const plain = join(node.folder, 'plain');
  mkdirSync(plain, { mode: 0o755 });
  rmSync(node.leaseFolder, { recursive: true, force: true });
  const logFile = join(node.folder, 'logs', 'wincni.log');
  const run = await withPipes({
    file: join(windowsExecutables, 'flannel.exe'),
    stdin: windowsJson(JSON.stringify(configOf(node, 'flannel-overlay', { logFile }))),
    env: {
      WINCNI_HNS: 'simulator',
      WINCNI_HNS_STATE: join(node.folder, 'hns'),
      CNI_COMMAND: 'ADD',
      CNI_CONTAINERID: 'pod1',
      CNI_NETNS: sandboxes.first,
      CNI_IFNAME: 'eth0',
      CNI_PATH: node.folder,
    },
  });
  expect(run).toMatchObject({ exitCode: 0, stderr: '' });
  expect(existsSync(logFile)).toBe(true);
  const made = [join(node.leaseFolder, 'flannel.4096'), node.scratchFolder, join(logFile, '..')];
  expect(made.map(others)).toEqual([0, 0, 0]);
  expect(others(plain)).toBe(0o005);
});
