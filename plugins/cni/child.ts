/** One run of a child process. */
export interface ChildRun {
  readonly exitCode: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
  /** Why it did not come to an end of its own, in words. */
  readonly failure: string | undefined;
}

/** What a delegate may write: a result is a few kilobytes. */
const outputLimit = 1024 * 1024;

/**
 * Runs an executable by its absolute path, without a shell, its input on stdin, until its deadline.
 * Never throws: what went wrong is in the answer.
 */
export async function runChild(options: {
  readonly file: string;
  readonly input: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly deadlineMs: number;
}): Promise<ChildRun> {
  // Loaded here: most commands start no child, and it takes longer to load than they run.
  const { execa } = await import('execa');
  for (let attempt = 1; ; attempt++) {
    const run = await execa(options.file, [], {
      input: options.input,
      env: options.env,
      extendEnv: false,
      reject: false,
      windowsHide: true,
      timeout: options.deadlineMs,
      killSignal: 'SIGKILL',
      maxBuffer: outputLimit,
      stripFinalNewline: false,
      encoding: 'utf8',
    });
    // Just being written by an installer: libcni waits for the writer too.
    if (run.code === 'ETXTBSY' && attempt < 5) continue;
    return {
      exitCode: run.exitCode,
      stdout: run.stdout,
      stderr: run.stderr,
      failure: run.timedOut
        ? `no answer within ${options.deadlineMs} ms`
        : run.isMaxBuffer
          ? `more than ${outputLimit} bytes of output`
          : run.exitCode === undefined
            ? (run.originalMessage ?? run.shortMessage ?? 'it could not be started')
            : undefined,
    };
  }
}
