import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { operatorCommands } from '../plugins/wincni/commands.ts';
import { commandsPage } from './commands-page.ts';

/** `npm run docs:commands`: writes docs/commands.md. */

const page = join(import.meta.dirname, '..', 'docs', 'commands.md');
writeFileSync(page, commandsPage(operatorCommands));
console.log(`${operatorCommands.length} commands in docs/commands.md`);
