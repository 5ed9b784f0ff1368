/** One run of a child process. */
export interface ChildRun {
  readonly exitCode: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
  /** Why it did not come to an end of its own, in words. */
  readonly failure: string | undefined;
}

export interface ChildOptions {
  /** An absolute path. */
  readonly file: string;
  readonly input: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly deadlineMs: number;
  /** Where Windows is (`C:\Windows`), when this is Windows: its taskkill ends a tree of processes. */
  readonly systemRoot: string | undefined;
  /** Waits that many milliseconds. */
  readonly sleep: (ms: number) => Promise<void>;
}

type Execa = typeof import('execa').execa;

/** What a delegate may write: a result is a few kilobytes. */
const outputLimit = 1024 * 1024;

/** How often an executable is tried that is just being written, and how long between: as libcni. */
const attempts = 6;
const attemptPauseMs = 1000;

/**
 * Runs an executable by its absolute path, without a shell, its input on stdin, until its deadline;
 * then it is killed with all that it started. Never throws: what went wrong is in the answer.
 */
export async function runChild(options: ChildOptions): Promise<ChildRun> {
  // Loaded here: most commands start no child, and it takes longer to load than they run.
  const { execa } = await import('execa');
  for (let attempt = 1; ; attempt++) {
    const { busy, run } = await runOnce(execa, options);
    if (!busy || attempt === attempts) return run;
    await options.sleep(attemptPauseMs);
  }
}

async function runOnce(
  execa: Execa,
  options: ChildOptions,
): Promise<{ readonly busy: boolean; readonly run: ChildRun }> {
  const { systemRoot } = options;
  const child = execa(options.file, [], {
    input: options.input,
    env: options.env,
    extendEnv: false,
    reject: false,
    windowsHide: true,
    // Elsewhere than on Windows its own process group, so that it can be killed with its children.
    detached: systemRoot === undefined,
    maxBuffer: outputLimit,
    stripFinalNewline: false,
    encoding: 'utf8',
  });
  const end = async () => {
    if (child.pid === undefined) return;
    if (systemRoot === undefined) killGroup(child.pid);
    else await killTree(execa, systemRoot, child.pid);
    child.kill('SIGKILL');
    // One that got away may hold the pipes open, and nobody waits for it any more.
    child.stdout.destroy();
    child.stderr.destroy();
  };
  let late: Promise<void> | undefined;
  const timer = setTimeout(() => {
    late = end();
  }, options.deadlineMs);
  const run = await child;
  clearTimeout(timer);
  if (run.isMaxBuffer) await end();
  await late;
  const failure = () => {
    if (late !== undefined) return `no answer within ${options.deadlineMs} ms`;
    if (run.isMaxBuffer) return `more than ${outputLimit} bytes of output`;
    if (run.exitCode !== undefined) return undefined;
    return run.originalMessage ?? run.shortMessage ?? 'it could not be started';
  };
  const { exitCode, stderr, stdout } = run;
  return { busy: run.code === 'ETXTBSY', run: { exitCode, stdout, stderr, failure: failure() } };
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // The group is empty: all of it has ended.
  }
}

async function killTree(execa: Execa, systemRoot: string, pid: number): Promise<void> {
  // TerminateProcess knows no tree; taskkill does. Should that not run, the process alone is killed.
  await execa(`${systemRoot}\\System32\\taskkill.exe`, ['/PID', String(pid), '/T', '/F'], {
    reject: false,
    stdio: 'ignore',
    windowsHide: true,
    timeout: 10_000,
  });
}
