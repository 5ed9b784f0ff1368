import { join } from 'node:path';
import { configDefaults, defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { fastFolder } from './scripts/suite.ts';

/** What takes longest begins first, so that the workers end at the same time. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isLong = ({ moduleId }: TestSpecification) =>
      /\/(?:life\/(?:powershell|status)|executables\/environment|host-local\/crowds)\.test\.ts$/.test(
        moduleId,
      );
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))];
  }
}

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: 'test/helpers/bundle-stand-in.ts',
    // Programs in TypeScript that the tests start are read once, not at each start.
    env: {
      ...fastFolder(),
      NODE_COMPILE_CACHE: join(import.meta.dirname, 'build', 'compile-cache'),
    },
    // What needs more than Node has a command of its own: test:conformance, test:native and so on.
    exclude: [...configDefaults.exclude, 'test/{conformance,native,parity,wine,crash,windows}/**'],
    // Bundling in a hook takes longer than vitest's 10 seconds where others use the processors, too.
    hookTimeout: 120_000,
    // What `npm run test:long` sweeps whole takes its time.
    testTimeout: process.env['WINCNI_TEST_LONG'] === undefined ? 120_000 : 3_600_000,
    maxWorkers: '100%',
    // No module keeps state (biome.json and review see to it): the files of a worker share what it has loaded.
    isolate: false,
    sequence: { sequencer: LongestFirst },
  },
});
