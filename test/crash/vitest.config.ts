import { defineConfig } from 'vitest/config';
import { isLong } from '../helpers/long.ts';

export default defineConfig({
  test: {
    include: [isLong ? 'test/crash/**/*.test.ts' : 'test/crash/*.test.ts'],
    testTimeout: 1_200_000,
    hookTimeout: 300_000,
    // Each stops one program after the other.
    maxWorkers: 2,
  },
});
