import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root, type Starter } from '../helpers/trial-node.ts';

/** One system call of the program's main thread, as strace wrote it down. */
export interface SystemCall {
  readonly name: string;
  /** What stands between its brackets: paths are in quotes, those of descriptors in `<>`. */
  readonly args: string;
  readonly result: string;
}

/** What is done to the n-th call of a name: the program is stopped before it, or it fails. */
export interface Strike {
  readonly call: string;
  readonly nth: number;
  /** An errno's name; without one, the program is killed. */
  readonly error?: string;
}

/**
 * Starts the real executables under strace, which writes the calls of these names to a log and
 * strikes one of them. Counting is by thread; files are read and written by the main thread alone.
 */
export function underStrace(options: {
  readonly calls: readonly string[];
  readonly log: string;
  readonly strikes?: readonly Strike[];
  /** Three fifths of the time, and every thread is struck at its n-th call: errors only. */
  readonly quick?: boolean;
}): Starter {
  const inject = (options.strikes ?? []).flatMap(({ call, error, nth }) => [
    '-e',
    `inject=${call}:${error === undefined ? 'signal=SIGKILL' : `error=${error}`}:when=${nth}`,
  ]);
  const args = [
    ...(options.quick ? ['-f', '--seccomp-bpf'] : []),
    // Enough of what is written to tell which HNS call it was.
    ...['-qq', '-y', '-s', '120', '-o', options.log],
    ...['-e', `trace=execve,${options.calls.map((name) => `?${name}`).join(',')}`],
    ...['-e', 'signal=none', ...inject],
  ];
  return async (plugin, env, stdin) => {
    const file = join(root, 'dist', `linux-${process.arch}`, plugin);
    const run = spawnSync('strace', [...args, file], {
      input: stdin,
      encoding: 'utf8',
      env: { ...env },
      timeout: 120_000,
    });
    if (run.error) throw run.error;
    return { exitCode: run.status, stdout: run.stdout, stderr: run.stderr };
  };
}

/** The calls of the main thread in a log of strace, oldest first. */
export function readCalls(log: string): SystemCall[] {
  return parseLog(readFileSync(log, 'utf8'));
}

/** Reads the text of such a log. A call that another thread's interrupted is put together again. */
export function parseLog(text: string): SystemCall[] {
  const begun = new Map<string, string>();
  const calls: SystemCall[] = [];
  let main: string | undefined;
  for (const line of text.split('\n')) {
    const [, thread = '', rest = ''] = /^(?:(\d+) +)?(.*)$/.exec(line) ?? [];
    main ??= thread;
    if (thread !== main) continue;
    if (rest.endsWith(' <unfinished ...>')) {
      begun.set(thread, rest.slice(0, -' <unfinished ...>'.length));
      continue;
    }
    const resumed = /^<\.\.\. \w+ resumed>(.*)$/.exec(rest)?.[1];
    const whole = resumed === undefined ? rest : (begun.get(thread) ?? '') + resumed;
    const [, name, args = '', result = ''] = /^(\w+)\((.*)\) += (.*)$/.exec(whole) ?? [];
    if (name !== undefined && name !== 'execve') calls.push({ name, args, result });
  }
  return calls;
}

/** Whether a call is the one that was struck: it failed by order, or the program did not return. */
export function isStruck(call: SystemCall): boolean {
  return call.result.endsWith('(INJECTED)') || call.result === '?';
}
