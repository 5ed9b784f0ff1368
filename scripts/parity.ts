import { existsSync, readFileSync, rmSync } from 'node:fs';
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
const report = join(places.build, 'reports', 'parity.json');
const suite = { name: 'The parity suite', config: 'test/parity/vitest.config.ts' };

async function main(): Promise<number> {
  rmSync(report, { force: true });
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
  if (existsSync(report)) process.stdout.write(summary(JSON.parse(readFileSync(report, 'utf8'))));
  return exitCode;
}

/** What the suite counted, as it writes it down. */
interface Counted {
  readonly cases: number;
  readonly equal: number;
  readonly byListedDifferences: number;
  readonly judgedAlone: number;
  /** Cases played once more, because Wine ended a process. */
  readonly playedAgain: number;
  /** In how many cases each entry of the list was needed. */
  readonly differences: Readonly<Record<string, number>>;
}

/** The last words: how many cases, and by what they are not equal. */
function summary(counted: Counted): string {
  const { byListedDifferences, cases, equal, judgedAlone, playedAgain } = counted;
  const unlisted = cases - equal - byListedDifferences - judgedAlone;
  const again = playedAgain > 0 ? [`played again, ended by Wine: ${playedAgain}`] : [];
  return [
    '',
    `cases: ${cases}`,
    ...again,
    `equal: ${equal}`,
    `equal but for listed differences: ${byListedDifferences}`,
    `where the reference crashes or refuses, judged alone: ${judgedAlone}`,
    'listed differences, and the cases of each:',
    ...Object.entries(counted.differences).map(
      ([id, times]) => `${String(times).padStart(6)}  ${id}`,
    ),
    `unlisted differences: ${unlisted}`,
    '',
  ].join('\n');
}

process.exit(await main());
