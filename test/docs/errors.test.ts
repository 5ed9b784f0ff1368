import { expect, it } from 'vitest';
import { code } from '../../cni/error.ts';
import { textOf } from './pages.ts';

const rows = [...textOf('docs/errors.md').matchAll(/^\| (\d+) \| (.+) \| (.+) \| (.+) \|$/gm)];

it('lists every error code, and no other, in order', () => {
  const listed = rows.map(([, number]) => Number(number));
  expect(listed).toEqual(Object.values(code).toSorted((one, other) => one - other));
});

it('says of each what it means, where to look and what mends it', () => {
  for (const [, , ...cells] of rows) {
    for (const cell of cells) expect(cell.trim()).not.toBe('');
  }
});
