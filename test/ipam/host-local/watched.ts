import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { Files } from '../../../system/host.ts';
import { type Trial, trial } from './trial.ts';

/** A node whose host-local writes down each path it touches, and is kept from any outside its folder. */
export function watched(): { readonly node: Trial; readonly touched: Set<string> } {
  const touched = new Set<string>();
  const note = (path: string) => {
    touched.add(path);
    return path;
  };
  const inside = (path: string) => {
    // No system error: it comes out as a bug, 999, and fails the test.
    if (!note(path).startsWith(`${node.folder}/`)) throw new Error(`outside: ${path}`);
    return path;
  };
  const watch = (files: Files): Files => ({
    read: (path) => files.read(note(path)),
    list: (folder, limit) => files.list(inside(folder), limit),
    makeFolder: (path) => files.makeFolder(inside(path)),
    writeNew: (path, text) => files.writeNew(inside(path), text),
    overwrite: (path, text) => files.overwrite(inside(path), text),
    link: (from, to) => files.link(inside(from), inside(to)),
    rename: (from, to) => files.rename(inside(from), inside(to)),
    remove: (path) => files.remove(inside(path)),
    removeFolder: (path) => files.removeFolder(inside(path)),
    modified: (path) => files.modified(inside(path)),
  });
  const node = trial({ files: watch });
  mkdirSync(join(node.folder, 'networks-escaped'));
  writeFileSync(join(node.folder, 'escaped'), 'pod1\r\neth0');
  return { node, touched };
}

/** What lies beside the data folder. */
function beside(node: Trial): unknown {
  const names = readdirSync(node.folder).filter((name) => name !== 'networks');
  return [names.sort(), readFileSync(join(node.folder, 'escaped'), 'utf8')];
}

/** The one folder that may be touched, and what is directly in it. */
export function expectInside(
  node: Trial,
  touched: ReadonlySet<string>,
  read: unknown = undefined,
): void {
  for (const path of touched) {
    if (path === read) continue;
    expect(path.slice(0, node.dataDir.length + 1)).toBe(`${node.dataDir}/`);
    expect(path.slice(node.dataDir.length + 1)).toMatch(
      /^[A-Za-z0-9][\w.-]*(?:\/(?:\.claims\/)?[\w.:-]+)?$/,
    );
  }
  expect(beside(node)).toEqual([['escaped', 'networks-escaped'], 'pod1\r\neth0']);
}
