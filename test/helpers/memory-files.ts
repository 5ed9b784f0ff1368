import { basename, dirname } from 'node:path';
import type { Files } from '../../system/host.ts';

/** A file system in memory, for sweeps of many thousand commands: as strict as Linux's. */
export interface MemoryFiles {
  readonly files: Files;
  /** Every file's text and time by its path. */
  entries(): ReadonlyMap<string, MemoryFile>;
  /** Everything as it is now, for `restore`. */
  snapshot(): FilesSnapshot;
  restore(snapshot: FilesSnapshot): void;
}

export interface MemoryFile {
  readonly text: string;
  /** Milliseconds since 1970. */
  readonly modified: number;
}

export interface FilesSnapshot {
  readonly files: ReadonlyMap<string, MemoryFile>;
  readonly folders: ReadonlySet<string>;
}

/** The operating system's error, as Node throws it. */
export function systemError(code: string, syscall: string, path: string): Error {
  const message = `${code}: by order, ${syscall} '${path}'`;
  return Object.assign(new Error(message), { code, syscall, path, errno: -1 });
}

/** Makes one: there is nothing in it but the root. */
export function memoryFiles(now: () => number): MemoryFiles {
  let files = new Map<string, MemoryFile>();
  let folders = new Set<string>(['/']);

  const check = (syscall: string, path: string) => {
    if (path.includes('\0')) {
      throw Object.assign(new TypeError(`The argument 'path' must be without null bytes`), {
        code: 'ERR_INVALID_ARG_VALUE',
      });
    }
    const long = path.split('/').some((part) => Buffer.byteLength(part) > 255);
    if (long || path.length > 4095) throw systemError('ENAMETOOLONG', syscall, path);
  };
  const found = (syscall: string, path: string): MemoryFile => {
    check(syscall, path);
    const file = files.get(path);
    if (file) return file;
    const isFolder = syscall === 'open' && folders.has(path);
    throw systemError(isFolder ? 'EISDIR' : 'ENOENT', syscall, path);
  };
  /** That a name is free, in a folder that is there. */
  const assertFree = (syscall: string, path: string, mayReplace = false) => {
    check(syscall, path);
    if (folders.has(path)) throw systemError('EEXIST', syscall, path);
    if (!mayReplace && files.has(path)) throw systemError('EEXIST', syscall, path);
    if (!folders.has(dirname(path))) throw systemError('ENOENT', syscall, path);
  };
  return {
    entries: () => files,
    snapshot: () => ({ files: new Map(files), folders: new Set(folders) }),
    restore(snapshot) {
      files = new Map(snapshot.files);
      folders = new Set(snapshot.folders);
    },
    files: {
      read: (path) => found('open', path).text,
      list(folder, limit) {
        check('scandir', folder);
        if (files.has(folder)) throw systemError('ENOTDIR', 'scandir', folder);
        if (!folders.has(folder)) throw systemError('ENOENT', 'scandir', folder);
        return [...folders, ...files.keys()]
          .filter((path) => path !== '/' && dirname(path) === folder)
          .map((path) => basename(path))
          .slice(0, limit);
      },
      makeFolder(path) {
        check('mkdir', path);
        for (let at = path; at !== dirname(at); at = dirname(at)) {
          if (files.has(at)) throw systemError('ENOTDIR', 'mkdir', path);
          folders.add(at);
        }
      },
      writeNew(path, text) {
        assertFree('open', path);
        files.set(path, { text, modified: now() });
      },
      overwrite(path, text) {
        assertFree('open', path, true);
        files.set(path, { text, modified: now() });
      },
      link(from, to) {
        const file = found('link', from);
        assertFree('link', to);
        files.set(to, file);
      },
      rename(from, to) {
        const file = found('rename', from);
        assertFree('rename', to, true);
        files.delete(from);
        files.set(to, file);
      },
      remove(path) {
        found('unlink', path);
        files.delete(path);
      },
      removeFolder(path) {
        check('rmdir', path);
        if (files.has(path)) throw systemError('ENOTDIR', 'rmdir', path);
        if (!folders.has(path)) throw systemError('ENOENT', 'rmdir', path);
        if ([...folders, ...files.keys()].some((inside) => inside.startsWith(`${path}/`))) {
          throw systemError('ENOTEMPTY', 'rmdir', path);
        }
        folders.delete(path);
      },
      modified: (path) => (folders.has(path) ? 0 : found('stat', path).modified),
    },
  };
}
