import { configDefaults, defineConfig } from 'vitest/config';

// scripts/test.ts sets it where there is Wine.
const elsewhere = `test/wine/${process.env['WINCNI_WINE_C'] ? '!(life)' : '*'}.test.ts`;

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // These have commands of their own: test:conformance, test:wine, test:crash.
    exclude: [...configDefaults.exclude, 'test/conformance/**', 'test/crash/**', elsewhere],
    testTimeout: 120_000,
    maxWorkers: '100%',
  },
});
