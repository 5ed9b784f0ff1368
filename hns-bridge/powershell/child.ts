import { type ChildProcess, spawn } from 'node:child_process';
import type { Host } from '../../system/host.ts';
import type { Launch } from './locate.ts';

/**
 * The process below the session: plain pipes, no shell, no window. node:child_process and not
 * execa: what is needed of it is spawn() alone, and loading execa would come before the start of
 * PowerShell, the one thing that everything else is to overlap with.
 */
export interface Child {
  readonly process: ChildProcess;
  /** Ends it alone: for one that has started nothing. */
  kill(): void;
  /** Ends it with all that it started; elsewhere than on Windows even when it has ended itself. */
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
    // Elsewhere its own process group, so that it can be killed with its children. On Windows
    // detached would give it a console window, and the system ends it with this process.
    detached: !windows,
  });
  const kill = () => {
    child.kill('SIGKILL');
  };
  return { process: child, kill, killTree: windows ? killTree : killGroup };

  function killGroup() {
    if (child.pid === undefined) return;
    try {
      // Whether it still runs or not: what it started may.
      host.kill(-child.pid, 'SIGKILL');
    } catch {
      kill();
    }
  }

  function killTree() {
    if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    if (launch.taskkill === undefined) return kill();
    // TerminateProcess knows no tree; taskkill does. Should that not run, the process alone.
    spawn(launch.taskkill, ['/PID', String(child.pid), '/T', '/F'], {
      env: { ...launch.env },
      stdio: 'ignore',
      windowsHide: true,
    })
      .on('error', kill)
      .on('exit', kill);
  }
}
