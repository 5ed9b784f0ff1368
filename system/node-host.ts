import { uptime } from 'node:os';
import { nodeFiles } from './files.ts';
import type { Host } from './host.ts';

/**
 * The machine as Node shows it. The log is opened later: whose steps it has is not known yet, nor which
 * command has how much time.
 */
export function nodeHost(process: NodeJS.Process): Omit<Host, 'log' | 'deadline'> {
  return {
    platform: process.platform,
    pid: process.pid,
    env: process.env,
    files: nodeFiles(),
    clock: {
      now: () => Date.now(),
      elapsed: () => performance.now(),
      uptime: () => uptime() * 1000,
      sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
      pause(ms) {
        // Nobody wakes it up: it waits for as long as it may.
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
      },
      after(ms, act) {
        const pending = setTimeout(act, ms);
        pending.unref();
        return () => clearTimeout(pending);
      },
    },
    kill: (pid, signal) => {
      process.kill(pid, signal);
    },
  };
}
