/** Whether `npm run test:long` runs: sweeps whole, of which every other run plays a part. */
export const isLong = process.env['WINCNI_TEST_LONG'] !== undefined;
