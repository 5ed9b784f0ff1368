import { configDefaults, defineConfig } from 'vitest/config';
import { setting } from './setting.ts';

/** For Windows alone: what no stand-in can answer. */
const windowsOnly = ['test/windows/scripts.test.ts'];
const { dry, modes, runtime } = setting();

export default defineConfig({
  test: {
    include: ['test/windows/**/*.test.ts'],
    exclude: [
      ...configDefaults.exclude,
      ...(dry ? windowsOnly : []),
      ...(runtime ? [] : ['test/windows/containerd.test.ts']),
      ...(modes.length === 0 ? ['test/windows/bridged.test.ts'] : []),
    ],
    testTimeout: 300_000,
    hookTimeout: 300_000,
    // One node, one HNS: a test looks at all of it before and after.
    fileParallelism: false,
  },
});
