import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { withExplanations } from '../../scripts/explanations.ts';
import { drawNetwork } from '../../scripts/pictures/draw-network.ts';
import { networkPictures } from '../../scripts/pictures/networks.ts';
import { root } from '../helpers/trial-node.ts';
import { pages, textOf } from './pages.ts';

const folder = join(root, 'docs/networks');
const networks = pages.filter((page) => page.startsWith('docs/networks/'));

describe('the pictures of docs/networks', () => {
  it('are those that are drawn, and no others', () => {
    const files = readdirSync(folder).filter((name) => name.endsWith('.svg'));
    expect(files.sort()).toEqual(networkPictures.map(({ file }) => `${file}.svg`).sort());
  });

  it.each(networkPictures)('$file is what npm run docs:pictures draws', (picture) => {
    expect(textOf(`docs/networks/${picture.file}.svg`)).toBe(drawNetwork(picture));
  });

  it.each(networkPictures)('$file is on its page, with its title', ({ file, title }) => {
    expect(textOf(`docs/networks/${file}.md`)).toContain(
      `![The data path of ${title}](${file}.svg)`,
    );
  });
});

describe.each(networks)('%s', (page) => {
  const text = textOf(page);

  it('has its configurations from test/fixtures/conf, word for word', () => {
    const blocks = [...text.matchAll(/^```json\n([\s\S]*?)^```$/gm)].map(([, block]) => block);
    const named = [...text.matchAll(/`test\/fixtures\/conf\/([\w-]+\.conflist)`/g)];
    const files = named.map(([, name]) => textOf(`test/fixtures/conf/${name}`));
    expect(blocks.length).toBeGreaterThan(0);
    expect(blocks).toEqual(files);
  });

  it('says what wincni explain says: npm run docs:networks', async () => {
    expect(text.match(/<!-- wincni explain/g)?.length).toBeGreaterThan(0);
    expect(text).toBe(await withExplanations(text));
  });

  it('has what every page has', () => {
    const headings = [...text.matchAll(/^## (.+)$/gm)].map(([, heading]) => heading);
    expect(headings).toEqual([
      'The smallest configuration',
      'What is made of it',
      'Limits',
      'Look',
      'Read on',
    ]);
  });
});
