/** What is known of a PowerShell that went wrong: for the details of errors only. */
export interface Evidence {
  readonly executable: string;
  /** The start of its stderr. */
  readonly stderr: string;
  /** The start of what it wrote to stdout that is not of the protocol. */
  readonly stdout: string;
}

/** So many characters of each stream are kept. */
const limit = 2_000;

/** What was kept of a stream so far, and the next bytes of it, up to the limit. */
export function appended(kept: string, bytes: Buffer): string {
  const room = limit - kept.length;
  if (room <= 0 || bytes.length === 0) return kept;
  const separator = kept === '' || kept.endsWith('\n') ? '' : '\n';
  return `${kept}${separator}${bytes.subarray(0, room).toString('utf8')}`;
}

/** The details of an error: what to do, and below it what PowerShell said. */
export function withEvidence(remedy: string, { stderr, stdout }: Evidence): string {
  const said = Object.entries({ stdout, stderr }).flatMap(([stream, text]) =>
    text.trim() === '' ? [] : [`${stream}: ${text.trim()}`],
  );
  return [remedy, ...said].join('\n');
}
