import { join } from 'node:path';
import type { Places } from './node-bases.ts';
import { runSuite } from './suite.ts';
import { isInPath } from './tools.ts';
import { installStandIn, openWinePrefix } from './wine-prefix.ts';

/**
 * `npm test`: everything that needs no more than Node; and, where there is Wine, a pod's life with
 * the Windows executables.
 */

const root = join(import.meta.dirname, '..');
const places: Places = { root, build: join(root, 'build') };
const suite = { name: 'npm test', missing: undefined, config: 'vitest.config.ts' };

async function main(): Promise<number> {
  if (!isInPath('wine')) {
    process.stdout.write(
      '\n*** The Windows executables were NOT run: that needs Wine (apt-get install wine).\n\n',
    );
    const exitCode = runSuite({ ...suite, env: {} });
    return process.env['CI'] ? 1 : exitCode;
  }
  const prefix = await openWinePrefix(places);
  await installStandIn(places, prefix);
  const exitCode = runSuite({ ...suite, env: { ...prefix.env, WINCNI_WINE_C: prefix.driveC } });
  prefix.end();
  return exitCode;
}

process.exitCode = await main();
