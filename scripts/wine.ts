import { join } from 'node:path';
import { bundle } from './bundle.ts';
import { buildLibraries, installLibraries, missingCompiler, startSimulator } from './hns-dlls.ts';
import type { Places } from './node-bases.ts';
import { runSuite } from './suite.ts';
import { isInPath, referenceHostLocal } from './tools.ts';
import { installStandIn, openWinePrefix } from './wine-prefix.ts';

/** `npm run test:wine`: the Windows executables under Wine, against a stand-in PowerShell. */

const root = join(import.meta.dirname, '..');
const places: Places = { root, build: join(root, 'build') };

async function main(): Promise<number> {
  const suite = { name: 'The Wine suite', config: 'test/wine/vitest.config.ts' };
  if (!isInPath('wine')) {
    return runSuite({ ...suite, missing: 'it needs Wine (apt-get install wine)', env: {} });
  }
  const compiler = missingCompiler('windows');
  if (compiler !== undefined) {
    return runSuite({ ...suite, missing: `it needs ${compiler}`, env: {} });
  }
  const prefix = await openWinePrefix(places);
  await installStandIn(places, prefix);
  installLibraries(buildLibraries(places, 'windows'), join(prefix.driveC, 'windows', 'system32'));
  const hang = join(places.build, 'native-hang.cjs');
  const plugin = join(places.build, 'native-plugin.cjs');
  await bundle(join(root, 'test', 'fixtures', 'native', 'hang.ts'), hang);
  await bundle(join(root, 'test', 'fixtures', 'native', 'plugin.ts'), plugin);
  const simulator = await startSimulator();
  const exitCode = await runSuite({
    ...suite,
    missing: undefined,
    env: {
      ...prefix.env,
      WINCNI_WINE_C: prefix.driveC,
      WINCNI_WINE_NODE: prefix.node,
      WINCNI_WINE_EXECUTABLES: prefix.executables,
      WINCNI_TEST_SIMULATOR: String(simulator.port),
      WINCNI_TEST_HANG: hang,
      WINCNI_TEST_PLUGIN: plugin,
      WINCNI_REFERENCE_HOST_LOCAL_EXE: prefix.goProgram(referenceHostLocal) ?? '',
    },
  });
  await simulator.close();
  prefix.end();
  return exitCode;
}

// Calls that a test has delayed for long may still wait in the simulator.
process.exit(await main());
