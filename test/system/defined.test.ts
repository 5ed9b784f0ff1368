import { expect, it } from 'vitest';
import { defined } from '../../system/defined.ts';

it('leaves out what is undefined, and nothing else', () => {
  const given = { none: undefined, zero: 0, empty: '', no: false, nothing: null, list: [] };
  const kept = { zero: 0, empty: '', no: false, nothing: null, list: [] };
  expect(Object.keys(defined(given))).toEqual(Object.keys(kept));
  expect(defined(given)).toEqual(kept);
});
