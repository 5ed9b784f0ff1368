import { join } from 'node:path';
import { chainAdd, overlayNode, version } from './commands.ts';
import { type Growth, growthOf, type Measured } from './growth-rule.ts';
import { leaseFolder } from './lease-folder.ts';
import { linuxSystem } from './linux.ts';
import type { Cost, Timed } from './meter.ts';
import { podsNode } from './pods-node.ts';
import type { Table } from './report.ts';
import type { Bench, System } from './setting.ts';

/** What grows, and by which commands it is felt. */
interface Growing {
  readonly what: string;
  /** The smallest first. */
  readonly sizes: readonly number[];
  /** Lays out a size. */
  readonly at: (size: number) => Felt;
}

interface Felt {
  readonly commands: Readonly<Record<string, () => Timed>>;
  readonly idle: () => Timed;
}

/** Prints how costs grow with what there is on a node, and in a configuration. */
export async function benchGrowth(bench: Bench): Promise<void> {
  const system = await linuxSystem({ ...bench, folder: join(bench.folder, 'growth') });
  const factors = { width: 17 };
  const table = bench.report.table('Growth: each size : the smallest', [
    { title: 'wall', ...factors },
    { title: 'CPU', ...factors },
    { title: 'peak memory', ...factors },
    { title: '', width: 24 },
  ]);
  for (const growing of [
    leases(system),
    endpoints(system),
    ...configurations(system),
    attachments(system),
  ]) {
    printGrowth(bench, table, growing);
  }
}

/** As many rounds as tell a line from a square. */
const mostRounds = 7;

function printGrowth(bench: Bench, table: Table, { at, sizes, what }: Growing): void {
  bench.report.note(`${what}: ${sizes.map((size) => size.toLocaleString('en')).join(', ')}`);
  const places = sizes.map((size) => ({ size, felt: at(size) }));
  const names = Object.keys(places[0]?.felt.commands ?? {});
  for (const name of names) {
    const costs = places.map(({ felt, size }) => {
      const run: Cost[] = [];
      const idle: Cost[] = [];
      return { size, felt, run, idle };
    });
    const cost = (make: (() => Timed) | undefined) =>
      bench.meter.measure(make ? [make()] : [], 'plain');
    for (let round = 0; round < Math.min(bench.rounds, mostRounds); round++) {
      // All sizes in turn: the machine's speed may drift.
      for (const { felt, idle, run } of costs) {
        run.push(cost(felt.commands[name]));
        idle.push(cost(felt.idle));
      }
    }
    printRow(table, name, costs);
  }
}

function printRow(table: Table, name: string, measured: readonly Measured[]): void {
  const wall = growthOf(measured, (cost) => cost.wall);
  const cpu = growthOf(measured, (cost) => cost.cpu);
  const memory = growthOf(measured, (cost) => cost.peak, 'memory');
  const sizes = measured.map(({ size }) => size);
  // Processor time tells best: others do not disturb it.
  const { power, verdict } = measured[0]?.run[0]?.cpu === undefined ? wall : cpu;
  const words = power === undefined ? verdict : `${verdict}: ^${power.toFixed(1)}`;
  const cells = [printed(wall), printed(cpu), printed(memory), words];
  if (memory.verdict === 'ABOVE LINEAR') cells[3] = `memory ${memory.verdict}`;
  table.row(`  ${name}`, cells, { sizes, wall, cpu, memory, verdict });
}

const printed = ({ factors }: Growth) =>
  factors.some(Number.isNaN) ? '' : factors.map((factor) => factor.toFixed(2)).join(' ');

function leases({ folder, ours }: System): Growing {
  return {
    what: 'leases of host-local',
    sizes: [0, 16_000, 32_000, 65_000],
    at(size) {
      const leases = leaseFolder(join(folder, `leases-${size}`), size);
      const program = ours('host-local');
      return {
        commands: {
          ADD: () => leases.add(program),
          DEL: () => leases.del(program, true),
          'DEL without prevResult': () => leases.del(program, false),
        },
        idle: () => version(program),
      };
    },
  };
}

function endpoints(system: System): Growing {
  return {
    what: 'endpoints in HNS (in memory), chain',
    sizes: [10, 2_500, 5_000, 10_000],
    at(size) {
      const folder = join(system.folder, `endpoints-${size}`);
      const { add, check, del, idle } = podsNode(system, folder, size, 'endpoints');
      return { commands: { ADD: add, CHECK: check, DEL: del }, idle };
    },
  };
}

function attachments(system: System): Growing {
  return {
    what: 'valid attachments, each with an endpoint, a lease and a scratch file, chain',
    sizes: [1_000, 3_500, 7_000, 14_000],
    at(size) {
      const folder = join(system.folder, `attachments-${size}`);
      const { gc, idle } = podsNode(system, folder, size, 'endpoints and files');
      return { commands: { GC: gc }, idle };
    },
  };
}

/** What a configuration may list: how many, and what becomes of the example's delegate. */
const listed: Readonly<Record<string, (size: number) => object>> = {
  'exceptions of OutBoundNAT': (size) => ({
    policies: [
      policy('OutBoundNAT', { Exceptions: count(size, (index) => `${subnetAt(index)}/24`) }),
    ],
  }),
  policies: (size) => ({
    policies: count(size, (index) =>
      policy('SDNRoute', { DestinationPrefix: `${subnetAt(index)}/24`, NeedEncap: true }),
    ),
  }),
  'port mappings': (size) => ({
    runtimeConfig: {
      portMappings: count(size, (index) => ({
        hostPort: 10_000 + index,
        containerPort: 80,
        protocol: 'tcp',
      })),
    },
  }),
};

const policy = (Type: string, Settings: object) => ({
  name: 'EndpointPolicy',
  value: { Type, Settings },
});

const count = <Item>(size: number, item: (index: number) => Item) =>
  Array.from({ length: size }, (_, index) => item(index));

const subnetAt = (index: number) => `100.${index >> 8}.${index & 255}.0`;

function configurations(system: System): Growing[] {
  return Object.entries(listed).map(([what, list]) => ({
    what: `${what} in a configuration, chain`,
    sizes: [1, 1_250, 2_500, 5_000],
    at(size) {
      const { policies, runtimeConfig } = { policies: undefined, runtimeConfig: {}, ...list(size) };
      const node = overlayNode(join(system.folder, `${what}-${size}`), '');
      const { env, stdin = '', ...rest } = chainAdd(node, system.folder);
      const config = JSON.parse(stdin);
      const delegate = { ...config.delegate, ...(policies ? { policies } : {}) };
      const add = { ...rest, stdin: JSON.stringify({ ...config, delegate, runtimeConfig }) };
      let added = 0;
      const command = (more: Readonly<Record<string, string>>) =>
        system.command({
          ...add,
          file: system.harness(),
          env: { ...env, BENCH_HNS: 'memory', ...more },
        });
      return {
        commands: { ADD: () => command({ CNI_CONTAINERID: `new${added++}` }) },
        idle: () => ({ ...command({ CNI_COMMAND: 'VERSION' }), says: 'supportedVersions' }),
      };
    },
  }));
}
