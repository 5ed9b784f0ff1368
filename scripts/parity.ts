import { join } from 'node:path';
import { buildLibraries, installLibraries, missingCompiler, startSimulator } from './hns-dlls.ts';
import type { Places } from './node-bases.ts';
import { runSuite } from './suite.ts';
import { isInPath, referenceHostLocal, referencePlugins } from './tools.ts';
import { openWinePrefix } from './wine-prefix.ts';

/**
 * `npm run test:parity`: the reference plugins and ours, both as Windows executables under Wine, on equal
 * nodes of one simulated HNS: what they ask of it, answer and leave, side by side.
 */

const root = join(import.meta.dirname, '..');
const places: Places = { root, build: join(root, 'build') };
const suite = { name: 'The parity suite', config: 'test/parity/vitest.config.ts' };

async function main(): Promise<number> {
  const missing = !isInPath('wine') ? 'Wine (apt-get install wine)' : missingCompiler('windows');
  if (missing !== undefined) return runSuite({ ...suite, missing: `it needs ${missing}`, env: {} });
  const prefix = await openWinePrefix(places);
  const programs = [...Object.values(referencePlugins), referenceHostLocal].map(prefix.goProgram);
  const [theirs] = programs;
  if (programs.includes(undefined) || theirs === undefined) {
    const needed =
      'it needs Go 1.23 or newer, to build the reference plugins (apt-get install golang)';
    return runSuite({ ...suite, missing: needed, env: {} });
  }
  installLibraries(buildLibraries(places, 'windows'), join(prefix.driveC, 'windows', 'system32'));
  const simulator = await startSimulator();
  const exitCode = await runSuite({
    ...suite,
    missing: undefined,
    env: {
      ...prefix.env,
      WINCNI_WINE_C: prefix.driveC,
      WINCNI_PARITY_OURS: prefix.executables,
      WINCNI_PARITY_THEIRS: join(theirs, '..'),
      WINCNI_TEST_SIMULATOR: String(simulator.port),
    },
  });
  await simulator.close();
  prefix.end();
  return exitCode;
}

process.exit(await main());
