import { getBuiltinModule } from 'node:process';
import { storedPart } from '../system/executable-parts.ts';
import { runPart } from '../system/parts.ts';

/** What an executable begins with: the first of its parts is main.ts. */

runPart('main', { stored: storedPart, builtIn: (name) => getBuiltinModule(name) });
