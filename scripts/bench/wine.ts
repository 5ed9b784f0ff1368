import { mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { basename, join } from 'node:path';
import { isInPath, referenceHostLocal } from '../tools.ts';
import { copyForWine } from '../wine-copy.ts';
import { openWinePrefix, type WinePrefix } from '../wine-prefix.ts';
import { benchAgainstNode } from './against-node.ts';
import { addressOf } from './commands.ts';
import type { Timed } from './meter.ts';
import { benchNative } from './native.ts';
import { benchProgram } from './program.ts';
import { ratioRow } from './report.ts';
import { type Bench, copies, ownPrograms, type System } from './setting.ts';
import { compare } from './timing.ts';

/** Prints the figures of the Windows executables. All that are compared are copies (wine-copy.ts). */
export async function benchUnderWine(bench: Bench): Promise<void> {
  const { folder, meter, places, report, rounds } = bench;
  if (!isInPath('wine')) {
    report.notMeasured('Under Wine', 'there is no Wine');
    return;
  }
  // Making it has the prefix to itself.
  const harness = await benchProgram(places, 'win32-x64');
  const prefix = await openWinePrefix(places);
  // In drive C by name, and in memory by place.
  const drive = join(prefix.driveC, 'bench');
  mkdirSync(join(folder, 'drive'));
  rmSync(drive, { recursive: true, force: true });
  symlinkSync(join(folder, 'drive'), drive);
  try {
    const system = wineSystem(prefix, drive, harness);
    const table = benchAgainstNode(bench, system);
    const reference = prefix.goProgram(referenceHostLocal);
    if (!reference) {
      report.notMeasured('Wine, against the reference', 'no Go, or no gcc-mingw-w64-x86-64');
      return;
    }
    const [theirs = ''] = copies(join(drive, 'reference'), [reference]);
    const leases = compare(
      meter,
      rounds,
      (round) => system.command(addressOf(system.ours('host-local'), join(drive, 'ours'), round)),
      (round) => system.command(addressOf(theirs, join(drive, 'theirs'), round)),
    );
    ratioRow(table, 'host-local ADD, few leases : reference (Go)', leases);
    await benchNative(bench, system, prefix);
  } finally {
    rmSync(drive, { force: true });
    prefix.end();
  }
}

function wineSystem(prefix: WinePrefix, drive: string, packed: string): System {
  const ours = ownPrograms(join(drive, 'programs'), join(prefix.executables, 'wincni.exe'));
  const [node = ''] = copies(join(drive, 'programs'), [prefix.node]);
  const harness = copyForWine(packed, join(drive, 'programs', basename(packed)));
  const command = (timed: Timed) => underWine(prefix, timed);
  return {
    name: 'Wine',
    folder: join(drive, 'files'),
    bare: () => command({ file: node, args: ['-e', '0'] }),
    ours,
    harness: () => harness,
    command,
  };
}

/** A command as Wine runs it: paths in drive C are Windows' there. */
function underWine({ driveC, env }: WinePrefix, timed: Timed): Timed {
  const windows = (text: string) =>
    text.startsWith(driveC) ? text.replace(driveC, 'C:').replaceAll('/', '\\') : text;
  const config = (text: string) =>
    JSON.stringify(JSON.parse(text), (_, value: unknown) =>
      typeof value === 'string' ? windows(value) : value,
    );
  const variables = Object.entries(timed.env ?? {}).map(([key, value]) => [key, windows(value)]);
  return {
    file: 'wine',
    args: [timed.file, ...(timed.args ?? [])],
    cwd: driveC,
    env: { ...Object.fromEntries(variables), ...env },
    ...(timed.stdin ? { stdin: config(timed.stdin) } : {}),
  };
}
