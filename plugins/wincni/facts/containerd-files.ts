import type { Files } from '../../../system/host.ts';
import { importsOf } from './containerd-config.ts';
import type { FileFact } from './facts.ts';
import { fileFact } from './file-facts.ts';
import { folderOf, isWhole, joined, nameOf } from './node-paths.ts';

/** So many files a configuration may come in. */
const most = 64;

/**
 * containerd's configuration: the file it is started with, and those that it imports, in the order in which
 * containerd loads them: level by level, each once (LoadConfig in containerd's config.go).
 */
export function containerdFiles(files: Files, path: string): FileFact[] {
  const loaded: FileFact[] = [];
  const waiting = [path];
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    const known = next;
    if (loaded.length >= most || loaded.some((file) => file.path === known)) continue;
    const fact = fileFact(files, next);
    loaded.push(fact);
    for (const written of importsOf(fact.text ?? '')) {
      const whole = isWhole(written) ? written : joined(folderOf(next), written);
      waiting.push(...matching(files, whole));
    }
  }
  return loaded;
}

/** The paths that an import names: with `*` or `?` in its last part, those there are, in order. */
function matching(files: Files, path: string): readonly string[] {
  const name = nameOf(path);
  if (!/[*?]/.test(name)) return [path];
  const folder = folderOf(path);
  try {
    return files
      .list(folder)
      .filter((each) => matches(name, each))
      .sort()
      .map((each) => joined(folder, each));
  } catch {
    // As Go's Glob: a folder that cannot be listed holds nothing.
    return [];
  }
}

/** Whether a name is of a pattern of Go's filepath.Match, its character classes left out. Linear in both. */
function matches(pattern: string, name: string): boolean {
  let at = 0;
  let star = -1;
  let retry = 0;
  let from = 0;
  while (from < name.length) {
    if (pattern[at] === '*') {
      star = at;
      retry = from;
      at++;
    } else if (pattern[at] === '?' || pattern[at] === name[from]) {
      at++;
      from++;
    } else if (star >= 0) {
      at = star + 1;
      retry++;
      from = retry;
    } else return false;
  }
  return /^\**$/.test(pattern.slice(at));
}
