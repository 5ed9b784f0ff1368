import { basename, dirname, join } from 'node:path';
import { hasCode, isSystemError } from './errors.ts';
import type { Files } from './host.ts';

/** What is being written carries this before its name, and is nobody's lease or configuration. */
export const unfinishedPrefix = '.wincni-';

/**
 * Writes a file that appears whole or not at all, if its name is free: beside it first, then linked
 * into place. False when the name is taken.
 */
export function createWhole(files: Files, path: string, text: string): boolean {
  const beside = unfinishedName(path);
  files.writeNew(beside, text);
  try {
    return placeWhole(files, beside, path, text);
  } finally {
    discard(files, beside);
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
export function replaceWhole(files: Files, path: string, text: string): void {
  const beside = unfinishedName(path);
  files.writeNew(beside, text);
  try {
    patiently(() => files.rename(beside, path));
  } catch (error) {
    discard(files, beside);
    throw error;
  }
}

/**
 * Does what Windows refuses while somebody has the file open: rename over it, remove it. A reader is
 * done in no time.
 */
export function patiently<Done>(act: () => Done): Done {
  for (let attempt = 1; ; attempt++) {
    try {
      return act();
    } catch (error) {
      if (attempt >= 100 || !hasCode(error, 'EPERM', 'EACCES', 'EBUSY')) throw error;
    }
  }
}

/**
 * Removes what is of no use any more. That it cannot be removed, while a virus scanner has it open,
 * undoes nothing of what was done with it: it is swept up later.
 */
export function discard(files: Files, path: string): void {
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

/** A name nobody else writes to: file names of leases and configurations never begin so. */
function unfinishedName(path: string): string {
  const chance = Math.random().toString(36).slice(2, 10);
  return join(dirname(path), `${unfinishedPrefix}${process.pid}-${chance}-${basename(path)}`);
}
