/** A text as PowerShell takes it literally. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** Names and numbers in a sentence: `a, b and c`; of many the first ones, and how many more there are. */
export function listed(names: readonly string[], most = 5): string {
  const shown = names.slice(0, most);
  const more = names.length - shown.length;
  if (more > 0) return `${shown.join(', ')} and ${more} more`;
  const last = shown.at(-1) ?? '';
  return shown.length < 2 ? last : `${shown.slice(0, -1).join(', ')} and ${last}`;
}

/** Milliseconds as people say them: `780 ms`, `2.4 s`. */
export function inSeconds(ms: number): string {
  return ms < 1_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(1)} s`;
}
