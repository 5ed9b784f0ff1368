import { createHash } from 'node:crypto';
import {
  closeSync,
  fsyncSync,
  lstatSync,
  openSync,
  readSync,
  statfsSync,
  unlinkSync,
  writeSync,
} from 'node:fs';

/** What an installer asks of files that are too long to be texts, beside what `Files` does. */
export interface ExecutableFiles {
  /** What stands under a name, links not followed; undefined when nothing does. */
  look(path: string): FileLook | undefined;
  /** Of a file's bytes, in hex. */
  sha256(path: string): string;
  /** Copies to a file that must not exist (EEXIST), flushed to the disk, executable. What failed is removed. */
  copyNew(from: string, to: string, told?: (bytes: number) => void): void;
  /** How many bytes there is room for in a folder; undefined if the system does not say. */
  room(folder: string): number | undefined;
}

export interface FileLook {
  readonly kind: 'file' | 'folder' | 'other';
  readonly size: number;
  /** The same for two names of one file, another for any other file. */
  readonly id: string;
  /** The same for two files that can be links of one. */
  readonly volume: string;
}

/** How much is read at once. */
const piece = 4 * 1024 * 1024;

/** The machine's own. */
export function nodeExecutableFiles(): ExecutableFiles {
  return { look, sha256, copyNew, room };
}

function look(path: string): FileLook | undefined {
  const found = lstatSync(path, { bigint: true, throwIfNoEntry: false });
  if (!found) return undefined;
  const kind = found.isFile() ? 'file' : found.isDirectory() ? 'folder' : 'other';
  const { dev, ino, size } = found;
  return { kind, size: Number(size), id: `${dev}:${ino}`, volume: String(dev) };
}

function sha256(path: string): string {
  const hash = createHash('sha256');
  readPieces(path, (bytes) => hash.update(bytes));
  return hash.digest('hex');
}

function copyNew(from: string, to: string, told?: (bytes: number) => void): void {
  const file = openSync(to, 'wx', 0o755);
  let written = false;
  try {
    let copied = 0;
    readPieces(from, (bytes) => {
      for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
      copied += bytes.length;
      told?.(copied);
    });
    // A power cut must not leave a plugin that is there and half.
    fsyncSync(file);
    written = true;
  } finally {
    closeSync(file);
    if (!written) unlinkSync(to);
  }
}

function readPieces(path: string, take: (bytes: Uint8Array) => void): void {
  const file = openSync(path, 'r');
  try {
    const buffer = Buffer.alloc(piece);
    for (let read = readSync(file, buffer); read > 0; read = readSync(file, buffer)) {
      take(buffer.subarray(0, read));
    }
  } finally {
    closeSync(file);
  }
}

function room(folder: string): number | undefined {
  try {
    const { bavail, bsize } = statfsSync(folder, { bigint: true });
    return Number(bavail * bsize);
  } catch {
    // It is only asked to refuse early: a write says it, too.
    return undefined;
  }
}
