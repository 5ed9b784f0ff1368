import { type ChildProcess, spawn } from 'node:child_process';
import type { Host } from '../../system/host.ts';
import type { Launch } from './locate.ts';

/**
 * The process below the session: plain pipes, no shell, no window. It is started by
 * node:child_process and not by execa: only spawn() is needed, and loading execa would delay the
 * start of PowerShell, which takes longest and which all other work is to overlap with.
 */
export interface Child {
  readonly process: ChildProcess;
  /** Ends the process alone: for one that has started nothing. */
  kill(): void;
  /** Ends the process with all that it started; not on Windows: even when it has ended by itself. */
  killTree(): void;
}

/** Starts a process; what the system refuses comes as its 'error' event, or is thrown. */
export function startChild(launch: Launch, host: Pick<Host, 'platform' | 'kill'>): Child {
  const windows = host.platform === 'win32';
  const child = spawn(launch.executable, [...launch.args], {
    env: { ...launch.env },
    stdio: ['pipe', 'pipe', 'pipe'],
    shell: false,
    windowsHide: true,
    // Not on Windows: a process group of its own, so that it can be killed with its children. On
    // Windows `detached` would give it a console window, and it would outlive this process.
    detached: !windows,
  });
  const kill = () => {
    child.kill('SIGKILL');
  };
  return { process: child, kill, killTree: windows ? killTree : killGroup };

  function killGroup() {
    if (child.pid === undefined) return;
    try {
      // Also when it has ended: what it started may still run.
      host.kill(-child.pid, 'SIGKILL');
    } catch {
      kill();
    }
  }

  function killTree() {
    if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    if (launch.taskkill === undefined) return kill();
    // Windows ends one process at a time; taskkill ends those below it too. When taskkill does not
    // start, or has left this one, it is ended alone.
    spawn(launch.taskkill, ['/PID', String(child.pid), '/T', '/F'], {
      env: { ...launch.env },
      stdio: 'ignore',
      windowsHide: true,
    })
      .on('error', kill)
      .on('exit', kill);
  }
}
