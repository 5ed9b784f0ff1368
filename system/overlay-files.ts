import { basename, dirname } from 'node:path';
import { hasCode } from './errors.ts';
import type { Files } from './host.ts';

/** Files of which nothing is ever written: what is changed of them stays in memory. */
export interface OverlayFiles {
  readonly files: Files;
  /** What would be otherwise on the disk, sorted by path. */
  changes(): readonly FileChange[];
  /** The first file that may not be read, by the operating system's word; undefined where all may. */
  denied(): Error | undefined;
}

export interface FileChange {
  readonly path: string;
  readonly change: 'made' | 'written' | 'removed';
  /** What it would hold; absent of one that is removed. */
  readonly text?: string;
}

interface Kept {
  readonly text: string;
  readonly modified: number;
}

/** Lays memory over files: reads see both, writes stay above. Errors are those of the file system. */
export function overlayFiles(below: Files, now: () => number): OverlayFiles {
  const kept = new Map<string, Kept>();
  const removed = new Set<string>();
  const folders = new Set<string>();
  const goneFolders = new Set<string>();
  let denied: Error | undefined;

  const asked = <Answer>(ask: () => Answer): Answer => {
    try {
      return ask();
    } catch (error) {
      if (error instanceof Error && hasCode(error, 'EACCES', 'EPERM')) denied ??= error;
      throw error;
    }
  };
  const isBelow = (path: string): boolean => {
    if (removed.has(path) || goneFolders.has(path)) return false;
    try {
      asked(() => below.modified(path));
      return true;
    } catch (error) {
      if (hasCode(error, 'ENOENT', 'ENOTDIR')) return false;
      throw error;
    }
  };
  const isThere = (path: string) => kept.has(path) || folders.has(path) || isBelow(path);
  const assertFolder = (syscall: string, path: string) => {
    if (!isThere(dirname(path))) throw systemError('ENOENT', syscall, path);
  };
  const found = (syscall: string, path: string): Kept => {
    const above = kept.get(path);
    if (above) return above;
    if (removed.has(path)) throw systemError('ENOENT', syscall, path);
    return asked(() => ({ text: below.read(path), modified: below.modified(path) }));
  };
  const put = (path: string, file: Kept) => {
    kept.set(path, file);
    removed.delete(path);
  };
  const takeAway = (path: string) => {
    kept.delete(path);
    removed.add(path);
  };
  const list = (folder: string, limit?: number): string[] => {
    const own = [...kept.keys(), ...folders].filter(
      (path) => dirname(path) === folder && path !== folder,
    );
    const isMade = folders.has(folder) || own.length > 0;
    const there = isMade && !isBelow(folder) ? [] : asked(() => below.list(folder));
    if (goneFolders.has(folder) && !isMade) throw systemError('ENOENT', 'scandir', folder);
    const isGone = (name: string) =>
      [...removed, ...goneFolders].some(
        (path) => dirname(path) === folder && basename(path) === name,
      );
    const names = new Set([
      ...there.filter((name) => !isGone(name)),
      ...own.map((p) => basename(p)),
    ]);
    return [...names].slice(0, limit);
  };
  return {
    files: {
      read: (path) => found('open', path).text,
      list,
      makeFolder(path) {
        for (let at = path; at !== dirname(at) && !isThere(at); at = dirname(at)) {
          folders.add(at);
          goneFolders.delete(at);
        }
      },
      writeNew(path, text) {
        if (isThere(path)) throw systemError('EEXIST', 'open', path);
        assertFolder('open', path);
        put(path, { text, modified: now() });
      },
      overwrite(path, text) {
        assertFolder('open', path);
        put(path, { text, modified: now() });
      },
      link(from, to) {
        const file = found('link', from);
        if (isThere(to)) throw systemError('EEXIST', 'link', to);
        assertFolder('link', to);
        put(to, file);
      },
      rename(from, to) {
        const file = found('rename', from);
        assertFolder('rename', to);
        takeAway(from);
        put(to, file);
      },
      remove(path) {
        found('unlink', path);
        takeAway(path);
      },
      removeFolder(path) {
        if (list(path, 1).length > 0) throw systemError('ENOTEMPTY', 'rmdir', path);
        folders.delete(path);
        goneFolders.add(path);
      },
      modified(path) {
        const above = kept.get(path);
        if (above) return above.modified;
        if (folders.has(path)) return now();
        if (removed.has(path)) throw systemError('ENOENT', 'stat', path);
        return asked(() => below.modified(path));
      },
    },
    changes() {
      const gone = [...removed].filter((path) => wasBelow(below, path));
      const there = [...kept].flatMap(([path, { text }]): FileChange[] => {
        const before = textBelow(below, path);
        if (before === text) return [];
        return [{ path, change: before === undefined ? 'made' : 'written', text }];
      });
      const removals = gone.map((path): FileChange => ({ path, change: 'removed' }));
      return [...there, ...removals].sort((one, other) => (one.path < other.path ? -1 : 1));
    },
    denied: () => denied,
  };
}

function wasBelow(below: Files, path: string): boolean {
  try {
    below.modified(path);
    return true;
  } catch {
    return false;
  }
}

function textBelow(below: Files, path: string): string | undefined {
  try {
    return below.read(path);
  } catch {
    return undefined;
  }
}

/** The operating system's error, as Node throws it. */
function systemError(code: string, syscall: string, path: string): Error {
  const message = `${code}: ${syscall} '${path}'`;
  return Object.assign(new Error(message), { code, syscall, path, errno: -1 });
}
