import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { root } from '../helpers/trial-node.ts';
import { type Case, eachAlone, mixtures } from './cases.ts';
import { differences } from './differences.ts';
import { type Observed, play } from './observe.ts';
import { makeNode, removeNode } from './sides.ts';

const cases: readonly Case[] = [...eachAlone, ...mixtures(120, 20261128)];

/** Which cases each entry of the list explains something of. */
const used = new Map(differences.map(({ id }) => [id, 0]));
let equal = 0;

describe.concurrent('the reference and ours', () => {
  it.each(cases.map((played, index) => ({ title: played.title, played, index })))(
    '$title',
    async ({ index, played }) => {
      const theirNode = makeNode('theirs', `case-${index}-theirs`);
      const ourNode = makeNode('ours', `case-${index}-ours`);
      const [theirs, ours] = await Promise.all([play(theirNode, played), play(ourNode, played)]);
      const explained: string[] = [];
      const expected = differences.reduce<readonly Observed[]>((sofar, { becomes, id }) => {
        const then = becomes(sofar, played);
        if (JSON.stringify(then) !== JSON.stringify(sofar)) explained.push(id);
        return then;
      }, theirs);
      const compared = ({ said: _, ...rest }: Observed) => rest;
      expect(ours.map(compared)).toEqual(expected.map(compared));
      for (const id of explained) used.set(id, (used.get(id) ?? 0) + 1);
      if (explained.length === 0) equal++;
      removeNode(theirNode);
      removeNode(ourNode);
    },
  );
});

it('every listed difference is one that a case has', () => {
  expect([...used].filter(([, count]) => count === 0)).toEqual([]);
});

afterAll(() => {
  mkdirSync(join(root, 'build', 'reports'), { recursive: true });
  const summary = { cases: cases.length, equal, differences: Object.fromEntries(used) };
  writeFileSync(join(root, 'build', 'reports', 'parity.json'), JSON.stringify(summary));
});
