import { join } from 'node:path';
import type { HnsWay } from '../../hns-bridge/ways.ts';
import { logFile } from '../../scripts/windows/around-node.ts';
import { dryEnv } from '../../scripts/windows/node-hns.ts';
import type { Setting } from '../../scripts/windows/setting.ts';
import { type PipedRun, runPiped } from '../helpers/piped.ts';
import type { Starter } from '../helpers/trial-node.ts';

/** How an executable ended, and how long it took. */
export interface Ran extends PipedRun {
  /** Milliseconds, by a clock that nobody sets. */
  readonly ms: number;
}

/** The path of an executable of ours, by its name. */
export const executable = ({ executables }: Setting, name: string): string =>
  join(executables, process.platform === 'win32' ? `${name}.exe` : name);

/** Starts a program with pipes, as containerd starts plugins, and waits for its end. */
export async function run(
  file: string,
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  stdin = '',
): Promise<Ran> {
  const started = performance.now();
  const ended = await runPiped(file, args, { env: { ...env } }, stdin);
  return { ...ended, ms: Math.round(performance.now() - started) };
}

/** What every process of ours gets: the machine's environment, and in a dry run what stands in for Windows. */
export function environmentOf(
  setting: Setting,
  way: HnsWay,
): Readonly<Record<string, string | undefined>> {
  return {
    ...process.env,
    ...(setting.dry ? dryEnv(setting.dry) : {}),
    WINCNI_HNS: way,
    WINCNI_LOG_FILE: logFile(setting, way),
  };
}

/**
 * Plugins as executables, by a way to HNS. In a dry run the native way is that of the same code as one program:
 * the executables take HNS's libraries from Windows alone.
 */
export function pluginsBy(setting: Setting, way: HnsWay): Starter {
  const { dry } = setting;
  return (plugin, env, stdin) => {
    const whole = { ...environmentOf(setting, way), ...env };
    if (dry && way === 'native') {
      const args = ['--no-warnings', dry.plugin, plugin, dry.libraries];
      return run(process.execPath, args, whole, stdin);
    }
    return run(executable(setting, plugin), [], whole, stdin);
  };
}
