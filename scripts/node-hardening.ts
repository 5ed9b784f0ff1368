/**
 * What a Node that runs as SYSTEM must not take from its surroundings, taken out of the executable
 * itself: Node looks at these before the first line of ours runs, and no option forbids them all.
 */

/**
 * Variables of the environment by which Node or its OpenSSL loads code, writes files, talks to a
 * descriptor, prints to stderr or ends before it has begun (Node's cli.md; `node --trace-env`). Those
 * that are not here have no effect on an executable: test/executables/environment.test.ts.
 */
export const takenOut = [
  'NODE_CHANNEL_FD',
  'NODE_CHANNEL_SERIALIZATION_MODE',
  'NODE_COMPILE_CACHE',
  'NODE_DEBUG',
  'NODE_DEBUG_NATIVE',
  'NODE_REPL_EXTERNAL_MODULE',
  'NODE_UNIQUE_ID',
  'NODE_USE_ENV_PROXY',
  'NODE_V8_COVERAGE',
  'OPENSSL_CONF',
] as const;

/**
 * A Node that asks for none of these variables. A name that its C++ asks for becomes an empty text,
 * which no variable has. In its JavaScript, source and snapshot, a name must remain one of that length:
 * it becomes another, `OFF__DEBUG`. Throws for a Node that has no such name, as another version might.
 */
export function withoutVariables(executable: Buffer): Buffer {
  const copy = Buffer.from(executable);
  for (const name of takenOut) {
    const found = placesOf(copy, name);
    if (found.length === 0)
      throw new Error(`this Node does not ask for ${name}: look at how it is`);
    for (const at of found) {
      if (isOfC(copy, at, name)) copy[at] = 0;
      else copy.write('OFF_', at, 'latin1');
    }
  }
  return copy;
}

/** Where a name stands by itself, not as a part of a longer one. */
function placesOf(bytes: Buffer, name: string): number[] {
  const places: number[] = [];
  for (let at = bytes.indexOf(name); at >= 0; at = bytes.indexOf(name, at + 1)) {
    if (!isPartOfName(bytes[at - 1]) && !isPartOfName(bytes[at + name.length])) places.push(at);
  }
  return places;
}

function isPartOfName(byte = 0): boolean {
  return /\w/.test(String.fromCharCode(byte));
}

/** Whether it is a text of C, from zero to zero; V8's begin after their length, 32 bits of it. */
function isOfC(bytes: Buffer, at: number, name: string): boolean {
  const isAlone = bytes[at - 1] === 0 && bytes[at + name.length] === 0;
  return isAlone && bytes.readUInt32LE(at - 4) !== name.length;
}

/** LOAD_LIBRARY_SEARCH_SYSTEM32. */
const systemFolderOnly = 0x800;

/**
 * A Windows executable that has its libraries from the system's folder alone, not from its own, where
 * another program's installer may have put one of the same name (PE format, load configuration:
 * DependentLoadFlags). Throws for one without that field.
 */
export function fromSystemFolder(executable: Buffer): Buffer {
  const copy = Buffer.from(executable);
  copy.writeUInt16LE(systemFolderOnly, dependentLoadFlagsAt(copy));
  return copy;
}

/** The flags of an executable for the libraries it is linked with; 0 leaves them to Windows' search. */
export function dependentLoadFlags(executable: Buffer): number {
  return executable.readUInt16LE(dependentLoadFlagsAt(executable));
}

function dependentLoadFlagsAt(executable: Buffer): number {
  const headers = executable.readUInt32LE(0x3c);
  const optional = headers + 24;
  const directory = optional + 112 + 8 * 10;
  const address = executable.readUInt32LE(directory);
  const count = executable.readUInt16LE(headers + 6);
  const table = optional + executable.readUInt16LE(headers + 20);
  for (let row = table; row < table + 40 * count; row += 40) {
    const start = executable.readUInt32LE(row + 12);
    const size = executable.readUInt32LE(row + 16);
    if (address < start || address >= start + size) continue;
    const configuration = executable.readUInt32LE(row + 20) + address - start;
    const field = 78;
    if (executable.readUInt32LE(configuration) >= field + 2) return configuration + field;
  }
  throw new Error('expected a PE file of 64 bits with a load configuration');
}
