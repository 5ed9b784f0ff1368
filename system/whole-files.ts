import { basename, dirname } from 'node:path';
import { hasCode, isSystemError } from './errors.ts';
import type { Files, Host } from './host.ts';
import { pathIn } from './path-in.ts';
import { type Patiently, patience } from './patience.ts';

/**
 * What is being written carries this before its name: file names of leases and configurations never
 * begin so.
 */
export const unfinishedPrefix = '.wincni-';

/**
 * How old an unfinished file is before it counts as left behind by a process that was killed, in
 * milliseconds: no command takes as long.
 */
export const unfinishedGrace = 600_000;

/**
 * A path beside a file's own that nobody else writes to, for a file that is not finished yet or that
 * is about to go: `.wincni-<pid>-t<time><chance>-<name>`. The time is in it because a file that is moved
 * keeps the one it was written at: it would look left behind.
 */
export function unfinishedPath({ clock, pid }: Pick<Host, 'clock' | 'pid'>, path: string): string {
  const time = Math.max(0, clock.now()).toString(36).padStart(8, '0');
  const chance = Math.random().toString(36).slice(2, 10);
  return pathIn(dirname(path), `${unfinishedPrefix}${pid}-t${time}${chance}-${basename(path)}`);
}

/** When an unfinished file was begun, in milliseconds since 1970; undefined where its name does not say. */
function begunAt(name: string): number | undefined {
  const time = /^\d+-t([a-z0-9]{8})[a-z0-9]*-/.exec(name.slice(unfinishedPrefix.length))?.[1];
  return time === undefined ? undefined : Number.parseInt(time, 36);
}

/** The name of the file that an unfinished one was to become; undefined for any other name. */
export function unfinishedOf(name: string): string | undefined {
  if (!name.startsWith(unfinishedPrefix)) return undefined;
  return /^\d+-[a-z0-9]*-(.+)$/.exec(name.slice(unfinishedPrefix.length))?.[1];
}

/**
 * Removes what killed processes left unfinished in a folder, once it is old enough. What cannot be
 * removed is logged and left: it is in nobody's way. A folder that is not there holds nothing.
 */
export function sweepUnfinished(host: Host, folder: string): void {
  const { clock, files, log } = host;
  for (const name of listIfThere(files, folder)) {
    if (!name.startsWith(unfinishedPrefix)) continue;
    const path = pathIn(folder, name);
    try {
      const begun = begunAt(name) ?? files.modified(path);
      if (clock.now() - begun > unfinishedGrace) removeIfThere(files, path);
    } catch (error) {
      if (!isSystemError(error)) throw error;
      // Gone in between: another process finished it, or swept it up.
      if (!hasCode(error, 'ENOENT')) log('leftover not removed', { path, error: error.message });
    }
  }
}

/** The names in a folder; none when there is no such folder. */
export function listIfThere(files: Files, folder: string): readonly string[] {
  try {
    return files.list(folder);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return [];
    throw error;
  }
}

/**
 * Writes a file that appears whole or not at all, if its name is free: beside it first, then linked
 * into place. False when the name is taken.
 */
export function createWhole(
  host: Pick<Host, 'clock' | 'deadline' | 'files' | 'pid'>,
  path: string,
  text: string,
): boolean {
  const { files } = host;
  const patiently = patience(host);
  const beside = unfinishedPath(host, path);
  files.writeNew(beside, text);
  try {
    return patiently(() => placeWhole(files, beside, path, text));
  } finally {
    discard(files, beside, patiently);
  }
}

/** Gives a finished file, which holds this text, a second name; false when the name is taken. */
export function placeWhole(files: Files, beside: string, path: string, text: string): boolean {
  try {
    files.link(beside, path);
    return true;
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    if (!hasCode(error, 'EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EISDIR', 'EINVAL'))
      throw error;
  }
  // A file system without links (FAT, some shares): exclusive creation is what is left.
  return createExclusively(files, path, text);
}

/** Writes a file that must not exist; false when it does. */
export function createExclusively(files: Files, path: string, text: string): boolean {
  try {
    files.writeNew(path, text);
    return true;
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    throw error;
  }
}

/** Writes a file over what is there; whoever reads it sees the old text or the new, whole. */
export function replaceWhole(
  host: Pick<Host, 'clock' | 'deadline' | 'files' | 'pid'>,
  path: string,
  text: string,
): void {
  const { files } = host;
  const patiently = patience(host);
  const beside = unfinishedPath(host, path);
  files.writeNew(beside, text);
  try {
    patiently(() => files.rename(beside, path));
  } catch (error) {
    discard(files, beside, patiently);
    throw error;
  }
}

/**
 * Removes what is of no use any more. That it cannot be removed, while a virus scanner has it open,
 * undoes nothing of what was done with it: it is swept up later.
 */
export function discard(files: Files, path: string, patiently: Patiently): void {
  try {
    patiently(() => removeIfThere(files, path));
  } catch (error) {
    if (!isSystemError(error)) throw error;
  }
}

/** Removes a file; false when there is none. */
export function removeIfThere(files: Files, path: string): boolean {
  return ifThere(() => files.remove(path));
}

/** Renames a file; false when there is none. */
export function renameIfThere(files: Files, from: string, to: string): boolean {
  return ifThere(() => files.rename(from, to));
}

function ifThere(act: () => void): boolean {
  try {
    act();
    return true;
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return false;
    throw error;
  }
}

/** The text of a file, or undefined when there is none. */
export function readIfThere(files: Files, path: string): string | undefined {
  try {
    return files.read(path);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}
