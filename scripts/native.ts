import { join } from 'node:path';
import { bundle } from './bundle.ts';
import { buildLibraries, missingCompiler, startSimulator } from './hns-dlls.ts';
import type { Places } from './node-bases.ts';
import { fastFolder, runSuite } from './suite.ts';

/** `npm run test:native`: HNS by its libraries, called in process, which are doubles on this system. */

const root = join(import.meta.dirname, '..');
const places: Places = { root, build: join(root, 'build') };

async function main(): Promise<number> {
  const suite = { name: 'The native suite', config: 'test/native/vitest.config.ts' };
  const compiler = missingCompiler('linux');
  const missing = process.platform === 'linux' ? compiler : 'Linux';
  if (missing !== undefined) {
    return runSuite({ ...suite, missing: `it needs ${missing}`, env: {} });
  }
  const plugin = join(places.build, 'native-plugin.cjs');
  await bundle(join(root, 'test', 'fixtures', 'native', 'plugin.ts'), plugin);
  const simulator = await startSimulator();
  const exitCode = await runSuite({
    ...suite,
    missing: undefined,
    env: {
      ...fastFolder(),
      WINCNI_TEST_LIBRARIES: buildLibraries(places, 'linux'),
      WINCNI_TEST_PLUGIN: plugin,
      WINCNI_TEST_SIMULATOR: String(simulator.port),
    },
  });
  await simulator.close();
  return exitCode;
}

// Calls that a test has delayed for long may still wait in the simulator.
process.exit(await main());
