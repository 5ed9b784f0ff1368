import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readState } from '../../../hns-bridge/simulator/state.ts';
import { unexplained } from '../../../plugins/wincni/explain/explanation.ts';
import { chosenByHns } from '../../../plugins/wincni/explain/trial-hns.ts';
import { isLong } from '../../helpers/long.ts';
import { type MemoryNode, memoryNode } from '../../helpers/memory-node.ts';
import { type Json, root, sandboxes } from '../../helpers/trial-node.ts';
import { type Case, eachAlone, mixtures } from '../../parity/cases.ts';
import { firstState } from '../../parity/sides.ts';
import { type Command, comparable, done, explained } from './explain-trial.ts';

/** That what explain says is what the plugin then does: each change of HNS, each file, the answer. */

const namesIn = (folder: string) =>
  readdirSync(join(root, 'test/fixtures', folder)).flatMap(
    (name) => /^(.+)\.(?:json|conflist)$/.exec(name)?.[1] ?? [],
  );

const examples = namesIn('conf').flatMap((conf) =>
  namesIn('hns').flatMap((fixture) => {
    // Of Docker's containers explain cannot know which there are: it takes the pod's for one.
    const isOfDocker = memoryNode(fixture).hns.state().systems.length > 0;
    const dialects = isOfDocker ? (['v1', 'v2'] as const) : (['v2'] as const);
    return dialects.map((dialect) => ({ conf, fixture, dialect }));
  }),
);

it.each(examples)('$conf on $fixture, $dialect', async ({ conf, dialect, fixture }) => {
  const node = memoryNode(fixture);
  const config = inDialect(node.config(conf), dialect);
  await expectSame(node, config, dialect);
});

/** Every other run than the long one plays an eighth of parity's matrix, and mixtures of one seed. */
const matrix = isLong
  ? [...eachAlone, ...mixtures(2_000, 13)]
  : [...eachAlone.filter((_, index) => index % 8 === 0), ...mixtures(20, 13)];

it.each(matrix)('$title', async ({ config, dialect }: Case) => {
  const node = memoryNode('bare');
  // What HNS says to a second exception list is not known: explain takes the simulator's usual word.
  node.hns.setState(readState(JSON.stringify({ ...firstState, rules: {} })));
  await expectSame(node, config, dialect);
});

it('a network that is made, and waited for until it has an address', async () => {
  const node = memoryNode('bare');
  const config = { ...node.config('win-overlay'), createNetwork: true, vni: 4096 };
  await expectSame(node, config, 'v2');
  expect(node.hns.state().networks).toHaveLength(1);
});

async function expectSame(node: MemoryNode, config: Json, dialect: 'v1' | 'v2'): Promise<void> {
  const netns = dialect === 'v2' ? sandboxes.first : 'none';
  const add: Command = { command: 'ADD', config, netns, ip: ipOf(config) };
  const before = node.snapshot();
  const { exitCode, explanation } = await explained(node, add);
  expect(node.snapshot()).toEqual(before);
  const { answer, asked, files } = await done(node, add);
  expect(unexplained(explanation)).toEqual([]);
  const { requests, error, result } = explanation;
  const said = requests.map(({ document, operation, target }) => ({ operation, target, document }));
  expect(comparable(said, [chosenByHns])).toEqual(asked);
  expect(explanation.files.map(({ path }) => path)).toEqual(files);
  expect(exitCode).toBe(answer.exitCode === 0 ? 0 : 3);
  if (answer.exitCode === 0) expect(result?.['ips']).toEqual(answer.document?.['ips']);
  else expect(error).toMatchObject({ code: answer.document?.['code'] });
}

/** Of an IPAM that is another executable, an address of the network. */
function ipOf({ ipam, name }: Json): string {
  return JSON.stringify(ipam)?.includes('azure') && name === 'azure'
    ? '10.240.0.15/16'
    : '10.241.0.15/16';
}

function inDialect(config: Json, dialect: 'v1' | 'v2'): Json {
  const text = JSON.stringify(config);
  return JSON.parse(text.replace(/"apiVersion":\d/, `"apiVersion":${dialect === 'v1' ? 1 : 2}`));
}
