import { CniError, code } from '../../cni/error.ts';
import { hasCode } from '../../system/errors.ts';
import type { Host } from '../../system/host.ts';
import { pathIn } from '../../system/path-in.ts';
import type { Patiently } from '../../system/patience.ts';
import {
  discard,
  listIfThere,
  sweepUnfinished,
  unfinishedGrace,
  unfinishedOf,
  unfinishedPath,
} from '../../system/whole-files.ts';

/**
 * Who may remove a lease. To look whose a lease is and to remove it are two steps: between them, another
 * command could remove it and a new pod get the address, and it would be the new pod's lease that goes.
 * So one process at a time does both.
 *
 * A process that wants to writes a file of its own for that address, then looks who else has one: who sees
 * nobody goes on. Of two that come at once, at least one sees the other. A file whose process is gone says
 * nothing, and since each process has a name of its own, whoever finds it can remove it without harm.
 */
export interface Claims {
  /**
   * Does something while no other process does something under that name. Throws code 11 when another
   * one is at it for half a second.
   */
  alone<Done>(name: string, act: () => Done): Done;
  /** The same, at once or not at all: undefined when another one is at it. */
  ifAlone<Done>(name: string, act: () => Done): Done | undefined;
  /** Leaves nothing behind of this process. */
  close(): void;
  /** Removes what killed processes left. */
  sweep(): void;
}

/** How long the others are waited for, in milliseconds, all claims of one opening together. */
const waitInAll = 500;

/** How often the folder of claims may be removed by others before a file is in it. */
const mostAttempts = 100;

/** The claims of a folder of leases. They have a folder in it, which is gone when nobody has one. */
export function openClaims(host: Host, leaseFolder: string, patiently: Patiently): Claims {
  const { clock, deadline, files, pid } = host;
  const folder = pathIn(leaseFolder, '.claims');
  let left = waitInAll;
  let announced = false;

  function announce(own: string): void {
    announced = true;
    // Whoever is the last to leave removes the folder: it may go again as soon as it is made, even while it is.
    for (let attempt = 1; ; attempt++) {
      try {
        if (attempt > 1) patiently(() => files.makeFolder(folder));
        patiently(() => files.overwrite(own, ''));
        return;
      } catch (error) {
        if (attempt === mostAttempts || !hasCode(error, 'ENOENT')) throw error;
      }
    }
  }

  const withdraw = (own: string) => discard(files, own, patiently);

  /** The numbers of the other processes that are at it under this name. */
  function rivals(name: string): readonly number[] {
    return listIfThere(files, folder)
      .filter((other) => unfinishedOf(other) === name)
      .map((other) => ({ path: pathIn(folder, other), other: Number(/\d+/.exec(other)?.[0]) }))
      .filter(({ other, path }) => other !== pid && !isLeftBehind(path, other))
      .map(({ other }) => other);
  }

  /** Whether a file's process is gone, or its number another's by now; it is removed then. */
  function isLeftBehind(path: string, other: number): boolean {
    if (isRunning(other) && !isOld(path)) return false;
    discard(files, path, patiently);
    return true;
  }

  function isRunning(other: number): boolean {
    try {
      host.kill(other, 0);
      return true;
    } catch (error) {
      // Any other error: it is there, and somebody else's.
      return !hasCode(error, 'ESRCH');
    }
  }

  function isOld(path: string): boolean {
    try {
      return clock.now() - files.modified(path) > unfinishedGrace;
    } catch (error) {
      if (hasCode(error, 'ENOENT')) return true;
      throw error;
    }
  }

  /** Tries until nobody else is at it, or so many milliseconds are waited. */
  function attempt<Done>(name: string, act: () => Done, mayWait: () => number) {
    // Its name has chance in it: nobody can have put a link there.
    const own = unfinishedPath(host, pathIn(folder, name));
    try {
      announce(own);
      for (let ms = 2; ; ms *= 4) {
        const others = rivals(name);
        if (others.length === 0) return { done: act() };
        const wait = Math.min(ms, mayWait());
        if (wait === 0) return undefined;
        // Of several that wait, the first by number stays where it is: the others step back.
        const stepsBack = others.some((other) => other < pid);
        if (stepsBack) withdraw(own);
        left -= wait;
        clock.pause(wait);
        if (stepsBack) announce(own);
      }
    } finally {
      withdraw(own);
    }
  }

  return {
    alone(name, act) {
      const answer = attempt(name, act, () => deadline.within(left));
      if (answer) return answer.done;
      throw new CniError(
        code.tryAgain,
        `the lease of ${name} is being given back by another process`,
        `it has a file in ${folder} with the number of that process in its name; try again`,
      );
    },
    ifAlone: (name, act) => attempt(name, act, () => 0)?.done,
    close() {
      if (announced) removeEmpty(host, folder);
    },
    sweep() {
      sweepUnfinished(host, folder);
      removeEmpty(host, folder);
    },
  };
}

/** Others that are at it have a file in it, and make it again if it goes too early for them. */
function removeEmpty({ files, log }: Host, folder: string): void {
  try {
    files.removeFolder(folder);
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ENOTEMPTY', 'EEXIST')) return;
    log('folder of claims not removed', { folder, error: String(error) });
  }
}
