import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { code } from '../../../cni/error.ts';
import { modes } from '../../../plugins/attach/modes.ts';
import { root } from '../../helpers/trial-node.ts';

const readme = readFileSync(join(root, 'README.md'), 'utf8');

describe('the README', () => {
  it('lists every error code, and no other', () => {
    const table = readme.slice(readme.indexOf('## Error codes'));
    const listed = [...table.matchAll(/^\| (\d+) \|/gm)].map(([, number]) => Number(number));
    expect(listed.toSorted((a, b) => a - b)).toEqual(Object.values(code).toSorted((a, b) => a - b));
  });

  it.each(readdirSync(join(root, 'test/fixtures/conf')))('lists the example %s', (name) => {
    expect(readme).toContain(`\`${name}\``);
  });

  it.each(Object.values(modes))('names $name', ({ name }) => {
    expect(readme).toContain(`\`${name}\``);
  });
});
