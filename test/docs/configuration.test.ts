import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { modes } from '../../plugins/attach/modes.ts';
import { root } from '../helpers/trial-node.ts';
import { textOf } from './pages.ts';

const page = textOf('docs/configuration.md');

describe('docs/configuration.md', () => {
  it.each(readdirSync(join(root, 'test/fixtures/conf')))('lists the example %s', (name) => {
    expect(page).toContain(`\`${name}\``);
  });

  it.each(Object.values(modes))('names $name', ({ name }) => {
    expect(page).toContain(`\`${name}\``);
  });
});
