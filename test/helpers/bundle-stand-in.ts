import { chmod, rename } from 'node:fs/promises';
import { bundle } from '../../scripts/bundle.ts';
import { standInPowerShell, standInSource } from './stand-in-powershell.ts';

/**
 * Before the tests: the stand-in for PowerShell as one file. It is started hundreds of times, and from its
 * sources most of a start is reading them.
 */
export async function setup(): Promise<void> {
  // Another run of tests may be starting the one that is there.
  const made = `${standInPowerShell}.${process.pid}`;
  await bundle(standInSource, made);
  await chmod(made, 0o755);
  await rename(made, standInPowerShell);
}
