import { readSync, writeSync } from 'node:fs';
import { hasCode } from './errors.ts';

/**
 * Standard input, its first `limit` bytes. A closed or missing one is empty:
 * services start plugins without. Read piece by piece, for some streams end with an error
 * (`EOF`, from files under Wine), and what was read before must not be lost with it.
 */
export function readStdin(limit: number): Uint8Array {
  const pieces: Uint8Array[] = [];
  let length = 0;
  while (length < limit) {
    const piece = Buffer.allocUnsafe(65_536);
    const read = readPiece(piece);
    if (read === 0) break;
    pieces.push(piece.subarray(0, read));
    length += read;
  }
  return Buffer.concat(pieces);
}

function readPiece(piece: Uint8Array): number {
  for (;;) {
    try {
      return readSync(0, piece);
    } catch (error) {
      if (hasCode(error, 'EOF', 'EBADF', 'ENOENT', 'EISDIR')) return 0;
      // A pipe that does not block has nothing yet: wait without burning a processor.
      if (!hasCode(error, 'EAGAIN')) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
    }
  }
}

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
