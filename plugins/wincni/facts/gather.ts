import type { OpenHns } from '../../../hns-bridge/open.ts';
import { defined, type MayLack } from '../../../system/defined.ts';
import type { Files } from '../../../system/host.ts';
import { below, rootedFiles } from '../../../system/rooted-files.ts';
import type { Operator } from '../operator.ts';
import { type Crictl, findCrictl } from './crictl.ts';
import type { Facts, Look } from './facts.ts';
import { type FilesFound, gatherFiles } from './gather-files.ts';
import { type FoundHns, gatherHns } from './gather-hns.ts';
import { type FoundWindows, gatherWindows } from './gather-windows.ts';
import { logSummary } from './log-summary.ts';
import { gatherLook } from './look.ts';
import type { Places } from './places.ts';
import { type Lacking, lacking as lackingNothing, NotKnown, probe } from './probe.ts';
import { gatherPrograms } from './programs.ts';
import { type Progress, progressOf } from './progress.ts';
import { gatherRights, usedFolders } from './rights.ts';

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

/** What every probe is given. */
interface Surroundings {
  readonly operator: Operator;
  readonly asked: Gathering;
  /** Of the node. */
  readonly files: Files;
  readonly lacking: Lacking;
  readonly progress: Progress;
}

/**
 * Gathers the facts of a node. Probe by probe, none of which keeps another from looking: what could not be
 * found out is in `missing`. It changes nothing.
 */
export async function gatherFacts(operator: Operator, asked: Gathering = {}): Promise<Facts> {
  const { machine } = operator;
  const files = asked.root === undefined ? machine.files : rootedFiles(machine.files, asked.root);
  const progress = progressOf(operator);
  try {
    return await gather({ operator, asked, files, lacking: lackingNothing(), progress });
  } finally {
    progress.end();
  }
}

async function gather(all: Surroundings): Promise<Facts> {
  const { asked, files, lacking, operator, progress } = all;
  const { machine, program, version } = operator;
  const windows = await windowsOf(all);
  const { environment, powershell, processes, services } = windows.facts;
  const running = defined({ processes, services });
  progress.say('files');
  const said = { conf: asked.confDir, bin: asked.binDir };
  const drive = driveOf(operator, asked);
  const { places, ...found } = gatherFiles({ files, said, running, drive }, lacking);
  progress.say('the runtime');
  const crictl = crictlOf(all, running);
  const runtimeVersion = await tellIf(crictl, lacking, 'containerd.version', (it) => it.version());
  const criInfo = await tellIf(crictl, lacking, 'criInfo', (it) => it.info());
  progress.say('the Host Network Service');
  const hns = isElsewhere(operator, asked)
    ? hnsOfAnother(lacking)
    : await gatherHns(operator, places.hns, lacking);
  try {
    const looks = await gatherLooks(all, places, hns.open, crictl);
    progress.say('programs and rights');
    const programs = programsOf(all, found.folders);
    const logFile =
      environment?.['WINCNI_LOG_FILE'] ?? machine.env['WINCNI_LOG_FILE'] ?? places.logFile;
    const rights = rightsOf(all, found.folders, places, logFile);
    const log = await probe(lacking, 'log', () => logOf(files, logFile));
    return defined({
      schema: 1,
      source: 'recorded',
      wincni: version,
      at: new Date(machine.clock.now()).toISOString(),
      hostname: program.hostname,
      platform: program.platform,
      ...windows.facts,
      powershell: powershell && defined({ ...powershell, cold: windows.start, warm: hns.start }),
      hns: hns.facts,
      ...found,
      containerd: containerdOf(found, runtimeVersion),
      criInfo,
      looks,
      programs,
      rights,
      log,
      missing: [...lacking.missing],
    } satisfies MayLack<Facts>);
  } finally {
    await hns.open?.close();
  }
}

/**
 * What Windows says of itself: of this machine, and not of a node whose files alone are here. Elsewhere than
 * on Windows a trial's PowerShell is asked, where one is named.
 */
async function windowsOf({ asked, lacking, operator, progress }: Surroundings) {
  const { env, platform } = operator.machine;
  const isTrial = platform !== 'win32' && (env['WINCNI_POWERSHELL'] ?? '') !== '';
  if (isTrial || (platform === 'win32' && asked.root === undefined)) {
    return gatherWindows(operator, lacking, progress);
  }
  if (platform === 'win32') lacking.add(notAsked('windows'));
  else lacking.add({ fact: 'windows', reason: 'absent', what: 'this system is not Windows' });
  return { facts: {}, start: undefined } satisfies FoundWindows;
}

