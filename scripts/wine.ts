import { join } from 'node:path';
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
  const prefix = await openWinePrefix(places);
  await installStandIn(places, prefix);
  const exitCode = await runSuite({
    ...suite,
    missing: undefined,
    env: {
      ...prefix.env,
      WINCNI_WINE_C: prefix.driveC,
      WINCNI_WINE_NODE: prefix.node,
      WINCNI_WINE_EXECUTABLES: prefix.executables,
      WINCNI_REFERENCE_HOST_LOCAL_EXE: prefix.goProgram(referenceHostLocal) ?? '',
    },
  });
  prefix.end();
  return exitCode;
}

process.exitCode = await main();
