import { expect, it } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import { pages, textOf } from './pages.ts';

const scripts = Object.keys(manifest.scripts);

/** `npm run X` and `npm test`, wherever a page tells one to type it. */
const named = pages.flatMap((page) =>
  [...textOf(page).matchAll(/\bnpm (?:run ([a-z:]+)|(test)\b)/g)].map(([, script, test]) => ({
    page,
    script: script ?? test ?? '',
  })),
);

it('each npm script that a page names is there', () => {
  expect(named.length).toBeGreaterThan(30);
  expect(named.filter(({ script }) => !scripts.includes(script))).toEqual([]);
});

it('each npm script is in CONTRIBUTING.md', () => {
  const there = new Set(
    named.filter(({ page }) => page === 'CONTRIBUTING.md').map(({ script }) => script),
  );
  expect(scripts.filter((script) => !there.has(script))).toEqual([]);
});
