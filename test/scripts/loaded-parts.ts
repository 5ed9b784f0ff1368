import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { getBuiltinModule } from 'node:process';
import { runPart } from '../../system/parts.ts';

/** A program of parts, which tells the names of those that it loaded: PARTS is their folder, TOLD the file. */

const { PARTS = '', TOLD = '' } = process.env;
const loaded: string[] = [];
process.on('exit', () => writeFileSync(TOLD, JSON.stringify(loaded)));
runPart('main', {
  stored(name) {
    loaded.push(name);
    return { source: readFileSync(join(PARTS, `${name}.js`), 'utf8'), cache: undefined };
  },
  builtIn: (name) => getBuiltinModule(name),
});
