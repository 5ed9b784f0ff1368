import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { root } from '../helpers/trial-node.ts';
import { isTable, partsOf, sectionOf, textOf } from './pages.ts';

/** Every variable that the executables read is in docs/configuration.md, and the other way round. */

const sources = ['cni', 'hns-bridge', 'ipam', 'plugins', 'system']
  .flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((name) =>
      join(folder, name),
    ),
  )
  .filter((path) => /\.(?:ts|c)$/.test(path))
  .map(textOf);

/** Read by a name in brackets, by a function that takes the name, by comparison, or kept as a constant. */
const reads =
  /env(?:ironment)?(?:\?\.)?\['(\w+)'\]|\w+\(env, '(\w+)'\)|=== '(PATH)'|['"]((?:WINCNI|CNI)_[A-Z_]+)['"]/g;
const read = new Set(
  sources.flatMap((text) =>
    [...text.matchAll(reads)].flatMap(([, ...names]) => names.filter((name) => name !== undefined)),
  ),
);

const documented = partsOf(sectionOf(textOf('docs/configuration.md'), 'Environment'))
  .filter(isTable)
  .flatMap(({ rows }) => rows.map(([cell]) => cell?.text ?? ''))
  .flatMap((cell) => [...cell.matchAll(/`(\w+)(?:=[^`]*)?`/g)].map(([, name]) => name));

it('finds them', () => {
  expect([...read]).toEqual(expect.arrayContaining(['WINCNI_HNS', 'CNI_COMMAND', 'NO_COLOR']));
});

it('each is documented', () => {
  expect([...read].filter((name) => !documented.includes(name))).toEqual([]);
});

it('each that is documented is read', () => {
  const others = ['powershell', 'native', 'logFile', 'none'];
  const unread = documented.filter((name) => !read.has(name ?? '') && !others.includes(name ?? ''));
  expect(unread).toEqual([]);
});
