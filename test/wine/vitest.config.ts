import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    // A pod's life under Wine is part of npm test.
    include: ['test/wine/**/*.test.ts'],
    exclude: ['test/wine/life.test.ts'],
    testTimeout: 120_000,
    hookTimeout: 300_000,
    fileParallelism: false,
  },
});
