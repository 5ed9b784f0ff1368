import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { attachingPlugins } from '../../cni/attaching.ts';
import { trialOperator } from '../../scripts/trial-operator.ts';
import { root } from '../helpers/trial-node.ts';
import { isCode, isTable, pages, partsOf, sectionOf, textOf } from './pages.ts';

/** The configurations in the documents: whole ones are valid, and what is listed of the examples is so. */

const plugin = z.looseObject({
  type: z.string(),
  ipam: z.optional(z.looseObject({ type: z.optional(z.string()) })),
  delegate: z.optional(z.looseObject({ type: z.optional(z.string()) })),
});
const list = z.looseObject({ name: z.string(), plugins: z.array(plugin) });

const isPage = (page: string) => /^(?:docs\/|README|SECURITY)/.test(page);
const blocks = pages.filter(isPage).flatMap((page) =>
  partsOf(textOf(page))
    .filter(isCode)
    .filter(({ text }) => /"(?:plugins|cniVersion)":/.test(text) && /"type":/.test(text))
    .map(({ text }) => ({ page, text })),
);

describe('a configuration in a page', () => {
  // A shell's here-document: $PWD and the like stand for paths.
  const written = blocks
    .map(({ page, text }) => {
      const [, here] = /<<'?END'?\n(\{[\s\S]*?^\})\nEND$/m.exec(text) ?? [];
      return { page, text: (here ?? text).replaceAll('$PWD', '/node') };
    })
    .filter(({ text }) => text.startsWith('{'));

  it('is there', () => {
    expect(written.length).toBeGreaterThan(8);
  });

  it.each(written)('in $page is valid', async ({ text }) => {
    const { run } = trialOperator({ readStdin: () => Buffer.from(text) });
    expect(await run('config', 'validate', '-')).toMatchObject({
      exitCode: expect.toBeOneOf([0, 4]),
      stderr: '',
    });
  });
});

describe('the table of examples in docs/configuration.md', () => {
  const rows = partsOf(sectionOf(textOf('docs/configuration.md'), 'Examples'))
    .filter(isTable)
    .flatMap(({ rows }) => rows.map((row) => row.map(({ text }) => text)));
  const files = readdirSync(join(root, 'test/fixtures/conf'));

  it('has each file once', () => {
    expect(rows.map(([name = '']) => name.replaceAll('`', '')).sort()).toEqual(files.sort());
  });

  it.each(files)('%s: names its plugins', (file) => {
    const { plugins } = z.parse(list, JSON.parse(textOf(`test/fixtures/conf/${file}`)));
    const used = plugins.flatMap(({ delegate, ipam, type }) => [
      type,
      ...(delegate?.type === undefined ? [] : [delegate.type]),
      // flannel hands its subnet to host-local.
      ...(type === 'flannel' ? ['host-local'] : []),
      ...(ipam?.type === undefined ? [] : [ipam.type]),
    ]);
    const [, , said = ''] = rows.find(([name]) => name === `\`${file}\``) ?? [];
    expect(said.split(', ')).toEqual(used);
  });

  it('shows every plugin that attaches pods', () => {
    const said = rows.map(([, , plugins = '']) => plugins).join(', ');
    expect(attachingPlugins.filter((name) => !said.split(', ').includes(name))).toEqual([]);
  });
});
