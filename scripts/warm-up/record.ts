import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { type CompiledPart, runPart } from '../../system/parts.ts';

/**
 * Runs the program's parts from a folder, as an executable runs them from itself, and leaves beside each
 * what is compiled of it: by runs before this one, and by this one. The folder is the first argument,
 * which the program does not see.
 */

const [folder = ''] = process.argv.splice(2, 1);
const compiled = new Map<string, CompiledPart>();
const cachePath = (name: string) => join(folder, `${name}.cache`);

/**
 * V8 throws away code that was not run for some collections of garbage: when, is its clock's matter, and so
 * would a release be. Here it keeps all, but says otherwise where caches are read and made, for it takes a
 * cache only under the options that it was made under.
 */
const asInExecutable = () => setFlagsFromString('--flush-bytecode');
const keepingAll = () => setFlagsFromString('--no-flush-bytecode');

/**
 * Timers are for what does not come. Here everything comes, but late on a machine that is busy: a timer that
 * fires all the same compiles what another build does not have.
 */
const { setTimeout: soon } = globalThis;
const patience = 20;
Object.defineProperty(globalThis, 'setTimeout', {
  value: (act: () => void, ms = 0) => soon(act, ms * patience),
});

process.on('exit', () => {
  asInExecutable();
  for (const [name, { script }] of compiled) {
    writeFileSync(cachePath(name), script.createCachedData());
  }
});

runPart('main', {
  stored(name) {
    asInExecutable();
    return {
      source: readFileSync(join(folder, `${name}.js`), 'latin1'),
      cache: existsSync(cachePath(name)) ? readFileSync(cachePath(name)) : undefined,
    };
  },
  builtIn: (name) => process.getBuiltinModule(name),
  compiled(name, part) {
    keepingAll();
    if (part.cache === 'refused') throw new Error(`${name}: Node refuses what it made itself`);
    compiled.set(name, part);
  },
});
