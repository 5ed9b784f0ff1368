import { inSeconds } from '../../system/deadline.ts';
import type { Host } from '../../system/host.ts';
import { restartHns } from '../deadline.ts';
import { HnsError } from '../error.ts';
import { transportOver } from '../native-functions.ts';
import type { Transport } from '../transport.ts';
import { functionsOf } from './functions.ts';
import { type LibraryPaths, openLibraries, systemFolder, systemLibraries } from './libraries.ts';
import { noWatchdog, timerWatchdog } from './watchdog.ts';

/** What the native way takes beside the machine. */
export interface NativeOptions {
  /** Other libraries than Windows' own, for tests on other systems; nobody watches their calls. */
  readonly libraries?: LibraryPaths | undefined;
  /** What the command answers on stdout for an error, when it is ended by it. */
  readonly answer: (error: HnsError) => string;
}

/**
 * HNS by its own libraries, called in this process: no PowerShell, nothing to start. A call blocks the
 * process. Where HNS hangs, the process answers code 103 at the end of the command's time, and ends. The libraries are
 * loaded by the first calls that need them; what is missing is thrown by those, as HnsError.
 */
export function openNative(
  { deadline, files, platform }: Pick<Host, 'deadline' | 'files' | 'platform'>,
  { answer, libraries }: NativeOptions,
): Transport {
  if (libraries === undefined && platform !== 'win32') throw notWindows(platform);
  const folder = libraries === undefined ? systemFolder() : '';
  const watchdog =
    libraries === undefined
      ? timerWatchdog(folder, {
          left: deadline.toEnd,
          answer: (name) => answer(hanging(name, deadline.total)),
          late: (name) => tooLate(name, deadline.total),
        })
      : noWatchdog;
  const opened = openLibraries(libraries ?? systemLibraries(folder), files, watchdog);
  return transportOver(functionsOf(opened), async () => watchdog.close());
}

function notWindows(platform: string): HnsError {
  return new HnsError(`HNS's libraries are Windows', and this is ${platform}`, {
    kind: 'hns-unavailable',
    reason: 'unsupported',
    details:
      'run it on a Windows node; for a trial elsewhere ask for the simulator: WINCNI_HNS=simulator',
  });
}

function hanging(name: string, ms: number): HnsError {
  return new HnsError(`HNS did not answer within ${inSeconds(ms)}: ${name}`, {
    kind: 'hns-timeout',
    reason: 'other',
    details: `HNS may do it all the same, and so nothing was undone and no address given back: DEL, which the runtime sends, removes what there is; ${restartHns}`,
  });
}

function tooLate(name: string, ms: number): HnsError {
  return new HnsError(
    `HNS was not asked any more, the command has lasted ${inSeconds(ms)}: ${name}`,
    {
      kind: 'hns-timeout',
      reason: 'other',
      details: `what was done before stays until DEL, which the runtime sends; ${restartHns}`,
    },
  );
}
