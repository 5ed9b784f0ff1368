import { accessSync, constants } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';

/** The PowerShell that WINCNI_TEST_PWSH names, or else the first on the PATH. */
export function findPwsh(): string | undefined {
  const named = process.env['WINCNI_TEST_PWSH'] ?? '';
  // What is named must be there: a suite that was asked for is not left out.
  if (named !== '') return named;
  return (process.env['PATH'] ?? '')
    .split(delimiter)
    .filter((folder) => isAbsolute(folder))
    .map((folder) => join(folder, 'pwsh'))
    .find((path) => {
      try {
        accessSync(path, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}
