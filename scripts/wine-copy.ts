import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * What Wine 8 needs of a Windows executable, done to copies under test and to nothing that is shipped:
 *
 * - Node 24 and later crash there, for V8 asks VirtualAlloc2 for memory in a way that Wine's lacks.
 *   Under another name V8 does not find it, and reserves memory the older way.
 * - Wine maps sections that begin at a whole page of the file, and copies all others, 85 MB at each
 *   start. Windows maps either. What is compared under Wine, ours and others', is aligned alike.
 */

/** A copy for Wine, made anew when the original is newer. */
export function copyForWine(original: string, copy: string): string {
  const bytes = readFileSync(original);
  const made = alignedToPages(withoutVirtualAlloc2(bytes));
  if (existsSync(copy) && readFileSync(copy).equals(made)) return copy;
  mkdirSync(dirname(copy), { recursive: true });
  const unfinished = `${copy}.unfinished`;
  rmSync(unfinished, { force: true });
  writeFileSync(unfinished, made);
  renameSync(unfinished, copy);
  return copy;
}

/** A Node that looks for VirtualAlloc2 and does not find it; other programs as they are. */
export function withoutVirtualAlloc2(executable: Buffer): Buffer {
  const copy = Buffer.from(executable);
  const name = Buffer.from('VirtualAlloc2\0');
  for (let at = copy.indexOf(name); at >= 0; at = copy.indexOf(name, at + 1)) {
    copy.write('X', at + name.length - 2, 'latin1');
  }
  return copy;
}

const page = 4096;
const toPage = (size: number) => Math.ceil(size / page) * page;

/** The same PE file with its sections at whole pages (PE format: FileAlignment, PointerToRawData). */
export function alignedToPages(executable: Buffer): Buffer {
  const headers = executable.readUInt32LE(0x3c);
  const optional = headers + 24;
  if (executable.readUInt32LE(headers) !== 0x4550 || executable.readUInt16LE(optional) !== 0x20b) {
    throw new Error('expected a PE file of 64 bits');
  }
  if (executable.readUInt32LE(optional + 36) === page) return executable;
  const count = executable.readUInt16LE(headers + 6);
  const table = optional + executable.readUInt16LE(headers + 20);
  const head = Buffer.alloc(toPage(executable.readUInt32LE(optional + 60)));
  executable.copy(head, 0, 0, Math.min(head.length, executable.readUInt32LE(optional + 60)));
  const pieces = [head];
  let end = head.length;
  let sectionsEnd = 0;
  for (let index = 0; index < count; index++) {
    const row = table + 40 * index;
    const size = executable.readUInt32LE(row + 16);
    const from = executable.readUInt32LE(row + 20);
    if (size === 0) continue;
    sectionsEnd = Math.max(sectionsEnd, from + size);
    const piece = Buffer.alloc(toPage(size));
    executable.copy(piece, 0, from, from + size);
    pieces.push(piece);
    head.writeUInt32LE(piece.length, row + 16);
    head.writeUInt32LE(end, row + 20);
    end += piece.length;
  }
  head.writeUInt32LE(page, optional + 36);
  head.writeUInt32LE(head.length, optional + 60);
  // What stands behind the sections belongs to nobody that is asked for here, and stays behind them.
  return Buffer.concat([...pieces, executable.subarray(sectionsEnd)]);
}
