import { simulatorEnv } from '../../scripts/hns-dlls.ts';
import { runPiped } from '../helpers/piped.ts';
import type { Starter } from '../helpers/trial-node.ts';

const {
  WINCNI_TEST_LIBRARIES: libraries = '',
  WINCNI_TEST_PLUGIN: bundle = '',
  WINCNI_TEST_SIMULATOR: port = '',
} = process.env;

/** Where HNS's libraries are, as doubles of the simulator. */
export const librariesFolder = libraries;

/** The environment in which they mean the simulated HNS of a folder. */
export const envOf = (folder: string) => simulatorEnv(port, folder);

/** Plugins in processes of their own, HNS by its libraries. */
export const nativePlugins: Starter = (plugin, { WINCNI_HNS_STATE = '', ...env }, stdin) =>
  run(['--no-warnings', bundle, plugin, libraries], { ...env, ...envOf(WINCNI_HNS_STATE) }, stdin);

/** A Node with these arguments, to its end. */
export function run(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  stdin = '',
): ReturnType<Starter> {
  return runPiped(process.execPath, args, { env: { ...env } }, stdin);
}
