import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type StartedProcess, startedProcess } from '../../scripts/windows/started-processes.ts';
import { root } from '../helpers/trial-node.ts';

/** Windows PowerShell 5.1, where Windows has it. */
const executable = join(
  process.env['SystemRoot'] ?? 'C:\\Windows',
  'System32',
  'WindowsPowerShell',
  'v1.0',
  'powershell.exe',
);

const usual = ['-NoLogo', '-NoProfile', '-NonInteractive', '-ExecutionPolicy', 'Bypass'];

/** A script of scripts/windows. */
export const ownScript = (name: string): string => join(root, 'scripts', 'windows', name);

/** Runs a script, or a command: its lines, and its process's id. Throws what it wrote to stderr when it fails. */
export async function runPowerShell(
  ...what: readonly ['-File' | '-Command', ...string[]]
): Promise<{ readonly lines: readonly string[]; readonly pid: number | undefined }> {
  const child = spawn(executable, [...usual, ...what], { stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (piece) => {
    stdout += piece;
  });
  child.stderr.on('data', (piece) => {
    stderr += piece;
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  if (code !== 0) throw new Error(`${what.join(' ')}: exit code ${code}: ${stderr}`);
  return { lines: stdout.split(/\r?\n/).filter((line) => line !== ''), pid: child.pid };
}

/** Watches which processes start on this machine. */
export interface Watch {
  readonly seen: readonly StartedProcess[];
  /** Waits until a process is seen that is meant. Throws when the watch ends before. */
  until(isMeant: (process: StartedProcess) => boolean): Promise<void>;
  end(): void;
}

/** Begins to watch; what starts from then on is seen. */
export async function watchProcesses(): Promise<Watch> {
  const words = [...usual, '-File', ownScript('watch-processes.ps1')];
  const child = spawn(executable, words, { stdio: ['ignore', 'pipe', 'inherit'] });
  const seen: StartedProcess[] = [];
  const waiting = new Set<() => void>();
  let ready = false;
  let ended = false;
  const look = () => {
    for (const wake of waiting) wake();
  };
  createInterface({ input: child.stdout }).on('line', (line) => {
    ready ||= line === 'ready';
    const started = startedProcess(line);
    if (started) seen.push(started);
    look();
  });
  child.on('close', () => {
    ended = true;
    look();
  });
  child.on('error', look);
  const waitFor = (isDone: () => boolean) =>
    new Promise<void>((resolve, reject) => {
      const wake = () => {
        if (!isDone() && !ended) return;
        waiting.delete(wake);
        if (isDone()) resolve();
        else reject(new Error('the watch of processes has ended: it needs an administrator'));
      };
      waiting.add(wake);
      wake();
    });
  await waitFor(() => ready);
  return {
    seen,
    until: (isMeant) => waitFor(() => seen.some(isMeant)),
    end: () => {
      child.kill();
    },
  };
}
