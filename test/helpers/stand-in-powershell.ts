import { join } from 'node:path';

const root = join(import.meta.dirname, '..', '..');

/** What stands in for powershell.exe, as it is written. */
export const standInSource = join(root, 'test', 'fixtures', 'powershell', 'stand-in.ts');

/** The same as one file, which is made before the tests (bundle-stand-in.ts). */
export const standInPowerShell = join(root, 'build', 'tests', 'powershell-stand-in.cjs');
