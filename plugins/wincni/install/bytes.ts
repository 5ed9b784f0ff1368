/** A number of bytes as people read it: 118 MB. */
export function megabytes(bytes: number): string {
  if (bytes < 1_000_000) return `${Math.ceil(bytes / 1000)} kB`;
  return `${Math.ceil(bytes / 1_000_000)} MB`;
}
