import { describe, expect, it } from 'vitest';
import { nestsDeeper } from '../../cni/json-depth.ts';

const lists = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`;

describe('a text that nests', () => {
  it.each([
    ['as deep as may be', lists(10), false],
    ['one deeper', lists(11), true],
    ['deeper, and does not end', '['.repeat(11), true],
    ['in objects and lists', `${'{"a":['.repeat(5)}1${']}'.repeat(5)}`, false],
    ['in objects and lists, one deeper', `[${'{"a":['.repeat(5)}1${']}'.repeat(5)}]`, true],
    ['little, and has many brackets', `[${'[{}],'.repeat(100)}1]`, false],
    ['much after much that does not', `[${'[{}],'.repeat(100)}${lists(10)}]`, true],
    ['in a text alone', `["${'['.repeat(100)}","${'{'.repeat(100)}"]`, false],
    ['behind a quote in a text', `["\\"${'['.repeat(100)}"]`, false],
    ['behind a text that ends with a backslash', `["\\\\",${lists(10)}]`, true],
    ['not at all', '', false],
  ])('%s', (_, text, isDeeper) => {
    expect(nestsDeeper(text, 10)).toBe(isDeeper);
  });
});
