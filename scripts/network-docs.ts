import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withExplanations } from './explanations.ts';

/** `npm run docs:networks`: writes what `wincni explain` says into the pages of docs/networks anew. */

const folder = join(import.meta.dirname, '..', 'docs', 'networks');
for (const name of readdirSync(folder).filter((file) => file.endsWith('.md'))) {
  const path = join(folder, name);
  writeFileSync(path, await withExplanations(readFileSync(path, 'utf8')));
}
