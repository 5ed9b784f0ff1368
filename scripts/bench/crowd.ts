import { readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { readJournal, type SimulatedNode } from '../simulated-node.ts';
import { chainAdd, overlayNode } from './commands.ts';
import { linuxSystem } from './linux.ts';
import type { Cost, Timed } from './meter.ts';
import { ratioColumns, ratioRow } from './report.ts';
import type { Bench, System } from './setting.ts';
import { figureOf, figureOfKnown, ratio } from './timing.ts';

/** So many pods of one node are added. */
const pods = 50;

/** So many rounds, for each is a hundred commands. */
const mostRounds = 3;

/** Prints what it costs to add pods all at once, beside one after another. */
export async function benchCrowd(bench: Bench): Promise<void> {
  const { meter, report } = bench;
  const system = await linuxSystem({ ...bench, folder: join(bench.folder, 'crowd') });
  const processors = availableParallelism();
  const table = report.table(`${pods} chain ADDs at once : one after another`, ratioColumns);
  if (meter.missing !== undefined) {
    report.notMeasured('ADDs at once', meter.missing);
    return;
  }
  let nodes = 0;
  for (const [what, hns] of [
    ['simulated HNS in files, under one lock', 'files'],
    ['simulated HNS in memory (harness), a process its own', 'memory'],
  ] as const) {
    const round = (way: 'plain' | 'crowd'): Round => {
      const node = nodeOfPods(join(system.folder, `${nodes++}`));
      const cost = meter.measure(addsOn(system, node, hns), way);
      return { cost, inHns: hns === 'files' ? secondsInHns(node) : undefined };
    };
    const rounds = Array.from({ length: Math.min(bench.rounds, mostRounds) }, () => ({
      inTurn: round('plain'),
      atOnce: round('crowd'),
    }));
    ratioRow(table, what, {
      wall: figureOf(rounds.map(({ atOnce, inTurn }) => atOnce.cost.wall / inTurn.cost.wall)),
      cpu: figureOfKnown(
        rounds.map(({ atOnce, inTurn }) => ratio(atOnce.cost.cpu, inTurn.cost.cpu)),
      ),
    });
    const [last] = rounds.slice(-1);
    if (!last) continue;
    report.note(`one after another: ${described(last.inTurn, 1)}`);
    report.note(`at once on ${processors}: ${described(last.atOnce, processors)}`);
  }
}

interface Round {
  readonly cost: Cost;
  /** What all of them together spent in calls to HNS, waiting for others' included. */
  readonly inHns: number | undefined;
}

/** What a round's ADDs did with their time. */
function described({ cost, inHns }: Round, processors: number): string {
  const { cpu = Number.NaN, wall, walls } = cost;
  const percent = (part: number, whole: number) => `${Math.round((100 * part) / whole)} %`;
  const together = walls.reduce((sum, each) => sum + each, 0);
  return [
    `${wall.toFixed(2)} s`,
    `an ADD ${figureOf(walls).median.toFixed(2)} s (the longest ${Math.max(...walls).toFixed(2)})`,
    `processors ${percent(cpu, wall * processors)} busy`,
    ...(inHns === undefined ? [] : [`${percent(inHns, together)} of an ADD in HNS’s calls`]),
  ].join(', ');
}

/** A node of the overlay's example with a namespace for each pod. */
function nodeOfPods(folder: string): SimulatedNode {
  const node = overlayNode(folder, '');
  const path = join(node.hnsFolder, 'hns.json');
  const state = JSON.parse(readFileSync(path, 'utf8'));
  const [like] = state.namespaces;
  const namespaces = Array.from({ length: pods }, (_, index) => ({
    ...like,
    Id: namespaceOf(index),
    NamespaceId: index + 2,
  }));
  writeFileSync(path, JSON.stringify({ ...state, namespaces }));
  return node;
}

const namespaceOf = (index: number) =>
  `7e2f9d10-3c55-4b1e-8a27-${index.toString(16).padStart(12, '0')}`;

function addsOn(system: System, node: SimulatedNode, hns: 'files' | 'memory'): readonly Timed[] {
  const { env, ...add } = chainAdd(node, node.hnsFolder);
  const memory = { BENCH_HNS: 'memory', BENCH_STATE: node.hnsFolder };
  return Array.from({ length: pods }, (_, index) =>
    system.command({
      ...add,
      file: hns === 'memory' ? system.harness() : system.ours('flannel'),
      env: {
        ...env,
        ...(hns === 'memory' ? memory : {}),
        CNI_CONTAINERID: `pod${index}`,
        CNI_NETNS: namespaceOf(index),
      },
    }),
  );
}

/** What the journal of a node's HNS has of its calls: each from asking to answering. */
function secondsInHns({ hnsFolder }: SimulatedNode): number {
  return readJournal(hnsFolder).reduce((sum, { ms }) => sum + ms, 0) / 1000;
}
