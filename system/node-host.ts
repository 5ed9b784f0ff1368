import { dirname } from 'node:path';
import { ffiOver } from './ffi.ts';
import { nodeFiles } from './files.ts';
import { type Exposure, exposedElsewhere, exposedOnWindows } from './folder-rights.ts';
import type { Host } from './host.ts';
import { appendToLog } from './log-file.ts';
import { type Windows, windowsBy } from './windows.ts';

/** The machine, and what is looked after for a command and not by it. */
export interface Machine extends Omit<Host, 'log' | 'deadline'> {
  /** Appends to a log. */
  readonly append: (path: string, text: string) => void;
  /** The folders, this one and those above it, that others may change. */
  readonly exposed: (folder: string) => readonly Exposure[];
}

/**
 * The machine as Node shows it. The log is opened later: whose steps it has is not known yet, nor which
 * command has how much time.
 */
export function nodeHost(process: NodeJS.Process): Machine {
  const { env, platform } = process;
  const windows = askWindows(process);
  const files = nodeFiles(platform === 'win32' ? windows : undefined);
  return {
    platform,
    pid: process.pid,
    env,
    files,
    clock: {
      now: () => Date.now(),
      // Not performance.now(), for which Node loads a dozen modules.
      elapsed: () => process.uptime() * 1000,
      // STATUS alone asks.
      uptime: () => process.getBuiltinModule('node:os').uptime() * 1000,
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
    systemFolder() {
      const folder = windows()?.systemFolder();
      if (folder === undefined) return undefined;
      // execa looks for taskkill by these, and children take them from here.
      env['SystemRoot'] = dirname(folder);
      env['windir'] = dirname(folder);
      return folder;
    },
    append: (path, text) => appendToLog(path, text, { makeFolder: files.makeFolder }),
    exposed(folder) {
      const opened = windows();
      if (opened) return exposedOnWindows(folder, opened);
      return platform === 'win32' ? [] : exposedElsewhere(folder, process.getuid?.() ?? 0);
    },
  };
}

/** Windows, opened when it is first asked: undefined elsewhere, and for a Node without node:ffi. */
function askWindows(process: NodeJS.Process): () => Windows | undefined {
  let opened: Windows | undefined;
  return () => {
    if (process.platform !== 'win32') return undefined;
    // Not by import, which cannot be had in the middle of a file operation.
    const ffi = process.getBuiltinModule('node:ffi');
    opened ??= ffi && windowsBy(ffiOver(ffi));
    return opened;
  };
}
