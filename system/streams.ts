import { read, writeSync } from 'node:fs';
import { hasCode } from './errors.ts';
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
  const readPiece = async (piece: Uint8Array): Promise<number> => {
    for (;;) {
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
  };
  const readAll = async (limit: number, isLate: () => boolean): Promise<Uint8Array> => {
    const pieces: Uint8Array[] = [];
    let length = 0;
    while (length < limit && !isLate()) {
      const piece = Buffer.allocUnsafe(pieceSize);
      const count = await readPiece(piece);
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

/** Writes all of a text to a file descriptor, whatever size of pieces a pipe takes. */
export function writeAll(descriptor: number, text: string): void {
  const bytes = Buffer.from(text);
  let offset = 0;
  while (offset < bytes.length) {
    try {
      offset += writeSync(descriptor, bytes, offset);
    } catch (error) {
      // The reader has gone: nobody wants the rest. A slow one (EAGAIN) is waited for.
      if (hasCode(error, 'EPIPE', 'EBADF', 'EOF')) return;
      if (!hasCode(error, 'EAGAIN')) throw error;
    }
  }
}

/**
 * Puts plain objects in the place of process.stdin, stdout and stderr. Node's own cannot be made
 * from some kinds of pipe (seen under Wine: `open EBADF`), and merely loading execa asks for them.
 */
export function replaceStreams(target: NodeJS.Process): void {
  const stream = (fd: number) => ({
    fd,
    isTTY: false,
    write: (text: string) => writeAll(fd, text),
  });
  for (const [fd, name] of ['stdin', 'stdout', 'stderr'].entries()) {
    Object.defineProperty(target, name, { value: stream(fd), configurable: true });
  }
}
