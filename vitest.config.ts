import { configDefaults, defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // These need cnitool and Wine: npm run test:conformance, npm run test:wine.
    exclude: [...configDefaults.exclude, 'test/conformance/**', 'test/wine/**'],
    testTimeout: 60_000,
  },
});
