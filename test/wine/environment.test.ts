import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { filesBelow, hostileWindowsRows, layBait } from '../helpers/hostile-environment.ts';
import { configOf, sandboxes, type TrialNode, trialNode } from '../helpers/trial-node.ts';
import { folderOnC, windowsExecutables, windowsJson, windowsPath, withPipes } from './wine.ts';

/** Whatever stands in the environment, the Windows executables do and say the same. */

let node: TrialNode;
let expected: Awaited<ReturnType<typeof add>>;
const freshNode = () => {
  node = trialNode('overlay', { makeFolder: folderOnC });
  layBait(join(node.folder, 'bait'));
};
beforeAll(async () => {
  freshNode();
  expected = await add({});
  node.remove();
});
beforeEach(freshNode);
afterEach(() => node.remove());

async function add(more: Readonly<Record<string, string>>) {
  const run = await withPipes({
    file: join(windowsExecutables, 'flannel.exe'),
    stdin: windowsJson(JSON.stringify(configOf(node, 'flannel-overlay'))),
    env: {
      WINCNI_HNS: 'simulator',
      WINCNI_HNS_STATE: join(node.folder, 'hns'),
      CNI_COMMAND: 'ADD',
      CNI_CONTAINERID: 'pod1',
      CNI_NETNS: sandboxes.first,
      CNI_IFNAME: 'eth0',
      CNI_PATH: node.folder,
      ...more,
    },
  });
  return { ...run, files: filesBelow(node.folder) };
}

it('serves ADD where nothing stands in it: the yardstick', () => {
  expect(expected).toMatchObject({ exitCode: 0, stderr: '' });
  expect(expected.files).toContain('networks/flannel.4096/10.244.1.2');
});

it.each(hostileWindowsRows)('does and says the same with %s', async (_, make) => {
  expect(await add(make(windowsPath(join(node.folder, 'bait'))))).toEqual(expected);
});
