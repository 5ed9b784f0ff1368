import { readFileSync, writeSync } from 'node:fs';

/** All of standard input. A closed or missing one is empty: services start plugins without. */
export function readStdin(): Uint8Array {
  try {
    return readFileSync(0);
  } catch (error) {
    if (hasCode(error, 'EOF', 'EBADF', 'ENOENT', 'EISDIR')) return new Uint8Array();
    throw error;
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
      // A reader that has gone wants no answer; one that is slow gets it yet.
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

function hasCode(error: unknown, ...codes: readonly string[]): boolean {
  return (
    error instanceof Error &&
    'code' in error &&
    typeof error.code === 'string' &&
    codes.includes(error.code)
  );
}
