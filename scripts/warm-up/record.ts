import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type CompiledPart, runPart } from '../../system/parts.ts';

/**
 * Runs the program's parts from a folder, as an executable runs them from itself, and leaves beside each
 * what is compiled of it: by runs before this one, and by this one. The folder is the first argument,
 * which the program does not see.
 */

const [folder = ''] = process.argv.splice(2, 1);
const compiled = new Map<string, CompiledPart>();
const cachePath = (name: string) => join(folder, `${name}.cache`);

process.on('exit', () => {
  for (const [name, { script }] of compiled) {
    writeFileSync(cachePath(name), script.createCachedData());
  }
});

runPart('main', {
  stored: (name) => ({
    source: readFileSync(join(folder, `${name}.js`), 'latin1'),
    cache: existsSync(cachePath(name)) ? readFileSync(cachePath(name)) : undefined,
  }),
  builtIn: (name) => process.getBuiltinModule(name),
  compiled(name, part) {
    if (part.cache === 'refused') throw new Error(`${name}: Node refuses what it made itself`);
    compiled.set(name, part);
  },
});
