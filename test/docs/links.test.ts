import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from '../helpers/trial-node.ts';
import {
  anchorsOf,
  isHeading,
  isTable,
  linksOf,
  pages,
  partsOf,
  placeOf,
  textOf,
} from './pages.ts';

const isElsewhere = (target: string) => /^[a-z]+:/.test(target);

describe.each(pages)('%s', (page) => {
  const text = textOf(page);

  it('leads nowhere that is not there', () => {
    const broken = linksOf(text)
      .filter((target) => !isElsewhere(target))
      .filter((target) => {
        const { anchor, path } = placeOf(page, target);
        if (path.startsWith('..') || !existsSync(join(root, path))) return true;
        return anchor !== '' && !anchorsOf(textOf(path)).includes(anchor);
      });
    expect(broken).toEqual([]);
  });

  it('has addresses of the web that are whole', () => {
    const wrong = linksOf(text)
      .filter(isElsewhere)
      .filter((target) => !target.startsWith('https://') || !URL.canParse(target));
    expect(wrong).toEqual([]);
  });

  it('names no path of the machine that it was written on', () => {
    expect(text).not.toContain(homedir() === '/' ? root : homedir());
    expect(text).not.toContain(root);
  });

  it('has one title, and leaves no level of headings out', () => {
    const levels = partsOf(text)
      .filter(isHeading)
      .map(({ depth }) => depth);
    expect(levels.filter((level) => level === 1)).toEqual([1]);
    expect(levels.filter((level, at) => level > (levels[at - 1] ?? 0) + 1)).toEqual([]);
  });

  it('has tables whose rows have as many cells as their heads', () => {
    const cells = (row: string) => row.replaceAll('\\|', '').split('|').length;
    const uneven = partsOf(text)
      .filter(isTable)
      .flatMap(({ raw }) => {
        const [head = '', ...rows] = raw.trimEnd().split('\n');
        return rows.filter((row) => cells(row) !== cells(head));
      });
    expect(uneven).toEqual([]);
  });
});

describe('docs/README.md', () => {
  const listed = linksOf(textOf('docs/README.md')).map(
    (target) => placeOf('docs/README.md', target).path,
  );

  it('lists every page', () => {
    const itself = (page: string) => page === 'docs/README.md';
    expect(pages.filter((page) => !itself(page) && !listed.includes(page))).toEqual([]);
  });

  it('lists each once', () => {
    expect(listed.filter((page, at) => listed.indexOf(page) !== at)).toEqual([]);
  });
});
