import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { claimIds, claims } from '../../../../plugins/wincni/acceptance/claims.ts';
import { root } from '../../../helpers/trial-node.ts';

const blanks = (text: string) => text.replace(/\s+/g, ' ');
const text = blanks(readFileSync(join(root, 'hns-bridge', 'HNS.md'), 'utf8'));

it.each(claimIds)('%s quotes a line of HNS.md', (id) => {
  expect(text).toContain(blanks(claims[id]));
});
