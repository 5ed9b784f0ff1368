import { DynamicLibrary, getRawPointer, toBuffer } from 'node:ffi';

/**
 * The one file that touches node:ffi, which is experimental. Functions are called as Windows' x64 calling
 * convention has it, in which every argument and handle fits a register or a slot of 8 bytes.
 */

/** Memory for a text, a GUID or an out parameter; or a number, a handle, an address. */
export type Argument = Buffer | bigint;

/** A loaded library. */
export interface Library {
  /** Calls a function that gives a 32-bit number: it, signed. Throws what `find` throws. */
  call(name: string, ...args: readonly Argument[]): number;
  /** Finds a function: its address. Throws when the library has none of that name. */
  find(name: string): bigint;
  close(): void;
}

/** Loads a library by its absolute path. Throws what the operating system says. */
export function loadLibrary(path: string): Library {
  const library = new DynamicLibrary(path);
  return {
    call(name, ...args) {
      const found = library.getFunction(name, {
        arguments: args.map((argument) => (typeof argument === 'bigint' ? 'uint64' : 'buffer')),
        return: 'int32',
      });
      return found(...args);
    },
    find: (name) => library.getSymbol(name),
    close: () => library.close(),
  };
}

/** A copy of so many bytes at an address. */
export function copyOf(address: bigint, bytes: number): Buffer {
  return toBuffer(address, bytes, true);
}

/** The address of a buffer's memory, good for as long as somebody holds the buffer. */
export function addressOf(buffer: Buffer): bigint {
  return getRawPointer(buffer);
}
