/** Functions of native libraries, by node:ffi, which is experimental: whoever needs it hands it over. */

type NodeFfi = typeof import('node:ffi');

/** Memory for a text, a GUID or an out parameter; or a number, a handle, an address. */
export type Argument = Buffer | bigint;

/** A loaded library. Its functions are called as Windows' x64 calling convention has it, in which every argument and handle fits a register or a slot of 8 bytes. */
export interface Library {
  /** Calls a function that gives a 32-bit number: it, signed. Throws what `find` throws. */
  call(name: string, ...args: readonly Argument[]): number;
  /** Finds a function: its address. Throws when the library has none of that name. */
  find(name: string): bigint;
  close(): void;
}

export interface Ffi {
  /** Loads a library by its absolute path. Throws what the operating system says. */
  loadLibrary(path: string): Library;
  /** A copy of so many bytes at an address. */
  copyOf(address: bigint, bytes: number): Buffer;
  /** The address of a buffer's memory, good for as long as somebody holds the buffer. */
  addressOf(buffer: Buffer): bigint;
}

/** What is used of node:ffi. */
export function ffiOver({ DynamicLibrary, getRawPointer, toBuffer }: NodeFfi): Ffi {
  return {
    loadLibrary(path) {
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
    },
    copyOf: (address, bytes) => toBuffer(address, bytes, true),
    addressOf: (buffer) => getRawPointer(buffer),
  };
}
