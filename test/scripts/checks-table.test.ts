import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checks } from '../../plugins/wincni/checks/checks.ts';
import { checksPage, type FactsBehind } from '../../scripts/checks-table.ts';
import { healthyFacts, healthyNames, sickFile, sickNames } from '../helpers/facts-files.ts';
import { root } from '../helpers/trial-node.ts';

describe('docs/checks.md', () => {
  it('is what `npm run docs:checks` writes', () => {
    const files: readonly FactsBehind[] = [
      ...healthyNames.map((name) => ({ source: healthyFacts(name).source, shows: 'all' as const })),
      ...sickNames.map((name) => {
        const { expect: expected, source } = sickFile(name);
        return { source, shows: Object.keys(expected) };
      }),
    ];
    expect(readFileSync(join(root, 'docs', 'checks.md'), 'utf8')).toBe(checksPage(checks, files));
  });

  it('says of a check that a node has shown at work that it was recorded', () => {
    const [first, second] = checks;
    if (!first || !second) throw new Error('there are no checks');
    const files: readonly FactsBehind[] = [
      { source: 'recorded', shows: [first.id] },
      { source: 'written by hand', shows: [second.id, first.id] },
    ];
    const page = checksPage([first, second], files);
    const row = (id: string) => page.split('\n').find((line) => line.startsWith(`| \`${id}\``));
    expect(row(first.id)).toMatch(/\| recorded \|$/);
    expect(row(second.id)).toMatch(/\| facts written by hand \|$/);
  });
});
