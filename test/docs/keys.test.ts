import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { isJsonObject, type JsonObject } from '../../cni/json-object.ts';
import { hostLocalSchema, placeSchema } from '../../ipam/host-local/config.ts';
import { attachSchema } from '../../plugins/attach/schema.ts';
import { flannelSchema } from '../../plugins/flannel/config.ts';
import { root } from '../helpers/trial-node.ts';
import { isTable, partsOf, sectionOf, textOf } from './pages.ts';

/** Every key that the plugins read is in docs/configuration.md, and the other way round. */

/** The paths of a JSON schema's leaves, without the brackets of lists: `policies.name`. */
function leavesOf(schema: JsonObject, path = ''): readonly string[] {
  const { items, properties } = schema;
  if (isJsonObject(items)) return leavesOf(items, path);
  if (!isJsonObject(properties)) return [path];
  return Object.entries(properties).flatMap(([key, value]) =>
    leavesOf(isJsonObject(value) ? value : {}, path === '' ? key : `${path}.${key}`),
  );
}

const leaves = (schema: z.ZodMiniType) =>
  leavesOf(z.toJSONSchema(schema, { unrepresentable: 'any' }));

/** Keys of the first level that are read one by one, without a schema. */
const readSingly = ['cni', 'ipam', 'plugins/attach', 'plugins/flannel', 'plugins/serve.ts']
  .flatMap((path) =>
    path.endsWith('.ts')
      ? [path]
      : readdirSync(join(root, path), { recursive: true, encoding: 'utf8' })
          .filter((name) => name.endsWith('.ts'))
          .map((name) => join(path, name)),
  )
  .flatMap((path) => [...textOf(path).matchAll(/keyValue\((?:call\.)?config, '([^']+)'\)/g)])
  .map(([, key = '']) => key);

const page = textOf('docs/configuration.md');

/** The keys in the first column of a section's tables: `.gw` stands beside the key before it. */
function keysIn(section: string): readonly string[] {
  const cells = partsOf(sectionOf(page, section))
    .filter(isTable)
    .filter(({ header: [first] }) => first?.text === 'key')
    .flatMap(({ rows }) => rows.map(([cell]) => cell?.text ?? ''));
  return cells.flatMap((cell) => {
    let before = '';
    return [...cell.matchAll(/`([\w.[\]/-]+)`/g)].map(([, written = '']) => {
      const key = written.replaceAll('[]', '');
      before = key.startsWith('.') ? `${before.replace(/\.[^.]*$/, '')}${key}` : key;
      return before;
    });
  });
}

const everyPlugin = keysIn('Every plugin');

it.each<[section: string, read: readonly string[]]>([
  ['flannel', leaves(flannelSchema())],
  ['The plugins that attach pods', leaves(attachSchema())],
  ['host-local', [...leaves(hostLocalSchema()), ...leaves(placeSchema())]],
])('%s: each key of its schema is in its tables', (section, read) => {
  const documented = keysIn(section);
  const isThere = (key: string) => documented.some((each) => `${each}.`.startsWith(`${key}.`));
  expect(read.length).toBeGreaterThan(4);
  expect(read.filter((key) => !isThere(key))).toEqual([]);
});

describe('keys that are read without a schema', () => {
  it('are in some table', () => {
    const documented = [
      ...everyPlugin,
      ...['flannel', 'The plugins that attach pods', 'host-local'].flatMap(keysIn),
    ];
    expect(readSingly).toEqual(expect.arrayContaining(['cniVersion', 'hns', 'logFile', 'name']));
    const isThere = (key: string) => documented.some((each) => `${each}.`.startsWith(`${key}.`));
    expect(readSingly.filter((key) => !isThere(key))).toEqual([]);
  });
});

/** Of the runtime's and of others' schemas: libcni keeps `capabilities`, a delegate's keys are a plugin's own. */
const ofOthers = ['capabilities', 'cni.dev/valid-attachments', 'IP', 'type'];

it.each<[section: string, read: readonly string[]]>([
  ['Every plugin', [...readSingly, ...ofOthers]],
  [
    'flannel',
    [
      ...leaves(flannelSchema()),
      'hns',
      'ipam.routes',
      'ipam.dataDir',
      ...leaves(attachSchema()).map((key) => `delegate.${key}`),
    ],
  ],
  ['The plugins that attach pods', [...leaves(attachSchema()), 'ipam.type', ...ofOthers]],
  ['host-local', [...leaves(hostLocalSchema()), ...leaves(placeSchema()), ...ofOthers]],
])('%s: each key in its tables is one that is read', (section, read) => {
  const unread = keysIn(section).filter(
    (key) => !read.some((each) => each === key || each.startsWith(`${key}.`)),
  );
  expect(unread).toEqual([]);
});
