import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import {
  filesBelow,
  hostileRows,
  layBait,
  notTried,
  takenOutUntried,
} from '../helpers/hostile-environment.ts';
import { configOf, root, sandboxes, type TrialNode, trialNode } from '../helpers/trial-node.ts';

/** Whatever stands in the environment, a command does and says the same: nothing of it reaches Node. */

let node: TrialNode;
let expected: ReturnType<typeof add>;
const freshNode = () => {
  node = trialNode('overlay');
  layBait(join(node.folder, 'bait'));
};
beforeAll(() => {
  freshNode();
  expected = add({});
  node.remove();
});
beforeEach(freshNode);
afterEach(() => node.remove());

/** ADD by flannel, with more in its environment: all that is seen of it. */
function add(more: Readonly<Record<string, string>>) {
  const run = spawnSync(join(root, 'dist/linux-x64/flannel'), {
    input: JSON.stringify(configOf(node, 'flannel-overlay')),
    encoding: 'utf8',
    cwd: node.folder,
    timeout: 60_000,
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
  const { signal, status, stderr, stdout } = run;
  return { signal, status, stderr, stdout, files: filesBelow(node.folder) };
}

it('serves ADD where nothing stands in it: the yardstick', () => {
  expect(expected).toMatchObject({ signal: null, status: 0, stderr: '' });
  expect(expected.files).toContain('networks/flannel.4096/10.244.1.2');
});

it.each(hostileRows)('does and says the same with %s', (_, make) => {
  expect(add(make(join(node.folder, 'bait')))).toEqual(expected);
});

it('is tried with every variable that is taken out of Node', () => {
  expect(takenOutUntried).toEqual([]);
});

it('is tried with every variable that Node documents', () => {
  const help = execFileSync('node', ['--help'], { encoding: 'utf8' });
  const [, list = ''] = help.split('Environment variables:');
  const names = [...list.matchAll(/^([A-Z][A-Z0-9_]+)\b/gm)].map(([, name]) => name ?? '');
  expect(names).toContain('NODE_DEBUG');
  expect(notTried(names)).toEqual([]);
});

it('is tried with every variable that Node asks for as it serves', () => {
  const program = join(root, 'plugins/main.ts');
  const trace = spawnSync('node', ['--trace-env', '--no-warnings', program, 'flannel'], {
    encoding: 'utf8',
    env: { PATH: process.env['PATH'] },
  });
  const names = [...trace.stderr.matchAll(/^\[--trace-env\] get "(\w+)"/gm)].map(
    ([, name]) => name ?? '',
  );
  expect(names).toContain('NODE_CHANNEL_FD');
  // What we ask for ourselves is for us.
  expect(notTried(names.filter((name) => !/^(?:WIN)?CNI_/.test(name)))).toEqual([]);
});
