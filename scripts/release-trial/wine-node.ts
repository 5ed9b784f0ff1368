import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import type { WinePrefix } from '../wine-prefix.ts';

/** A Windows node of the trial: drive C of Wine, whose programs are typed as on a node. */
export interface WineNode {
  /** A path of drive C, as this system sees it: `opt/cni/bin`. */
  at(...path: readonly string[]): string;
  /** Runs a program of drive C. Says what was typed and what came. Throws where the exit code is another. */
  run(command: WineCommand): string;
}

export interface WineCommand {
  readonly program: string;
  readonly words?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string;
  readonly exitCode?: number;
}

/** Makes the node on a prefix. `say` gets each command with what it printed. */
export function wineNode(prefix: WinePrefix, say: (text: string) => void): WineNode {
  const { driveC } = prefix;
  const windowsPath = (path: string) => `C:${path.slice(driveC.length).replaceAll('/', '\\')}`;
  return {
    at: (...path) => join(driveC, ...path),
    run({ env = {}, exitCode = 0, program, stdin = '', words = [] }) {
      const shown = Object.entries(env)
        .filter(([name]) => name === 'CNI_COMMAND')
        .map(([name, value]) => `$env:${name} = '${value}'; `);
      say(`PS> ${shown.join('')}${[windowsPath(program), ...words].join(' ')}`);
      const { HOME, PATH } = process.env;
      const { error, status, stderr, stdout } = spawnSync('wine', [program, ...words], {
        cwd: driveC,
        encoding: 'utf8',
        env: { HOME, PATH, ...prefix.env, ...env },
        input: stdin,
      });
      if (error) throw error;
      say(`${stdout}${stderr}`.replaceAll('\r', '').trimEnd());
      if (status !== exitCode)
        throw new Error(`exit code ${status}, where ${exitCode} was expected`);
      return stdout;
    },
  };
}
