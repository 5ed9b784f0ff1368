import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { operatorCommands } from '../plugins/wincni/commands.ts';
import { publishedSchemas } from './published-schemas.ts';

/** Writes docs/schemas: what the operator's commands print with `--json`. */

const folder = join(import.meta.dirname, '..', 'docs', 'schemas');
mkdirSync(folder, { recursive: true });
const schemas = publishedSchemas(operatorCommands);
for (const name of readdirSync(folder)) if (!schemas.has(name)) rmSync(join(folder, name));
for (const [name, text] of schemas) writeFileSync(join(folder, name), text);
console.log(`${schemas.size} schemas in docs/schemas`);
