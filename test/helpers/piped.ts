import { type SpawnOptions, spawn } from 'node:child_process';

/** How a process ended, and what it wrote. */
export interface PipedRun {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Starts a program with pipes, as containerd starts plugins, gives it a standard input and waits for its end. */
export function runPiped(
  file: string,
  args: readonly string[],
  options: Pick<SpawnOptions, 'cwd' | 'env'>,
  stdin: string,
): Promise<PipedRun> {
  const child = spawn(file, args, { ...options, stdio: 'pipe', windowsHide: true });
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  child.stdout.on('data', (piece) => stdout.push(piece));
  child.stderr.on('data', (piece) => stderr.push(piece));
  // One that ends before it has read is told of by its end.
  child.stdin.on('error', () => {});
  child.stdin.end(stdin);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (exitCode) => {
      const texts = [stdout, stderr].map((pieces) => String(Buffer.concat(pieces)));
      resolve({ exitCode, stdout: texts[0] ?? '', stderr: texts[1] ?? '' });
    });
  });
}
