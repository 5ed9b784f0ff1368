import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A command to measure: a program, its arguments, its environment, its standard input. */
export interface Timed {
  readonly file: string;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string;
  readonly cwd?: string;
  /** What its answer must hold: another answer is no figure of it. */
  readonly says?: string;
}

/** What commands cost. */
export interface Cost {
  /** Seconds, from the first one's start to the last one's end. */
  readonly wall: number;
  /** Of each. */
  readonly walls: readonly number[];
  /** Seconds of processor time, theirs and that of all they started; undefined where nobody counts it. */
  readonly cpu: number | undefined;
  /** The most memory that one of them had, KiB. */
  readonly peak: number | undefined;
  /** Of that, what lies in no file; asked for by `memory`. */
  readonly inNoFile: number | undefined;
}

/** Runs commands and says what they cost. Throws for one that fails: a failure is quick, and no figure. */
export interface Meter {
  /** What it cannot measure, and how to mend that; undefined when nothing is missing. */
  readonly missing: string | undefined;
  /** One after another, all at once, or stopped at their ends to look at their memory. */
  measure(commands: readonly Timed[], way: 'plain' | 'crowd' | 'memory'): Cost;
}

/**
 * A meter that keeps its files in a folder. Node tells a child's processor time to nobody, so a program
 * of some lines of C does (meter.c); where there is no gcc, wall-clock time is all there is.
 */
export function openMeter(folder: string): Meter {
  const program = join(folder, 'meter');
  const source = join(import.meta.dirname, 'meter.c');
  const options = ['-std=gnu11', '-O2', '-Wall', '-Wextra', '-Werror', '-o', program, source];
  const made = spawnSync('gcc', options, { encoding: 'utf8' });
  if (made.error) return wallClock;
  if (made.status !== 0) throw new Error(`meter.c was not compiled: ${made.stderr}`);
  return {
    missing: undefined,
    measure(commands, way) {
      const files = commands.map((_, index) => filesOf(folder, index));
      const input = commands.map((command, index) => fields(command, filesOf(folder, index)));
      const run = spawnSync(program, [way], { input: input.join(''), encoding: 'utf8' });
      if (run.status !== 0) throw new Error(`meter: ${run.error ?? run.signal ?? run.stderr}`);
      const cost = costOf(run.stdout, (index, exitCode) =>
        failure(commands[index], exitCode, readFileSync(files[index]?.output ?? '', 'utf8')),
      );
      for (const [index, { output }] of files.entries()) {
        assertSays(commands[index], () => readFileSync(output, 'utf8'));
      }
      return cost;
    },
  };
}

interface CommandFiles {
  readonly input: string;
  readonly output: string;
}

function filesOf(folder: string, index: number): CommandFiles {
  return { input: join(folder, `stdin-${index}`), output: join(folder, `stdout-${index}`) };
}

/** A command as meter.c reads it. */
function fields(command: Timed, { input, output }: CommandFiles): string {
  writeFileSync(input, command.stdin ?? '');
  const args = [command.file, ...(command.args ?? [])];
  const variables = Object.entries(environment(command)).map(([key, value]) => `${key}=${value}`);
  const all = [input, output, command.cwd ?? '/', args.length, ...args];
  return [...all, variables.length, ...variables].map((each) => `${each}\0`).join('');
}

function environment({ env }: Timed): Record<string, string> {
  const { HOME = '/', PATH = '' } = process.env;
  return { PATH, HOME, ...env };
}

/** Reads what meter.c prints. Throws what `failed` gives for a command whose exit code is not 0. */
export function costOf(printed: string, failed: (index: number, exitCode: number) => Error): Cost {
  const lines = printed
    .trim()
    .split('\n')
    .map((line) => line.split(' ').map(Number));
  const commands = lines.slice(0, -1);
  for (const [index, [exitCode = Number.NaN]] of commands.entries()) {
    if (exitCode !== 0) throw failed(index, exitCode);
  }
  const [wall = Number.NaN, cpu = Number.NaN] = lines.at(-1) ?? [];
  return {
    wall: wall / 1e9,
    walls: commands.map(([, each = Number.NaN]) => each / 1e9),
    cpu: cpu / 1e6,
    peak: Math.max(...commands.map(([, , peak = Number.NaN]) => peak)),
    inNoFile: Math.max(...commands.map(([, , , inNoFile = Number.NaN]) => inNoFile)),
  };
}

function failure(command: Timed | undefined, exitCode: number | null, said: string): Error {
  const words = [command?.file, ...(command?.args ?? [])].join(' ');
  return new Error(`${words}: exit code ${exitCode}: ${said}`);
}

function assertSays(command: Timed | undefined, said: () => string): void {
  if (command?.says === undefined) return;
  const text = said();
  if (!text.includes(command.says)) throw failure(command, 0, text);
}

/** Where there is no compiler. */
const wallClock: Meter = {
  missing: 'no gcc (apt-get install gcc libc6-dev)',
  measure(commands, way) {
    if (way !== 'plain') throw new Error(`without gcc nothing is measured this way: ${way}`);
    const walls: number[] = [];
    for (const command of commands) {
      const started = performance.now();
      const run = spawnSync(command.file, command.args ?? [], {
        input: command.stdin ?? '',
        encoding: 'utf8',
        env: environment(command),
        cwd: command.cwd ?? '/',
      });
      walls.push((performance.now() - started) / 1e3);
      const said = `${run.stdout}${run.stderr}`;
      if (run.status !== 0) throw failure(command, run.status, said);
      assertSays(command, () => said);
    }
    const wall = walls.reduce((sum, each) => sum + each, 0);
    return { wall, walls, cpu: undefined, peak: undefined, inNoFile: undefined };
  },
};