const notAsked = (fact: string) =>
  ({ fact, reason: 'not asked', what: 'the files of another node are looked at' }) as const;

/** The drive that a path without one is on: the system's, where runtimes stand. */
export function driveOf({ machine }: Operator, { root }: Gathering): string | undefined {
  if (root !== undefined || machine.platform !== 'win32') return undefined;
  return machine.env['SystemDrive'] || 'C:';
}

/** Nothing that lies below a root is started: it is another machine's, and anybody's. */
function crictlOf(
  { asked, lacking, operator }: Surroundings,
  running: Pick<Facts, 'processes' | 'services'>,
): Crictl | undefined {
  const crictl = asked.root === undefined ? findCrictl(operator, running) : undefined;
  if (crictl) return crictl;
  const what = 'crictl is neither beside containerd nor in a folder of PATH';
  for (const fact of ['criInfo', 'looks.sandboxes']) {
    lacking.add(asked.root === undefined ? { fact, reason: 'absent', what } : notAsked(fact));
  }
  return undefined;
}

async function tellIf<Told>(
  crictl: Crictl | undefined,
  lacking: Lacking,
  fact: string,
  tell: (crictl: Crictl) => Promise<Told>,
): Promise<Told | undefined> {
  return crictl && probe(lacking, fact, () => tell(crictl));
}

function containerdOf({ containerd }: Partial<FilesFound>, version: string | undefined) {
  if (version === undefined) return containerd;
  return { files: containerd?.files ?? [], version };
}

async function gatherLooks(
  { asked, files, lacking, operator, progress }: Surroundings,
  { leases: leaseFolders, scratch: scratchFolders }: Places,
  hns: OpenHns | undefined,
  crictl: Crictl | undefined,
): Promise<Look[]> {
  const { clock } = operator.machine;
  const calls = hns?.calls;
  const sandboxes = crictl && (() => crictl.sandboxes());
  const sources = { files, clock, leaseFolders, scratchFolders, calls, sandboxes };
  progress.say('pods');
  const first = await gatherLook(sources, lacking);
  progress.say('pods a second time');
  await clock.sleep(asked.pause ?? usualPause);
  return [first, await gatherLook(sources, lacking)];
}

function programsOf({ asked, files, lacking, operator }: Surroundings, folders: Facts['folders']) {
  const { executables, machine, program, version } = operator;
  const { root } = asked;
  const isWindows = root !== undefined || machine.platform === 'win32';
  const programFiles = root === undefined ? machine.env['ProgramFiles'] : undefined;
  return gatherPrograms(
    {
      files,
      executables,
      pathHere: (path) => (root === undefined ? path : below(root, path)),
      folders: folders.bin.filter((folder) => !folders.absent?.includes(folder)),
      installed: isWindows ? `${programFiles ?? 'C:\\Program Files'}\\wincni` : '/opt/wincni',
      running: { path: program.file, version },
    },
    lacking,
  );
}

/** Of a root, the rights are not those that the node's folders have. */
function rightsOf(
  { asked, lacking, operator }: Surroundings,
  folders: Facts['folders'],
  places: Places,
  logFile: string | undefined,
) {
  if (asked.root !== undefined) {
    lacking.add(notAsked('rights'));
    return [];
  }
  const { env, exposed } = operator.machine;
  return gatherRights(
    exposed,
    usedFolders(folders, places, logFile, env['WINCNI_STATE_DIR']),
    lacking,
  );
}

function logOf(files: Files, path: string | undefined) {
  if (path !== undefined) return logSummary(files, path);
  throw new NotKnown('absent', 'no configuration names a logFile, and WINCNI_LOG_FILE is not set');
}

/** Whether the files are another node's: what this one answers must not be taken for what that one would. */
function isElsewhere({ machine }: Operator, { root }: Gathering): boolean {
  return root !== undefined && machine.platform === 'win32' && !machine.env['WINCNI_HNS_STATE'];
}

function hnsOfAnother(lacking: Lacking): FoundHns {
  const what = 'the files of another node are looked at';
  for (const fact of ['hns', 'hns.v1', 'hns.v2']) lacking.add({ fact, reason: 'not asked', what });
  return { facts: undefined, open: undefined, start: undefined };
}
