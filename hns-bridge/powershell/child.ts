import type { ChildProcess } from 'node:child_process';
import type { Launch } from './locate.ts';

/**
 * The process below the session: plain pipes, no shell, no window. node:child_process and not
 * execa: what is needed of it is spawn() alone, and loading execa would come before the start of
 * PowerShell, the one thing that everything else is to overlap with. It is got by
 * getBuiltinModule, which is lazy like an import() but gives it at once: PowerShell is on its way
 * when the caller goes on, even if the caller does not wait for anything for a while.
 */
export interface Child {
  readonly process: ChildProcess;
  /** Ends it alone: for one that has started nothing. */
  kill(): void;
  /** Ends it with all that it started; elsewhere than on Windows even when it has ended itself. */
  killTree(): void;
}

/** Starts a process; what the system refuses comes as its 'error' event, or is thrown. */
export function startChild(launch: Launch, platform: NodeJS.Platform): Child {
  const { spawn } = globalThis.process.getBuiltinModule('node:child_process');
  const windows = platform === 'win32';
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
      globalThis.process.kill(-child.pid, 'SIGKILL');
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
