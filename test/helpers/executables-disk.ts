import { createHash } from 'node:crypto';
import { basename, dirname } from 'node:path';
import type { ExecutableFiles } from '../../system/executable-files.ts';
import type { Files } from '../../system/host.ts';
import { systemError } from './memory-files.ts';

/**
 * A disk in memory whose files have several names, and run. It refuses as Windows does: what runs is not
 * replaced, not removed and not opened for writing by any of its names, and may be renamed and linked.
 */
export interface ExecutablesDisk {
  readonly files: Files;
  readonly executables: ExecutableFiles;
  /** Puts a file there, by nobody's hand. */
  put(path: string, text: string): void;
  /** Writes into the file that stands there, as `Copy-Item` and `cp` do: it has these bytes under all its names. */
  writeInto(path: string, text: string): void;
  textOf(path: string): string | undefined;
  /** Every file and folder with its text, by path; folders end in a slash. */
  all(): ReadonlyMap<string, string>;
  /** From now on the file that stands there runs, whatever it is called. */
  run(path: string): void;
  endAll(): void;
  linksOf(path: string): readonly string[];
}

export interface DiskRules {
  /** What a system call meets before it is made; it may throw. */
  readonly before?: (call: string, path: string, to?: string) => void;
  /** Called after each call that changed something. */
  readonly after?: () => void;
  /** Whether what runs is refused as Windows does. */
  readonly windows?: boolean;
  /** Whether files may have a second name: not on FAT. */
  readonly links?: boolean;
  /** The volume of a path. */
  readonly volumeOf?: (path: string) => string;
  /** When all files were changed last. */
  readonly modified?: number;
  /** Room for so many bytes in all files. */
  readonly room?: number;
}

interface Inode {
  text: string;
  readonly id: string;
}

export function executablesDisk(rules: DiskRules = {}): ExecutablesDisk {
  const { before = () => {}, after = () => {}, links = true, volumeOf = () => 'C' } = rules;
  const { windows = true, room = Number.POSITIVE_INFINITY } = rules;
  const names = new Map<string, Inode>();
  const folders = new Set(['/']);
  const running = new Set<Inode>();
  let count = 0;

  const begin = (call: string, path: string, to?: string) => before(call, path, to);
  const found = (call: string, path: string) => {
    const inode = names.get(path);
    if (inode) return inode;
    throw systemError('ENOENT', call, path);
  };
  const used = () => [...new Set(names.values())].reduce((sum, { text }) => sum + text.length, 0);
  const assertFree = (call: string, path: string) => {
    if (names.has(path) || folders.has(path)) throw systemError('EEXIST', call, path);
    if (!folders.has(dirname(path))) throw systemError('ENOENT', call, path);
  };
  const assertIdle = (call: string, path: string) => {
    const inode = names.get(path);
    if (windows && inode && running.has(inode)) throw systemError('EPERM', call, path);
  };
  const add = (call: string, path: string, text: string) => {
    assertFree(call, path);
    if (used() + text.length > room) throw systemError('ENOSPC', call, path);
    names.set(path, { text, id: String(++count) });
  };
  const makeFolder = (path: string) => {
    for (let at = path; at !== dirname(at); at = dirname(at)) folders.add(at);
  };

  const files: Files = {
    read(path) {
      begin('open', path);
      return found('open', path).text;
    },
    list(folder) {
      begin('scandir', folder);
      if (!folders.has(folder)) throw systemError('ENOENT', 'scandir', folder);
      return [...folders, ...names.keys()]
        .filter((path) => path !== '/' && dirname(path) === folder)
        .map((path) => basename(path));
    },
    makeFolder(path) {
      if (folders.has(path)) return;
      begin('mkdir', path);
      makeFolder(path);
      after();
    },
    writeNew(path, text) {
      begin('create', path);
      add('create', path, text);
      after();
    },
    overwrite() {
      throw new Error('nobody overwrites here');
    },
    link(from, to) {
      begin('link', from, to);
      const inode = found('link', from);
      assertFree('link', to);
      if (!links) throw systemError('ENOTSUP', 'link', from);
      if (volumeOf(from) !== volumeOf(to)) throw systemError('EXDEV', 'link', from);
      names.set(to, inode);
      after();
    },
    rename(from, to) {
      begin('rename', from, to);
      const inode = found('rename', from);
      if (!folders.has(dirname(to))) throw systemError('ENOENT', 'rename', from);
      if (volumeOf(from) !== volumeOf(to)) throw systemError('EXDEV', 'rename', from);
      // Two names of one file: nothing happens, both stay (POSIX).
      if (names.get(to) === inode) return;
      assertIdle('rename', to);
      names.delete(from);
      names.set(to, inode);
      after();
    },
    remove(path) {
      begin('unlink', path);
      found('unlink', path);
      assertIdle('unlink', path);
      names.delete(path);
      after();
    },
    removeFolder(path) {
      begin('rmdir', path);
      if (!folders.has(path)) throw systemError('ENOENT', 'rmdir', path);
      if ([...folders, ...names.keys()].some((inside) => inside.startsWith(`${path}/`))) {
        throw systemError('ENOTEMPTY', 'rmdir', path);
      }
      folders.delete(path);
      after();
    },
    modified: (path) => {
      found('stat', path);
      return rules.modified ?? 0;
    },
  };
  const executables: ExecutableFiles = {
    look(path) {
      const volume = volumeOf(path);
      if (folders.has(path)) return { kind: 'folder', size: 0, id: path, volume };
      const inode = names.get(path);
      return inode && { kind: 'file', size: inode.text.length, id: inode.id, volume };
    },
    sha256(path) {
      begin('open', path);
      return createHash('sha256').update(found('open', path).text).digest('hex');
    },
    copyNew(from, to, told) {
      begin('copy', from, to);
      const { text } = found('copy', from);
      // Killed in the middle of it, half of the file is there.
      assertFree('copy', to);
      names.set(to, { text: text.slice(0, text.length / 2), id: String(++count) });
      after();
      begin('copy half', from, to);
      names.delete(to);
      add('copy', to, text);
      told?.(text.length);
      after();
    },
    room: () => undefined,
  };
  return {
    files,
    executables,
    put(path, text) {
      makeFolder(dirname(path));
      names.set(path, { text, id: String(++count) });
    },
    writeInto(path, text) {
      found('open', path).text = text;
    },
    textOf: (path) => names.get(path)?.text,
    all: () =>
      new Map([
        ...[...folders].map((path) => [`${path}/`, ''] as const),
        ...[...names].map(([path, { text }]) => [path, text] as const),
      ]),
    run(path) {
      running.add(found('run', path));
    },
    endAll: () => running.clear(),
    linksOf(path) {
      const inode = names.get(path);
      return [...names].filter(([, other]) => other === inode).map(([name]) => name);
    },
  };
}
