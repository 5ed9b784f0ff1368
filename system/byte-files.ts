import {
  closeSync,
  fstatSync,
  fsyncSync,
  openSync,
  readFileSync,
  unlinkSync,
  writeSync,
} from 'node:fs';

/** Files that are no texts; errors are Node's, with their `code`. */
export interface ByteFiles {
  /** A file's bytes. EFBIG when there are more than the limit. */
  read(path: string, limit: number): Uint8Array;
  /** Writes a file that must not exist (EEXIST), flushed to the disk, for its owner alone (0600). */
  writeNew(path: string, bytes: Uint8Array): void;
}

/** The machine's own. */
export function nodeByteFiles(): ByteFiles {
  return { read, writeNew };
}

function read(path: string, limit: number): Uint8Array {
  const file = openSync(path, 'r');
  try {
    if (fstatSync(file).size > limit) {
      const message = `EFBIG: more than ${limit} bytes, read '${path}'`;
      throw Object.assign(new Error(message), { code: 'EFBIG', syscall: 'read', path });
    }
    return readFileSync(file);
  } finally {
    closeSync(file);
  }
}

function writeNew(path: string, bytes: Uint8Array): void {
  const file = openSync(path, 'wx', 0o600);
  let written = false;
  try {
    for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
    fsyncSync(file);
    written = true;
  } finally {
    closeSync(file);
    if (!written) unlinkSync(path);
  }
}
