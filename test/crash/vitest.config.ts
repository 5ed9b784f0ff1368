import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/crash/*.test.ts'],
    testTimeout: 1_200_000,
    hookTimeout: 300_000,
    // Each stops one program after the other.
    maxWorkers: 2,
  },
});
