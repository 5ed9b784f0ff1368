import {
  closeSync,
  fstatSync,
  fsyncSync,
  linkSync,
  opendirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  statSync,
  unlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import type { Files } from './host.ts';
import { makePrivateFolder, makeStateFolder } from './state-folders.ts';
import type { Windows } from './windows.ts';

/**
 * The machine's own file system.
 * @param windows on Windows: gives what makes folders there, where node:ffi is there
 */
export function nodeFiles(windows?: () => Windows | undefined): Files {
  return {
    read,
    list,
    makeFolder: windows ? (path) => makeStateFolder(path, windows) : makePrivateFolder,
    writeNew,
    overwrite(path, text) {
      writeFileSync(path, text, { mode: 0o600 });
    },
    link: linkSync,
    rename: renameSync,
    remove: unlinkSync,
    removeFolder: (path) => rmdirSync(path),
    modified: (path) => statSync(path).mtimeMs,
  };
}

/** No text of ours is as long, in bytes: what is longer would only fill the memory. */
const longestText = 64 * 1024 * 1024;

function read(path: string): string {
  const file = openSync(path, 'r');
  try {
    if (fstatSync(file).size > longestText) {
      const message = `EFBIG: more than ${longestText} bytes, read '${path}'`;
      throw Object.assign(new Error(message), { code: 'EFBIG', syscall: 'read', path });
    }
    return readFileSync(file, 'utf8');
  } finally {
    closeSync(file);
  }
}

function list(folder: string, limit?: number): string[] {
  if (limit === undefined) return readdirSync(folder);
  const names: string[] = [];
  const entries = opendirSync(folder);
  try {
    for (
      let entry = entries.readSync();
      entry && names.length < limit;
      entry = entries.readSync()
    ) {
      names.push(entry.name);
    }
  } finally {
    entries.closeSync();
  }
  return names;
}

function writeNew(path: string, text: string): void {
  const file = openSync(path, 'wx', 0o600);
  let written = false;
  try {
    const bytes = Buffer.from(text);
    let offset = 0;
    while (offset < bytes.length) offset += writeSync(file, bytes, offset);
    // A power cut must not leave a file that is there and empty.
    fsyncSync(file);
    written = true;
  } finally {
    closeSync(file);
    if (!written) unlinkSync(path);
  }
}
