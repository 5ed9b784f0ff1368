import { linkSync, readFileSync, statSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** How long a process may hold the lock or its takeover before something is wrong, milliseconds. */
const patience = 30_000;
const takeoverPatience = 5_000;

/**
 * Runs work while no other process does, on the same folder. The lock names its holder: one whose
 * holder was killed is taken over.
 */
export function withLock<Answer>(folder: string, work: () => Answer): Answer {
  const lock = join(folder, 'lock');
  take(folder, lock);
  try {
    return work();
  } finally {
    unlinkSync(lock);
  }
}

function take(folder: string, lock: string): void {
  // Linked into place with its holder's name in it: there is no lock without one.
  const own = join(folder, `lock.${process.pid}`);
  writeFileSync(own, String(process.pid));
  try {
    const end = Date.now() + patience;
    while (!tryLink(own, lock)) {
      releaseDead(folder, lock);
      if (Date.now() > end) throw new Error(`the simulated HNS is locked: ${lock}`);
      pause(1 + Math.random() * 3);
    }
  } finally {
    unlinkSync(own);
  }
}

function tryLink(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

/**
 * Removes the lock of a process that is gone. Of several that notice, one may: whoever gets the
 * takeover of that holder, and finds the lock still the dead one's.
 */
function releaseDead(folder: string, lock: string): void {
  const holder = read(lock);
  if (holder === undefined || isAlive(Number(holder))) return;
  const takeover = join(folder, `lock.after-${holder}`);
  try {
    writeFileSync(takeover, '', { flag: 'wx' });
  } catch {
    if (age(takeover) > takeoverPatience) remove(takeover);
    return;
  }
  try {
    if (read(lock) === holder) remove(lock);
  } finally {
    remove(takeover);
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

function remove(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
  }
}

function age(path: string): number {
  try {
    return Date.now() - statSync(path).mtimeMs;
  } catch {
    return 0;
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}

/** Waits without burning a processor, milliseconds. */
export function pause(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}
