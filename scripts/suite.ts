import { spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { join } from 'node:path';

/**
 * A suite that needs more than Node: it runs, or says aloud that it did not. Skipping is for other
 * people's machines; where CI is set it is a failure.
 */
export async function runSuite(suite: {
  readonly name: string;
  /** What is missing for it to run, if anything is, and how to get it. */
  readonly missing: string | undefined;
  readonly config: string;
  readonly env: Readonly<Record<string, string>>;
  /** What the runner of the tests is told beside; what this program was told, if not said. */
  readonly args?: readonly string[];
}): Promise<number> {
  if (suite.missing !== undefined) {
    process.stdout.write(
      `\n*** ${suite.name} DID NOT RUN: ${suite.missing}\n*** Nothing was tested.\n\n`,
    );
    return process.env['CI'] ? 1 : 0;
  }
  const root = join(import.meta.dirname, '..');
  const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
  // Not spawnSync: a script may serve its suite meanwhile.
  const run = spawn(
    process.execPath,
    [vitest, 'run', '--config', suite.config, ...(suite.args ?? process.argv.slice(2))],
    { cwd: root, stdio: 'inherit', env: { ...process.env, ...suite.env } },
  );
  return new Promise((resolve, reject) => {
    run.on('error', reject);
    run.on('exit', (code) => resolve(code ?? 1));
  });
}

/** Files in memory need no disk, which every command waits for twice and more; no power is cut here. */
export function fastFolder(): Record<string, string> {
  const memory = '/dev/shm';
  try {
    accessSync(memory, constants.W_OK);
    return { TMPDIR: memory };
  } catch {
    return {};
  }
}
