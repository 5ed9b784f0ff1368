import { mkdirSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { Windows } from './windows.ts';

/**
 * Folders that hold state. What a folder of drive C inherits lets every user write, and whoever writes in
 * these chooses what SYSTEM does next: on Windows they are made with rights of their own.
 */

/** SYSTEM, administrators and whoever made it (S-1-3-4), here and below; nothing is inherited. */
const ofState = 'D:P(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)(A;OICI;FA;;;S-1-3-4)';

/** The same for the folders above it, which others may have to read through: users read. */
const above = `${ofState}(A;OICI;0x1200a9;;;BU)`;

/**
 * Makes a folder on Windows, and those above it. Where Windows cannot be asked to give it rights
 * of its own, it is made all the same: a pod needs its network. Throws what keeps it from being made.
 * @param windows gives Windows, where node:ffi is there; asked for a folder that is missing
 */
export function makeStateFolder(path: string, windows: () => Windows | undefined): void {
  const missing = missingFrom(resolve(path));
  if (missing.length > 0) makeWithRights(missing, windows);
  makePrivateFolder(path);
}

function makeWithRights(missing: readonly string[], windows: () => Windows | undefined): void {
  try {
    const asked = windows();
    for (const folder of missing) {
      asked?.makeFolder(folder, folder === missing.at(-1) ? ofState : above);
    }
  } catch {
    // A Windows without one of these functions, or a library that does not load.
  }
}

/** Makes a folder and those above it, for its owner alone, as far as modes go. */
export function makePrivateFolder(path: string): void {
  mkdirSync(path, { recursive: true, mode: 0o700 });
}

/** The folders that are not there, the outermost first, down to this one. */
function missingFrom(path: string): readonly string[] {
  // NUL is no part of a path; mkdir says so.
  if (path.includes('\0') || statSync(path, { throwIfNoEntry: false })) return [];
  const parent = dirname(path);
  return parent === path ? [] : [...missingFrom(parent), path];
}
