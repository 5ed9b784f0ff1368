/** How many letters are to be changed, added, left out or exchanged with their neighbour to get from one text to the other. */
export function editDistance(one: string, other: string): number {
  const width = other.length + 1;
  const rows: number[][] = [Array.from({ length: width }, (_, column) => column)];
  for (let row = 1; row <= one.length; row++) {
    const line = [row];
    for (let column = 1; column < width; column++) {
      const same = one[row - 1] === other[column - 1];
      const exchanged = one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1];
      line.push(
        Math.min(
          (rows[row - 1]?.[column] ?? 0) + 1,
          (line[column - 1] ?? 0) + 1,
          (rows[row - 1]?.[column - 1] ?? 0) + (same ? 0 : 1),
          exchanged ? (rows[row - 2]?.[column - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY,
        ),
      );
    }
    rows.push(line);
  }
  return rows.at(-1)?.at(-1) ?? 0;
}

/** Long enough for every key there is: what is longer is no misspelling. */
const longest = 64;

/**
 * The known name that a text most likely means: at most two letters off, one where the name is short, in any
 * letter case. Undefined for one that is known, and for one that is far from all.
 */
export function meantBy(text: string, known: readonly string[]): string | undefined {
  if (text.length > longest) return undefined;
  const folded = text.toLowerCase();
  if (known.some((name) => name.toLowerCase() === folded)) return undefined;
  const near = known
    .map((name) => ({ name, distance: editDistance(folded, name.toLowerCase()) }))
    .filter(({ distance, name }) => distance <= (Math.min(name.length, text.length) < 6 ? 1 : 2))
    .sort((one, another) => one.distance - another.distance);
  return near[0]?.name;
}
