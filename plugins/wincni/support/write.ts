import { dirname, join } from 'node:path';
import { hasCode, isSystemError } from '../../../system/errors.ts';
import { unfinishedPath } from '../../../system/whole-files.ts';
import { exit, OperatorError } from '../exit.ts';
import type { Operator } from '../operator.ts';

/**
 * Writes the bundle, whole, under a name that is free: in a folder beside it that is for its owner alone, on
 * Windows for SYSTEM and administrators too, and then linked to its name. A file keeps the rights that it was
 * made with. Throws OperatorError for what cannot be written.
 */
export function writeBundle({ bytes, machine }: Operator, path: string, zip: Uint8Array): void {
  const { files } = machine;
  const folder = unfinishedPath(machine, path);
  const made = join(folder, 'bundle');
  try {
    // That there is no such folder is said, not mended: it is most likely a slip of the pen.
    files.list(dirname(path), 1);
    files.makeFolder(folder);
    try {
      bytes.writeNew(made, zip);
      place(files, made, path, () => bytes.writeNew(path, zip));
    } finally {
      removeAll(files, folder, made);
    }
  } catch (error) {
    if (hasCode(error, 'EEXIST')) throw taken(path);
    if (!isSystemError(error)) throw error;
    throw new OperatorError(exit.failed, `${path} cannot be written: ${error.message}`);
  }
}

/** That a file is there already, and stays. */
export function taken(path: string): OperatorError {
  return new OperatorError(exit.usage, `${path} is there already: --out names another`);
}

function place(
  files: Operator['machine']['files'],
  made: string,
  path: string,
  otherwise: () => void,
): void {
  try {
    files.link(made, path);
  } catch (error) {
    // A file system without links: exclusive creation is what is left.
    if (!hasCode(error, 'EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EINVAL')) throw error;
    otherwise();
  }
}

function removeAll(files: Operator['machine']['files'], folder: string, made: string): void {
  for (const remove of [() => files.remove(made), () => files.removeFolder(folder)]) {
    try {
      remove();
    } catch (error) {
      // What stays is in nobody's way.
      if (!isSystemError(error)) throw error;
    }
  }
}
