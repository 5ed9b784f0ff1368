import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';
import { isLong } from '../helpers/long.ts';
import { root } from '../helpers/trial-node.ts';
import { type Case, eachAlone, mixtures } from './cases.ts';
import { differences } from './differences.ts';
import { askedOfThem, compared, expectedOfUs, judged } from './explain.ts';
import { play, playedAgain, playReferenceAgain } from './observe.ts';

const cases: readonly Case[] = [...eachAlone, ...mixtures(isLong ? 1200 : 120, 20261128)];

/** In how many cases each rule of the list explains something that would be a difference without it. */
const used = new Map(differences.map(({ id }) => [id, 0]));
const count = (id: string) => used.set(id, (used.get(id) ?? 0) + 1);
const sums = { cases: 0, equal: 0, byListedDifferences: 0, judgedAlone: 0 };

describe.concurrent('the reference and ours', () => {
  it.each(cases.map((played, index) => ({ title: played.title, played, index })))(
    '$title',
    async ({ index, played }) => {
      sums.cases++;
      const { by: asking, config } = askedOfThem(played);
      const [theirs, ours] = await Promise.all([
        play('theirs', `case-${index}-theirs`, { ...played, config }),
        play('ours', `case-${index}-ours`, played),
      ]);
      const first = expectedOfUs(theirs, played);
      const isExplained =
        judged(first.steps, ours, played) ||
        isDeepStrictEqual(compared(ours), compared(first.steps));
      const again = { ...played, config };
      const { by, steps } = isExplained
        ? first
        : expectedOfUs(await playReferenceAgain(`case-${index}-again`, again), played);
      const verdict = judged(steps, ours, played);
      if (verdict) {
        expect(verdict.problems).toEqual([]);
        count(verdict.id);
        sums.judgedAlone++;
        return;
      }
      expect(compared(ours)).toEqual(compared(steps));
      for (const id of by) count(id);
      sums[by.length + asking.length === 0 ? 'equal' : 'byListedDifferences']++;
      // Whether it takes the rule: with the same configuration the reference does something else.
      const [only] = asking;
      if (asking.length !== 1 || only === undefined || played.title.startsWith('mixture')) return;
      const same = await play('theirs', `case-${index}-same`, played);
      const differs = !isDeepStrictEqual(
        compared(expectedOfUs(same, played).steps),
        compared(steps),
      );
      if (differs) count(only);
    },
  );
});

it('every rule of the list is one that a case needs', () => {
  expect([...used].filter(([, cases]) => cases === 0).map(([id]) => id)).toEqual([]);
});

it('Wine ended few processes of its own accord', () => {
  expect(playedAgain).toBeLessThan(cases.length / 50);
});

it('every rule of the list is in docs/migration.md', () => {
  const said = plainText(readFileSync(join(root, 'docs/migration.md'), 'utf8'));
  const missing = differences.filter(({ documented }) => !said.includes(plainText(documented)));
  expect(missing.map(({ id, documented }) => [id, documented])).toEqual([]);
});

const plainText = (text: string) => text.replace(/\s+/g, ' ');

afterAll(() => {
  const folder = join(root, 'build', 'reports');
  mkdirSync(folder, { recursive: true });
  const report = { ...sums, playedAgain, differences: Object.fromEntries(used) };
  writeFileSync(join(folder, 'parity.json'), JSON.stringify(report));
});
