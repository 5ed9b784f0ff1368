import { join } from 'node:path';
import { addressOf, chainAdd, overlayNode, version } from './commands.ts';
import type { Timed } from './meter.ts';
import { figureRow, ratioColumns, ratioRow, type Table } from './report.ts';
import type { Bench, System } from './setting.ts';
import { compare, figureOfKnown, type Making, ratio } from './timing.ts';

/** The budgets of a system: architecture.md's table. */
const budgets = {
  Linux: { version: 1.03, hostLocal: 1.35, chain: 1.9, memory: 1.15 },
  Wine: { version: 1.03, hostLocal: 1.25, chain: 1.6, memory: 1.2 },
} as const;

/** Prints what our commands cost beside a Node that does nothing. */
export function benchAgainstNode(bench: Bench, system: System): Table {
  const { meter, report, rounds } = bench;
  const budget = budgets[system.name];
  const table = report.table(`${system.name}, beside bare Node`, ratioColumns);
  const against = (what: string, make: Making, allowed?: number) =>
    ratioRow(table, what, compare(meter, rounds, make, system.bare), allowed);
  const { command, folder, ours } = system;
  against('VERSION', () => command(version(ours('flannel'))), budget.version);
  against(
    'host-local ADD, few leases',
    (round) => command(addressOf(ours('host-local'), join(folder, 'few'), round)),
    budget.hostLocal,
  );
  const simulated = (round: number): Timed => {
    const node = overlayNode(join(folder, `simulated-${round}`), '');
    return command({ ...chainAdd(node, folder), file: ours('flannel') });
  };
  against('chain ADD, simulated HNS in files', simulated, budget.chain);
  against('chain ADD, simulated HNS in memory (harness)', (round) => {
    const node = overlayNode(join(folder, `memory-${round}`), '');
    const { env, ...add } = chainAdd(node, folder);
    return command({ ...add, file: system.harness(), env: { ...env, BENCH_HNS: 'memory' } });
  });
  memoryRows(bench, system, table, budget.memory);
  return table;
}

/** Peak memory; and of that, what lies in no file, and so is each process's own. */
function memoryRows(bench: Bench, system: System, table: Table, budget: number): void {
  const { meter, report } = bench;
  const what = 'peak memory of a chain ADD, simulated HNS in files';
  if (meter.missing !== undefined) {
    report.notMeasured(`${system.name}: ${what}`, meter.missing);
    return;
  }
  const { command, folder, ours } = system;
  const pairs = Array.from({ length: Math.min(bench.rounds, 9) }, (_, round) => {
    const node = overlayNode(join(folder, `peak-${round}`), '');
    const add = command({ ...chainAdd(node, folder), file: ours('flannel') });
    return {
      add: meter.measure([add], 'memory'),
      bare: meter.measure([system.bare()], 'memory'),
    };
  });
  const figure = (of: 'peak' | 'inNoFile') =>
    figureOfKnown(pairs.map(({ add, bare }) => ratio(add[of], bare[of])));
  figureRow(table, what, figure('peak'), budget);
  figureRow(table, 'of that, what lies in no file', figure('inNoFile'));
  const [first] = pairs;
  const mib = (kib: number | undefined) => `${((kib ?? Number.NaN) / 1024).toFixed(1)} MiB`;
  report.note(
    `peak ${mib(first?.add.peak)} : ${mib(first?.bare.peak)}, in no file ${mib(first?.add.inNoFile)} : ${mib(first?.bare.inNoFile)}`,
  );
}
