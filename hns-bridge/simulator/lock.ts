import { linkSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs';
import { hasCode } from '../../system/errors.ts';
import type { Host } from '../../system/host.ts';
import { pathIn } from '../../system/path-in.ts';
import { attemptUntil } from '../../system/wait.ts';

/** The process that makes the calls. */
export type SimulatorHost = Pick<Host, 'pid' | 'kill' | 'platform'>;

/**
 * One lock a folder, for processes that may be killed at any instruction.
 *
 * `lock` holds its holder's name: a process id and a number that no other attempt has. It is linked
 * into place, so there is none without a name. When a holder has died, the next process does not
 * remove `lock`: another one may have done so, and taken it anew, between the look and the removal.
 * It links its own name as `lock.after-<the dead holder>`, which only one process can; should that one
 * die too, the next follows it the same way. The holder is the end of this chain. To let go, the
 * holder removes `lock` first, then the rest: a process that has joined the end of a chain holds the
 * lock if `lock` still has the name the chain began with, and has come too late if not.
 */

/** How long to wait for the lock before something is wrong, and between two tries, milliseconds. */
const waiting = { timeout: 60_000, pauses: 3 };

/** The machine's own time: processes wait for each other, whatever time a test sets for its plugins. */
const clock = {
  elapsed: () => Date.now(),
  sleep: (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms)),
};

/**
 * A call holds the lock for milliseconds. A holder seen for this long is gone, and another process
 * has got its id.
 */
const longestHold = 20_000;

/**
 * Runs work while nobody else does, on the same folder: neither another process nor another call of
 * this one, for the lock is held from taking to letting go without a pause. Throws when it can't be
 * had within a minute.
 */
export async function withLock<Answer>(
  folder: string,
  host: SimulatorHost,
  work: () => Answer,
): Promise<Answer> {
  const name = `${host.pid}.${Math.random().toString(36).slice(2)}`;
  const lock = pathIn(folder, 'lock');
  const ticket = pathIn(folder, `ticket.${name}`);
  writeFileSync(ticket, name);
  const seen = { holder: '', since: 0 };
  try {
    const done = await attemptUntil(clock, waiting, () => {
      const held = tryTake({ folder, lock, ticket, host }, seen);
      if (held === undefined) return undefined;
      try {
        return { answer: work() };
      } finally {
        for (const path of held) remove(host, path);
      }
    });
    if (done) return done.answer;
    throw new Error(`the simulated HNS is locked by process ${seen.holder}: remove ${lock}`);
  } finally {
    remove(host, ticket);
  }
}

/** One process's attempt at the lock. */
interface Attempt {
  readonly folder: string;
  readonly host: SimulatorHost;
  readonly lock: string;
  /** The file with its name, to be linked. */
  readonly ticket: string;
}

/** The files that hold the lock, in the order of their removal; undefined while another holds it. */
function tryTake(
  { folder, host, lock, ticket }: Attempt,
  seen: { holder: string; since: number },
): readonly string[] | undefined {
  if (tryLink(host, ticket, lock)) return [lock];
  const first = read(lock);
  if (first === undefined) return undefined;
  const chain = [lock];
  let holder = first;
  for (;;) {
    const after = pathIn(folder, `lock.after-${holder}`);
    chain.push(after);
    const next = read(after);
    if (next === undefined) break;
    holder = next;
  }
  if (seen.holder !== holder) Object.assign(seen, { holder, since: Date.now() });
  if (isAlive(host, holder) && Date.now() - seen.since < longestHold) return undefined;
  const joined = chain.at(-1) ?? lock;
  if (!tryLink(host, ticket, joined)) return undefined;
  if (read(lock) === first) return chain;
  remove(host, joined);
  return undefined;
}

function tryLink(host: SimulatorHost, from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if (isContention(host, error) || hasCode(error, 'EEXIST')) return false;
    throw error;
  }
}

function isAlive(host: SimulatorHost, holder: string): boolean {
  const pid = Number.parseInt(holder, 10);
  // 0 and below would mean process groups. Our own id: this process does not wait while it holds the
  // lock, so an earlier call could not remove it, or a dead process had our id.
  if (!(pid > 0) || pid === host.pid) return false;
  try {
    host.kill(pid, 0);
    return true;
  } catch (error) {
    return hasCode(error, 'EPERM');
  }
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // Gone, or just being removed: then linking in its place fails, and the next try looks again.
    return undefined;
  }
}

function remove(host: SimulatorHost, path: string): void {
  try {
    persist(host, () => unlinkSync(path));
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) throw error;
  }
}

/**
 * Does to a file what Windows refuses while another process has it open: that is soon over. Without
 * letting anything else of this process run, for it may hold the lock.
 */
export function persist(host: SimulatorHost, action: () => void): void {
  for (let attempt = 1; ; attempt++) {
    try {
      action();
      return;
    } catch (error) {
      if (!isContention(host, error) || attempt === 100) throw error;
      pause(5);
    }
  }
}

function isContention(host: SimulatorHost, error: unknown): boolean {
  return host.platform === 'win32' && hasCode(error, 'EPERM', 'EACCES', 'EBUSY');
}

/** Waits without burning a processor, milliseconds. */
function pause(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}
