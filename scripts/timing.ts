import { spawnSync } from 'node:child_process';

/** A command to time: a program, its arguments, its environment, its standard input. */
export interface Timed {
  readonly file: string;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string;
  readonly cwd?: string;
}

/** How a command compares with another: the median of the pairs' ratios, and the middle half. */
export interface Ratio {
  readonly median: number;
  readonly low: number;
  readonly high: number;
}

/**
 * Runs two commands in turn and compares their wall-clock times pair by pair: the machine's speed
 * may drift, and does so for both. Each is made anew for a round. The first pair does not count.
 */
export function compare(
  rounds: number,
  one: (round: number) => Timed | readonly Timed[],
  other: (round: number) => Timed | readonly Timed[],
): Ratio {
  const ratios: number[] = [];
  for (let round = 0; round <= rounds; round++) {
    // Whoever comes second may find a warmer machine: they take turns at that as well.
    const swap = round % 2 === 1;
    const first = seconds((swap ? other : one)(round));
    const second = seconds((swap ? one : other)(round));
    if (round > 0) ratios.push(swap ? second / first : first / second);
  }
  ratios.sort((a, b) => a - b);
  const at = (part: number) => ratios[Math.floor((ratios.length - 1) * part)] ?? Number.NaN;
  return { median: at(0.5), low: at(0.25), high: at(0.75) };
}

function seconds(commands: Timed | readonly Timed[]): number {
  const list = 'file' in commands ? [commands] : commands;
  const started = process.hrtime.bigint();
  for (const command of list) run(command);
  return Number(process.hrtime.bigint() - started) / 1e9;
}

/** Runs a command to its end: what it wrote. Throws when it fails: a failure is quick, and no figure. */
export function run(
  { args = [], cwd, env = {}, file, stdin = '' }: Timed,
  stream: 'stdout' | 'stderr' = 'stdout',
): string {
  const done = spawnSync(file, args, {
    input: stdin,
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...env },
    ...(cwd === undefined ? {} : { cwd }),
  });
  if (done.status === 0) return done[stream];
  throw new Error(
    `${file} ${args.join(' ')}: exit code ${done.status}: ${done.stdout}${done.stderr}`,
  );
}

/** A ratio as the bench prints it. */
export function printed({ high, low, median }: Ratio): string {
  return `${median.toFixed(2)} (${low.toFixed(2)}-${high.toFixed(2)})`;
}
