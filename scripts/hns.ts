import { join } from 'node:path';
import { buildLibraries, missingCompiler, startSimulator } from './hns-dlls.ts';
import type { Places } from './node-bases.ts';

/**
 * `npm run hns`: the simulated HNS as a process, for clients that call HNS's own libraries, until it is
 * stopped (docs/simulator.md).
 */

const root = join(import.meta.dirname, '..');
const places: Places = { root, build: join(root, 'build') };
const say = (text: string) => process.stdout.write(`${text}\n`);

if (process.argv.length > 2) {
  say(
    'npm run hns serves the simulated HNS until it is stopped. It takes no options: docs/simulator.md',
  );
  process.exit(process.argv[2] === '--help' ? 0 : 2);
}
// It serves on when nobody reads what it says any more.
process.stdout.on('error', () => {});
for (const system of ['windows', 'linux'] as const) {
  const missing = missingCompiler(system);
  const made =
    missing === undefined ? buildLibraries(places, system) : `not made: needs ${missing}`;
  say(`Libraries for ${system}: ${made}`);
}
const { port } = await startSimulator();
say(`The simulated HNS listens on port ${port} until it is stopped.`);
say('A client finds it, and the HNS it means, by its environment:');
say(`  WINCNI_SIMULATOR="${port} <the absolute path of a folder with an hns.json>"`);
