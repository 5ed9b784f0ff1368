import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/**
 * `npm run test:long`: what is too long for every day, whole: the sweeps of hostile inputs, faults and
 * kills, installs that are struck, commands that run at once, crowds of processes, the crash suite and
 * parity. Names of parts (`sweeps`, `crash`) run those alone. The counts of all are the last words.
 */

const root = join(import.meta.dirname, '..');
const counts = join(root, 'build', 'reports', 'long.jsonl');
const vitest = join('node_modules', 'vitest', 'vitest.mjs');
const parts: Readonly<Record<string, readonly string[]>> = {
  sweeps: [vitest, 'run', 'test/sweeps'],
  interleavings: [vitest, 'run', 'test/interleavings'],
  explain: [vitest, 'run', 'wincni/explain-equals-add'],
  install: [vitest, 'run', 'install/kills'],
  crowds: [vitest, 'run', 'crowds', 'simulator/processes', 'attach/creation'],
  crash: ['scripts/crash.ts'],
  parity: ['scripts/parity.ts'],
};

/** A sweep's count, as test/sweeps/counts.ts writes it. */
interface Count {
  readonly sweep: string;
  readonly counts: Readonly<Record<string, number | string>>;
  readonly leftOver: number;
}

function main(asked: readonly string[]): number {
  const unknown = asked.filter((name) => !(name in parts));
  if (unknown.length > 0) {
    process.stderr.write(`no such part: ${unknown.join(', ')}; ${Object.keys(parts).join(', ')}\n`);
    return 1;
  }
  mkdirSync(join(counts, '..'), { recursive: true });
  rmSync(counts, { force: true });
  const played = Object.entries(parts).filter(
    ([name]) => asked.length === 0 || asked.includes(name),
  );
  const failed = played.flatMap(([name, args]) => {
    const options = ['--env-file=test/long.env', ...args];
    const env = { ...process.env, WINCNI_TEST_COUNTS: counts };
    const run = spawnSync(process.execPath, options, { cwd: root, stdio: 'inherit', env });
    return run.status === 0 ? [] : [name];
  });
  process.stdout.write(`\n${table()}\n`);
  process.stdout.write(`${played.map(([name]) => name).join(', ')}: `);
  process.stdout.write(failed.length === 0 ? 'all passed\n' : `FAILED: ${failed.join(', ')}\n`);
  return failed.length === 0 ? 0 : 1;
}

/** A line for each count; the last column is what was left over. */
function table(): string {
  if (!existsSync(counts)) return 'no counts';
  const lines = readFileSync(counts, 'utf8').trim().split('\n');
  const read: readonly Count[] = lines.map((line) => JSON.parse(line));
  const width = Math.max(...read.map(({ sweep }) => sweep.length));
  return read
    .map(({ counts, leftOver, sweep }) => {
      const said = Object.entries(counts).map(([what, count]) => `${count} ${what}`);
      return `${sweep.padEnd(width)}  left over: ${leftOver}  ${said.join(', ')}`;
    })
    .join('\n');
}

process.exitCode = main(process.argv.slice(2));
