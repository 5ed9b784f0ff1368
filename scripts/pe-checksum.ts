/**
 * The checksum of a Windows executable (PE format, "CheckSum" of the optional header): the sum of all words
 * of 16 bits but its own, its carry added, and the length. Loaders look at drivers' alone; scanners look at
 * everybody's.
 */

const fieldAt = (executable: Buffer) => executable.readUInt32LE(0x3c) + 24 + 64;

/** The checksum that it should have. */
export function checksumOf(executable: Buffer): number {
  const field = fieldAt(executable);
  let sum = 0;
  for (let at = 0; at < executable.length; at += 2) {
    if (at === field || at === field + 2) continue;
    sum += (executable[at] ?? 0) | ((executable[at + 1] ?? 0) << 8);
  }
  // All carries at once: a sum of some ten million words is exact.
  while (sum > 0xffff) sum = (sum % 0x10000) + Math.floor(sum / 0x10000);
  return (sum + executable.length) >>> 0;
}

/** The checksum that it has. */
export function writtenChecksum(executable: Buffer): number {
  return executable.readUInt32LE(fieldAt(executable));
}

/** The same executable with its right checksum: the last thing that is done to it. */
export function withChecksum(executable: Buffer): Buffer {
  const copy = Buffer.from(executable);
  copy.writeUInt32LE(checksumOf(copy), fieldAt(copy));
  return copy;
}
