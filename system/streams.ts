import { EventEmitter } from 'node:events';
import { read, writeSync } from 'node:fs';
import { hasCode, isSystemError } from './errors.ts';
import type { Clock } from './host.ts';

/** Standard input, read once. */
export interface StandardInput {
  /**
   * Its first `limit` bytes; undefined when its end did not come within `timeout` milliseconds. A closed
   * or missing one is empty: services start plugins without. Read piece by piece, for some streams end
   * with an error (`EOF`, from files under Wine), and what was read before must not be lost with it.
   */
  read(limit: number, timeout: number): Promise<Uint8Array | undefined>;
  /** Whether a read has not come back: Node then waits for it, even in process.exit(). */
  isBlocked(): boolean;
}

/** The process's own. Each read is one of the system's, on a thread of Node's pool. */
export function standardInput(clock: Pick<Clock, 'after' | 'sleep'>): StandardInput {
  let blocked = false;
  const readPiece = async (piece: Uint8Array, isLate: () => boolean): Promise<number> => {
    // Asked here too: a pipe that does not block, and has nothing, would keep the process from ending.
    while (!isLate()) {
      try {
        blocked = true;
        return await new Promise((resolve, reject) => {
          read(0, piece, 0, piece.length, null, (error, count) =>
            error ? reject(error) : resolve(count),
          );
        });
      } catch (error) {
        if (hasCode(error, 'EOF', 'EBADF', 'ENOENT', 'EISDIR')) return 0;
        if (!hasCode(error, 'EAGAIN')) throw error;
      } finally {
        blocked = false;
      }
      // A pipe that does not block has nothing yet: wait without burning a processor.
      await clock.sleep(1);
    }
    return 0;
  };
  const readAll = async (limit: number, isLate: () => boolean): Promise<Uint8Array> => {
    const pieces: Uint8Array[] = [];
    let length = 0;
    while (length < limit) {
      const piece = Buffer.allocUnsafe(pieceSize);
      const count = await readPiece(piece, isLate);
      if (count === 0) break;
      pieces.push(piece.subarray(0, count));
      length += count;
    }
    return Buffer.concat(pieces);
  };
  return {
    isBlocked: () => blocked,
    read(limit, timeout) {
      let late = false;
      return new Promise((resolve, reject) => {
        const callOff = clock.after(timeout, () => {
          late = true;
          resolve(undefined);
        });
        readAll(limit, () => late)
          .finally(callOff)
          .then(resolve, reject);
      });
    },
  };
}

const pieceSize = 65_536;

/** How long the reader of a pipe that does not block may take to read something, in milliseconds. */
const longestPause = 10_000;

/** What writing takes of the system. */
interface Writing {
  /** Writes a piece of what is left; gives how long it was. */
  readonly write: (descriptor: number, bytes: Uint8Array, offset: number) => number;
  /** Stops the process for so many milliseconds. */
  readonly pause: (ms: number) => void;
}

const realWriting: Writing = {
  write: writeSync,
  pause(ms) {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
  },
};

/**
 * Writes all of a text to a file descriptor, whatever size of pieces a pipe takes. Throws the operating
 * system's error when not all of it could be written: the reader has gone or reads nothing, the disk is full.
 */
export function writeAll(
  descriptor: number,
  text: string,
  { pause, write }: Writing = realWriting,
): void {
  const bytes = Buffer.from(text);
  let offset = 0;
  let waited = 0;
  while (offset < bytes.length) {
    try {
      offset += write(descriptor, bytes, offset);
      waited = 0;
    } catch (error) {
      if (!hasCode(error, 'EAGAIN') || waited >= longestPause) throw error;
      // A full pipe that does not block: wait without burning a processor.
      pause(1);
      waited++;
    }
  }
}

/** Writes what may be lost, a word to an operator: what cannot be written is nobody's failure. */
export function writeIfPossible(descriptor: number, text: string): void {
  try {
    writeAll(descriptor, text);
  } catch (error) {
    if (!isSystemError(error)) throw error;
  }
}

/**
 * Puts plain objects in the place of process.stdin, stdout and stderr. Node's own cannot be made
 * from some kinds of pipe (seen under Wine: `open EBADF`), and merely loading execa asks for them. They have
 * what Node's console and its warnings use of a stream, and those never fail a command.
 */
export function replaceStreams(target: NodeJS.Process): void {
  const stream = (fd: number) =>
    Object.assign(new EventEmitter(), {
      fd,
      isTTY: false,
      writable: fd !== 0,
      write(text: string | Uint8Array, ...rest: readonly unknown[]) {
        writeIfPossible(fd, String(text));
        const done = rest.at(-1);
        // null: the console takes anything else for an error, and looks into the stream for more.
        if (typeof done === 'function') target.nextTick(done, null);
        return true;
      },
      end() {},
    });
  for (const [fd, name] of ['stdin', 'stdout', 'stderr'].entries()) {
    Object.defineProperty(target, name, { value: stream(fd), configurable: true });
  }
}
