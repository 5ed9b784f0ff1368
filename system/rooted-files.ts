import { join } from 'node:path';
import type { Files } from './host.ts';

/**
 * A path as it is below another root: the bundle of another machine's files, or a trial's. A drive is left
 * out and backslashes are read as slashes, so that Windows' paths are found on any system; `..` does not
 * lead out.
 */
export function below(root: string, path: string): string {
  const parts = path
    .replace(/^[a-z]:/i, '')
    .split(/[\\/]+/)
    .filter((part) => part !== '' && part !== '.' && part !== '..');
  return join(root, ...parts);
}

/** The files of another root, by the paths they have there. */
export function rootedFiles(files: Files, root: string): Files {
  const at = (path: string) => below(root, path);
  return {
    read: (path) => files.read(at(path)),
    list: (path, limit) => files.list(at(path), limit),
    makeFolder: (path) => files.makeFolder(at(path)),
    writeNew: (path, text) => files.writeNew(at(path), text),
    overwrite: (path, text) => files.overwrite(at(path), text),
    link: (from, to) => files.link(at(from), at(to)),
    rename: (from, to) => files.rename(at(from), at(to)),
    remove: (path) => files.remove(at(path)),
    removeFolder: (path) => files.removeFolder(at(path)),
    modified: (path) => files.modified(at(path)),
  };
}
