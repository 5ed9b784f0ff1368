import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkTag, notesOf } from './release/notes.ts';

/** `npm run release:notes -- v0.2.0`: what the changelog says of a tag, which must be package.json's version. */

const root = join(import.meta.dirname, '..');
const [tag = ''] = process.argv.slice(2);
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
checkTag(tag, version);
process.stdout.write(notesOf(readFileSync(join(root, 'CHANGELOG.md'), 'utf8'), version));
