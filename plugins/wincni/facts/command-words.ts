/** The words of a command as Windows has it: quoted where there are blanks in them. */
export function wordsOf(command: string): readonly string[] {
  return [...command.matchAll(/(?:"[^"]*"|[^\s"])+/g)].map(([word]) => word.replaceAll('"', ''));
}

/** The value of a flag, `--name=value` or `--name value`, one dash or two; the last one counts. */
export function flagOf(words: readonly string[], ...names: readonly string[]): string | undefined {
  let found: string | undefined;
  for (const [index, word] of words.entries()) {
    const [, name = '', value] = /^--?([\w-]+)(?:=(.*))?$/s.exec(word) ?? [];
    if (!names.includes(name)) continue;
    const next = words[index + 1];
    if (value !== undefined) found = value;
    else if (next !== undefined && !next.startsWith('-')) found = next;
  }
  return found;
}
