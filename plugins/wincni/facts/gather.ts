import type { OpenHns } from '../../../hns-bridge/open.ts';
import { defined, type MayLack } from '../../../system/defined.ts';
import type { Files } from '../../../system/host.ts';
import { rootedFiles } from '../../../system/rooted-files.ts';
import type { Operator } from '../operator.ts';
import type { Facts, Look } from './facts.ts';
import { gatherFiles } from './gather-files.ts';
import { gatherHns } from './gather-hns.ts';
import { type FoundWindows, gatherWindows } from './gather-windows.ts';
import { gatherLook } from './look.ts';
import type { Places } from './places.ts';
import { type Lacking, lacking as lackingNothing } from './probe.ts';
import { type Progress, progressOf } from './progress.ts';

/** What is looked at, as the operator says it. */
export interface Gathering {
  /** A folder that holds the files of a node: of another machine's, or of a trial. */
  readonly root?: string | undefined;
  /** In the place of what the runtime says. */
  readonly confDir?: string | undefined;
  readonly binDir?: string | undefined;
  /** Milliseconds between the two looks. */
  readonly pause?: number;
}

/** Between two looks: an ADD or a DEL takes about as long. */
const usualPause = 5_000;

/**
 * Gathers the facts of a node. Probe by probe, none of which keeps another from looking: what could not be
 * found out is in `missing`. It changes nothing.
 */
export async function gatherFacts(operator: Operator, asked: Gathering = {}): Promise<Facts> {
  const { machine, program, version } = operator;
  const lacking = lackingNothing();
  const progress = progressOf(operator);
  const files = asked.root === undefined ? machine.files : rootedFiles(machine.files, asked.root);
  try {
    const windows = await windowsOf(operator, asked, lacking, progress);
    const { powershell, processes, services } = windows.facts;
    progress.say('files');
    const { places, ...found } = gatherFiles(
      {
        files,
        said: { conf: asked.confDir, bin: asked.binDir },
        running: defined({ processes, services }),
        drive: driveOf(operator, asked),
      },
      lacking,
    );
    progress.say('the Host Network Service');
    const hns = await gatherHns(operator, places.hns, lacking);
    try {
      const looks = await gatherLooks(operator, { files, hns: hns.open, places, asked }, lacking);
      return defined({
        schema: 1,
        source: 'recorded',
        wincni: version,
        at: new Date(machine.clock.now()).toISOString(),
        hostname: program.hostname,
        platform: program.platform,
        missing: [...lacking.missing],
        ...windows.facts,
        powershell: powershell && defined({ ...powershell, cold: windows.start, warm: hns.start }),
        hns: hns.facts,
        ...found,
        looks,
        programs: [],
        rights: [],
      } satisfies MayLack<Facts>);
    } finally {
      await hns.open?.close();
    }
  } finally {
    progress.end();
  }
}

/**
 * What Windows says of itself: of this machine, and not of a node whose files alone are here. Elsewhere than
 * on Windows a trial's PowerShell is asked, where one is named.
 */
async function windowsOf(
  operator: Operator,
  { root }: Gathering,
  lacking: Lacking,
  progress: Progress,
): Promise<FoundWindows> {
  const { env, platform } = operator.machine;
  const isTrial = platform !== 'win32' && (env['WINCNI_POWERSHELL'] ?? '') !== '';
  if (isTrial || (platform === 'win32' && root === undefined)) {
    return gatherWindows(operator, lacking, progress);
  }
  const what =
    platform === 'win32' ? 'the files of another node are looked at' : 'this system is not Windows';
  lacking.add({ fact: 'windows', reason: platform === 'win32' ? 'not asked' : 'absent', what });
  return { facts: {}, start: undefined };
}

interface LookParts {
  readonly files: Files;
  readonly hns: OpenHns | undefined;
  readonly places: Places;
  readonly asked: Gathering;
}

async function gatherLooks(
  { machine }: Operator,
  { asked, files, hns, places }: LookParts,
  lacking: Lacking,
): Promise<Look[]> {
  const sources = {
    files,
    clock: machine.clock,
    leaseFolders: places.leases,
    scratchFolders: places.scratch,
    calls: hns?.calls,
  };
  const first = await gatherLook(sources, lacking);
  await machine.clock.sleep(asked.pause ?? usualPause);
  return [first, await gatherLook(sources, lacking)];
}

/** The drive that a path without one is on: the system's, where runtimes stand. */
export function driveOf({ machine }: Operator, { root }: Gathering): string | undefined {
  if (root !== undefined || machine.platform !== 'win32') return undefined;
  return machine.env['SystemDrive'] || 'C:';
}
