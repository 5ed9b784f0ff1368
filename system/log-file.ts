import { closeSync, openSync, renameSync, statSync, unlinkSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { hasCode, isSystemError } from './errors.ts';
import { makePrivateFolder } from './state-folders.ts';

/** How long a log may get, in bytes, before it becomes `<log>.1` and a new one begins. */
const usualLimit = 10 * 1024 * 1024;

/** How old a claim is that nobody holds any more, in milliseconds: to rename takes no time. */
const claimGrace = 60_000;

/**
 * Appends to a log that is for its owner alone (0600), in a folder that is too if it is made here. At its
 * limit it becomes `<log>.1`, over the one before. Many processes may do this at once: each line is written
 * whole, and one of them renames. A log that cannot be renamed ends at twice its limit. Throws the
 * operating system's error.
 */
export function appendToLog(
  path: string,
  text: string,
  { limit = usualLimit, makeFolder = makePrivateFolder }: LogFileOptions = {},
): void {
  if (lengthOf(path) >= limit) {
    rotate(path, limit);
    if (lengthOf(path) >= 2 * limit) return;
  }
  const file = openLogFile(path, makeFolder);
  try {
    writeSync(file, text);
  } finally {
    closeSync(file);
  }
}

export interface LogFileOptions {
  /** Bytes. */
  readonly limit?: number;
  readonly makeFolder?: (path: string) => void;
}

/** The length of a file; 0 for none, and for what is no file, as a pipe. */
function lengthOf(path: string): number {
  const found = statSync(path, { throwIfNoEntry: false });
  return found?.isFile() ? found.size : 0;
}

function openLogFile(path: string, makeFolder: (path: string) => void): number {
  try {
    return openSync(path, 'a', 0o600);
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) throw error;
    makeFolder(dirname(path));
    return openSync(path, 'a', 0o600);
  }
}

/** Renames the log, if this process gets to do so: whoever sees the claim of another goes on writing. */
function rotate(path: string, limit: number): void {
  const claim = `${path}.lock`;
  try {
    closeSync(openSync(claim, 'wx', 0o600));
  } catch (error) {
    if (hasCode(error, 'EEXIST')) forgetClaim(claim);
    return;
  }
  try {
    // Another process may just have done it: what is there now must not take the place of what it kept.
    if (lengthOf(path) >= limit) renameSync(path, `${path}.1`);
  } catch (error) {
    if (!isSystemError(error)) throw error;
  } finally {
    unlinkSync(claim);
  }
}

/** Removes the claim of a process that was killed. */
function forgetClaim(claim: string): void {
  const found = statSync(claim, { throwIfNoEntry: false });
  if (found && Date.now() - found.mtimeMs > claimGrace) unlinkSync(claim);
}
