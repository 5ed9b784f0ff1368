import { inSeconds } from './deadline.ts';
import type { Clock, Host } from './host.ts';
import { signal } from './signal.ts';
import { attemptUntil } from './wait.ts';

/** One run of a child process. */
export interface ChildRun {
  readonly exitCode: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
  /** Why it did not come to an end of its own, in words. */
  readonly failure: string | undefined;
}

interface ChildOptions {
  /** An absolute path. */
  readonly file: string;
  /** None, as for a plugin, if not said. */
  readonly args?: readonly string[];
  readonly input: string;
  /** All of the child's environment. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** How long it may take, in milliseconds. */
  readonly timeout: number;
  /** What it may write to stdout, in bytes; unless it is said, as much as a delegate may. */
  readonly outputLimit?: number;
  readonly clock: Clock;
  readonly kill: Host['kill'];
}

type Execa = typeof import('execa').execa;

/** What a delegate may write to stdout, in bytes: a result is a few kilobytes. */
const usualOutput = 1024 * 1024;

/** What is kept of its stderr, in bytes: the end, which says why it stopped. It may write as much as it likes. */
const errorsKept = 65_536;

/**
 * After its timeout, in milliseconds: how long ending the tree may take, before the child alone is ended;
 * and when nobody waits for its end any more.
 */
const ending = { child: 1_000, wait: 1_500 };

/**
 * Twice this long after a child has ended, in milliseconds, its pipes are let go of: all that it wrote is
 * read by then, and what it started may hold them for ever.
 */
const lastRead = 100;

/**
 * The pauses, in milliseconds, before an executable that is open for writing is tried again: an
 * installer is just replacing it. As often and as long as libcni.
 */
const busyPauses = [1000, 1000, 1000, 1000, 1000];

/**
 * Runs an executable by its absolute path, without a shell, its input on stdin, until its timeout;
 * then it is killed with all that it started. Its answer counts when it ends, though something that it
 * started lives on and holds its pipes. Never throws: what went wrong is in the answer.
 */
export async function runChild(options: ChildOptions): Promise<ChildRun> {
  // Loaded here: most commands start no child, and it takes longer to load than they run.
  const { execa } = await import('execa');
  const { clock, timeout } = options;
  const end = clock.elapsed() + timeout;
  const run = await attemptUntil(clock, { pauses: busyPauses, timeout }, () =>
    runUnlessBusy(execa, { ...options, timeout: end - clock.elapsed() }),
  );
  return run ?? { exitCode: undefined, stdout: '', stderr: '', failure: 'spawn ETXTBSY' };
}

/** One run, or undefined where the executable is open for writing. */
async function runUnlessBusy(execa: Execa, options: ChildOptions): Promise<ChildRun | undefined> {
  const { args = [], clock, env, file, input, kill, outputLimit = usualOutput, timeout } = options;
  const child = execa(file, args, {
    input,
    env,
    extendEnv: false,
    reject: false,
    windowsHide: true,
    // Elsewhere than on Windows execa gives the child a process group of its own and kills that. On
    // Windows it runs `taskkill /T /F`, which knows the tree, from the System32 folder that the
    // variable SystemRoot names (Go, in which runtimes are written, sets it for every child), and
    // kills the child alone where taskkill fails.
    killDescendants: true,
    killSignal: 'SIGKILL',
    maxBuffer: { stdout: outputLimit },
    buffer: { stdout: true, stderr: false },
    stripFinalNewline: false,
    encoding: 'utf8',
  });
  let late = false;
  let said = Buffer.alloc(0);
  const { nodeChildProcess, pid, stderr: errors, stdout: output } = child;
  const letGo = () => {
    output.destroy();
    errors.destroy();
  };
  errors.on('data', (piece: Buffer) => {
    said = Buffer.concat([said, piece]).subarray(-errorsKept);
  });
  const abandoned = signal();
  const timers = [
    clock.after(timeout, () => {
      late = true;
      child.kill();
      // A descendant that left the group may hold the pipes open, and nobody waits for it any more.
      letGo();
    }),
    clock.after(timeout + ending.child, () => {
      if (pid !== undefined) killIfThere(kill, pid);
    }),
    clock.after(timeout + ending.wait, abandoned.set),
  ];
  // In two steps, for between two timers what has come is read.
  nodeChildProcess.once('exit', () => {
    timers.push(clock.after(lastRead, () => timers.push(clock.after(lastRead, letGo))));
  });
  const run = await Promise.race([child, abandoned.done]);
  for (const callOff of timers) callOff();
  const noAnswer = `no answer within ${inSeconds(timeout)}`;
  if (!run) return { exitCode: undefined, stdout: '', stderr: '', failure: noAnswer };
  if (run.code === 'ETXTBSY') return undefined;
  const failure = () => {
    if (late) return noAnswer;
    if (run.isMaxBuffer) return `more than ${outputLimit} bytes of output`;
    if (run.exitCode !== undefined) return undefined;
    return run.originalMessage ?? run.shortMessage ?? 'it could not be started';
  };
  const { exitCode, stdout } = run;
  return { exitCode, stdout, stderr: said.toString(), failure: failure() };
}

function killIfThere(kill: Host['kill'], pid: number): void {
  try {
    kill(pid, 'SIGKILL');
  } catch {
    // It has just ended.
  }
}
