import { join } from 'node:path';
import { goProgram, isInPath, referenceHostLocal } from '../tools.ts';
import { leaseFolder } from './lease-folder.ts';
import { linuxSystem } from './linux.ts';
import { ratioColumns, ratioRow } from './report.ts';
import { type Bench, copies } from './setting.ts';
import { compare, type Making } from './timing.ts';

/** Prints how host-local fares as a /16 fills, ours beside the reference on the same files. */
export async function benchLeases(bench: Bench): Promise<void> {
  const { meter, report, rounds } = bench;
  const folder = join(bench.folder, 'leases');
  const { ours: programs } = await linuxSystem({ ...bench, folder });
  const ours = programs('host-local');
  const table = report.table('Linux, host-local in a /16', ratioColumns);
  const against = (what: string, one: Making, other: Making, budget?: number) =>
    ratioRow(table, what, compare(meter, rounds, one, other), budget);
  const none = leaseFolder(join(folder, 'none'), 0);
  const half = leaseFolder(join(folder, 'half'), 32_800);
  const most = leaseFolder(join(folder, 'most'), 64_900);
  against(
    'ADD, 99 % taken : none taken, both ours',
    () => most.add(ours),
    () => none.add(ours),
    1.3,
  );
  against(
    'DEL, 99 % taken : none taken, both ours',
    () => most.del(ours, true),
    () => none.del(ours, true),
  );
  const reference = isInPath('go') ? goProgram(referenceHostLocal) : undefined;
  if (!reference) {
    report.notMeasured('Linux, host-local in a /16 : the reference', 'no Go');
    return;
  }
  const [theirs = ''] = copies(join(folder, 'reference'), [reference]);
  for (const [taken, leases] of [
    ['50 %', half],
    ['99 %', most],
  ] as const) {
    against(
      `ADD, ${taken} taken : reference (Go)`,
      () => leases.add(ours),
      () => leases.add(theirs),
    );
  }
  for (const [how, told] of [
    ['DEL', true],
    ['DEL without prevResult', false],
  ] as const) {
    against(
      `${how}, 99 % taken : reference (Go)`,
      () => most.del(ours, told),
      () => most.del(theirs, told),
    );
  }
}
