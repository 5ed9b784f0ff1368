import { expect, onTestFinished, test } from 'vitest';
import {
  makeSick,
  pasteExceptions,
  paths,
  type Runner,
  wellNode,
} from '../../../scripts/sick-node.ts';
import { trialOperator } from '../../../scripts/trial-operator.ts';
import { nodeHost } from '../../../system/node-host.ts';

/** In this process, where nobody waits between the two looks. */
const run: Runner = async (words, env) => {
  const plain = nodeHost(process);
  const machine = {
    ...plain,
    env,
    clock: { ...plain.clock, sleep: async () => undefined },
  };
  return trialOperator({ machine }).run(...words);
};

function trialNode() {
  const node = wellNode(run);
  onTestFinished(() => node.remove());
  return node;
}

/** What doctor finds: the checks that are not well, and how badly. */
async function found(node: ReturnType<typeof wellNode>) {
  const { exitCode, stdout } = await node.wincni('doctor', '--json');
  const checks: readonly { readonly id: string; readonly result: string }[] =
    JSON.parse(stdout).checks;
  const wrong = checks.filter(({ result }) => result === 'fail' || result === 'warn');
  return { exitCode, wrong: Object.fromEntries(wrong.map(({ id, result }) => [id, result])) };
}

test('a node that is well is well', async () => {
  expect(await found(trialNode())).toEqual({ exitCode: 0, wrong: {} });
});

test('doctor finds the five ways in which a node is sick and nothing else, and what it says mends them', async () => {
  const node = trialNode();
  makeSick(node);
  expect(await found(node)).toEqual({
    exitCode: 3,
    wrong: {
      'node.known-issue': 'fail',
      'conf.exceptions': 'warn',
      'flannel.leftovers': 'fail',
      'state.endpoint-only': 'warn',
      'state.lease-only': 'warn',
    },
  });
  const { stdout } = await node.wincni('doctor');
  pasteExceptions(node, stdout);
  expect(stdout).toContain(`Remove-Item -LiteralPath ${paths.sourceVip}`);
  node.removeFile(paths.sourceVip);
  expect(stdout).toContain('wincni gc --dry-run');
  expect((await node.wincni('gc', '--dry-run')).exitCode).toBe(4);
  expect((await node.wincni('gc', '--yes')).exitCode).toBe(0);
  expect(await found(node)).toEqual({ exitCode: 3, wrong: { 'node.known-issue': 'fail' } });
  // KB4489899.
  node.update(379);
  expect(await found(node)).toEqual({ exitCode: 0, wrong: {} });
});
