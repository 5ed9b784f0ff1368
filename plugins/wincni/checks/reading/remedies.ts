import { bare } from '../commands.ts';
import type { ConfiguredPlugin } from './configurations.ts';

/** What to do about a key: what it should be, and how to see whether it is right then. */
export function edit(
  { path }: Pick<ConfiguredPlugin, 'path'>,
  ...lines: readonly string[]
): readonly string[] {
  return [...lines, `wincni config validate ${bare(path)}`];
}

/** A text in printable ASCII, no longer than a line or two: what others wrote may be anything. */
export function shown(text: string, longest = 120): string {
  const plain = text.replaceAll(/[^ -~]+/g, ' ').trim();
  return plain.length > longest ? `${plain.slice(0, longest)}...` : plain;
}
