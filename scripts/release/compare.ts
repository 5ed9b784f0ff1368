import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { promisify } from 'node:util';
import { unzipSync } from 'fflate';

const run = promisify(execFile);

/** What a file of two releases is: the same in both, or otherwise here. */
export interface Compared {
  readonly name: string;
  readonly differs: string | undefined;
}

/** Compares two folders file by file, and archives that differ member by member. */
export async function compareReleases(one: string, other: string): Promise<readonly Compared[]> {
  const [names, others] = await Promise.all([readdir(one), readdir(other)]);
  const all = [...new Set([...names, ...others])].sort();
  return Promise.all(
    all.map(async (name) => {
      if (!names.includes(name) || !others.includes(name)) {
        return { name, differs: 'is in one of them only' };
      }
      const files = [join(one, name), join(other, name)] as const;
      return { name, differs: await difference(...files) };
    }),
  );
}

async function difference(one: string, other: string): Promise<string | undefined> {
  const [first, second] = await Promise.all([readFile(one), readFile(other)]);
  if (first.equals(second)) return undefined;
  const members = await membersOf(one);
  const others = await membersOf(other);
  const names = [...new Set([...members.keys(), ...others.keys()])].sort();
  const differing = names.flatMap((name) => {
    const [ours, theirs] = [members.get(name), others.get(name)];
    if (ours === undefined || theirs === undefined) return [`${name} is in one of them only`];
    const at = firstDifference(ours, theirs);
    return at === undefined ? [] : [`${name} from byte ${at} on`];
  });
  return differing.join(', ') || 'its members are the same: their order, modes, times or packing';
}

function firstDifference(one: Uint8Array, other: Uint8Array): number | undefined {
  if (Buffer.from(one).equals(other)) return undefined;
  const at = one.findIndex((byte, index) => byte !== other[index]);
  return at < 0 ? one.length : at;
}

/** The files in a file of a release: those of an archive by their paths in it, or itself as `the file`. */
export async function membersOf(path: string): Promise<ReadonlyMap<string, Uint8Array>> {
  if (path.endsWith('.zip')) return new Map(Object.entries(unzipSync(await readFile(path))));
  if (!path.endsWith('.tgz')) return new Map([['the file', await readFile(path)]]);
  const folder = await mkdtemp(join(tmpdir(), 'wincni-archive-'));
  try {
    await run('tar', ['--extract', '--gzip', `--file=${path}`, `--directory=${folder}`]);
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    const paths = entries
      .filter((entry) => !entry.isDirectory())
      .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
      .sort();
    const files = paths.map(async (path) => [path, await readFile(join(folder, path))] as const);
    return new Map(await Promise.all(files));
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Which of some words are in bytes, as bytes or as Windows writes texts, two bytes a letter. */
export function tracesIn(bytes: Uint8Array, words: readonly string[]): readonly string[] {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  // As bytes: a search for a text of two bytes a letter looks at every second place.
  const isIn = (word: string, encoding: BufferEncoding) =>
    buffer.includes(Buffer.from(word, encoding));
  return words.filter((word) => isIn(word, 'utf8') || isIn(word, 'utf16le'));
}
