import { configDefaults, defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

// scripts/test.ts sets it where there is Wine.
const elsewhere = `test/wine/${process.env['WINCNI_WINE_C'] ? '!(life)' : '*'}.test.ts`;

/** What takes longest begins first, so that the workers end at the same time. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isLong = ({ moduleId }: TestSpecification) =>
      /\/(?:wine\/life|life\/powershell|host-local\/crowds|simulator\/processes)\.test\.ts$/.test(
        moduleId,
      );
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))];
  }
}

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // These have commands of their own: test:conformance, test:wine, test:crash.
    exclude: [...configDefaults.exclude, 'test/conformance/**', 'test/crash/**', elsewhere],
    testTimeout: 120_000,
    maxWorkers: '100%',
    // No module keeps state (biome.json and review see to it): the files of a worker share what it has loaded.
    isolate: false,
    sequence: { sequencer: LongestFirst },
  },
});
