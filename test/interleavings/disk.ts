import { basename, dirname } from 'node:path';

/** A file system as a value: each operation gives another one. Paths are absolute, in Linux' notation. */
export interface Disk {
  readonly folders: ReadonlySet<string>;
  readonly files: ReadonlyMap<string, DiskFile>;
}

interface DiskFile {
  readonly text: string;
  /** Milliseconds since 1970. */
  readonly written: number;
  /** Who has made it and not filled it yet. */
  readonly writer?: number;
}

/** What an operation comes to: an answer, or the code of the operating system's error. */
export type DiskAnswer =
  | { readonly kind: 'done' }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'names'; readonly names: readonly string[] }
  | { readonly kind: 'time'; readonly time: number }
  | { readonly kind: 'error'; readonly code: string; readonly syscall: string };

/** The disk after an operation, and its answer; without one, the operation goes on with its next stage. */
export interface DiskStep {
  readonly disk: Disk;
  readonly answer?: DiskAnswer;
}

/** One atomic step on a disk. */
export type DiskStage = (disk: Disk) => DiskStep;

export const emptyDisk: Disk = { folders: new Set(['/']), files: new Map() };

/** The operations of system/host.ts, each as the atomic steps it is made of. */
export const diskStages = {
  read: (path: string): DiskStage[] => [
    (disk) => {
      const file = disk.files.get(path);
      if (file) return { disk, answer: { kind: 'text', text: file.text } };
      return failed(disk, disk.folders.has(path) ? 'EISDIR' : 'ENOENT', 'open');
    },
  ],
  list: (folder: string, limit = Number.POSITIVE_INFINITY): DiskStage[] => [
    (disk) => {
      if (!disk.folders.has(folder)) {
        return failed(disk, disk.files.has(folder) ? 'ENOTDIR' : 'ENOENT', 'scandir');
      }
      const names = [...disk.folders, ...disk.files.keys()]
        .filter((path) => path !== '/' && dirname(path) === folder)
        .map((path) => basename(path))
        .sort()
        .slice(0, limit);
      return { disk, answer: { kind: 'names', names } };
    },
  ],
  makeFolder: (path: string): DiskStage[] => [
    (disk) => {
      if (disk.folders.has(path)) return done(disk);
      const above: string[] = [];
      for (let folder = path; !disk.folders.has(folder); folder = dirname(folder)) {
        if (disk.files.has(folder)) return failed(disk, 'EEXIST', 'mkdir');
        above.push(folder);
      }
      return done({ ...disk, folders: new Set([...disk.folders, ...above]) });
    },
  ],
  /** An exclusive creation is seen before the text is: two steps. */
  writeNew: (path: string, text: string, writer: number, now: number): DiskStage[] => [
    (disk) => {
      if (isThere(disk, path)) return failed(disk, 'EEXIST', 'open');
      if (!disk.folders.has(dirname(path))) return failed(disk, 'ENOENT', 'open');
      return { disk: withFile(disk, path, { text: '', written: now, writer }) };
    },
    (disk) => done(filled(disk, writer, text)),
  ],
  /** So is one that empties the file first. */
  overwrite: (path: string, text: string, writer: number, now: number): DiskStage[] => [
    (disk) => {
      if (disk.folders.has(path)) return failed(disk, 'EISDIR', 'open');
      if (!disk.folders.has(dirname(path))) return failed(disk, 'ENOENT', 'open');
      return { disk: withFile(disk, path, { text: '', written: now, writer }) };
    },
    (disk) => done(filled(disk, writer, text)),
  ],
  link: (from: string, to: string): DiskStage[] => [
    (disk) => {
      const file = disk.files.get(from);
      if (!file || !disk.folders.has(dirname(to))) return failed(disk, 'ENOENT', 'link');
      if (isThere(disk, to)) return failed(disk, 'EEXIST', 'link');
      return done(withFile(disk, to, file));
    },
  ],
  rename: (from: string, to: string): DiskStage[] => [
    (disk) => {
      const file = disk.files.get(from);
      if (!file || !disk.folders.has(dirname(to))) return failed(disk, 'ENOENT', 'rename');
      if (disk.folders.has(to)) return failed(disk, 'EISDIR', 'rename');
      return done(withFile(without(disk, from), to, file));
    },
  ],
  remove: (path: string): DiskStage[] => [
    (disk) => {
      if (disk.files.has(path)) return done(without(disk, path));
      return failed(disk, disk.folders.has(path) ? 'EPERM' : 'ENOENT', 'unlink');
    },
  ],
  removeFolder: (path: string): DiskStage[] => [
    (disk) => {
      if (!disk.folders.has(path)) {
        return failed(disk, disk.files.has(path) ? 'ENOTDIR' : 'ENOENT', 'rmdir');
      }
      const inside = [...disk.folders, ...disk.files.keys()].some((at) => dirname(at) === path);
      if (inside) return failed(disk, 'ENOTEMPTY', 'rmdir');
      return done({ ...disk, folders: new Set([...disk.folders].filter((at) => at !== path)) });
    },
  ],
  modified: (path: string): DiskStage[] => [
    (disk) => {
      const file = disk.files.get(path);
      if (file) return { disk, answer: { kind: 'time', time: file.written } };
      return disk.folders.has(path)
        ? { disk, answer: { kind: 'time', time: 0 } }
        : failed(disk, 'ENOENT', 'stat');
    },
  ],
} as const;

function done(disk: Disk): DiskStep {
  return { disk, answer: { kind: 'done' } };
}

function failed(disk: Disk, code: string, syscall: string): DiskStep {
  return { disk, answer: { kind: 'error', code, syscall } };
}

function isThere(disk: Disk, path: string): boolean {
  return disk.files.has(path) || disk.folders.has(path);
}

/** A disk with a file in it, in the place of one of that name. */
export function withFile(disk: Disk, path: string, file: DiskFile): Disk {
  return { ...disk, files: new Map(disk.files).set(path, file) };
}

function without(disk: Disk, path: string): Disk {
  const files = new Map(disk.files);
  files.delete(path);
  return { ...disk, files };
}

/** Who has a file open writes to it under whatever names it has by then, or to none. */
function filled(disk: Disk, writer: number, text: string): Disk {
  const files = new Map(disk.files);
  for (const [path, file] of files) {
    if (file.writer === writer) files.set(path, { text, written: file.written });
  }
  return { ...disk, files };
}

/** A text that two disks share only when they are the same. */
export function printDisk({ files, folders }: Disk): string {
  const lines = [...files].map(
    ([path, { text, writer, written }]) => `${path}\0${text}\0${written}\0${writer ?? ''}`,
  );
  return [...lines.sort(), ...[...folders].sort()].join('\n');
}
