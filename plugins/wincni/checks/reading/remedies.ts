import type { Facts } from '../../facts/facts.ts';
import type { ConfiguredPlugin } from './configurations.ts';

/** A path as PowerShell takes it, whatever is in it. */
export function quoted(path: string): string {
  return /^[\w:\\/.-]+$/.test(path) ? path : `'${path.replaceAll("'", "''")}'`;
}

/** What to do about a key: what it should be, and how to see whether it is right then. */
export function edit(
  { path }: Pick<ConfiguredPlugin, 'path'>,
  ...lines: readonly string[]
): readonly string[] {
  return [...lines, `wincni config validate ${quoted(path)}`];
}

/** The command that starts a program of the node's anew, where it is a service; else in words. */
export function restartOf({ services = [] }: Pick<Facts, 'services'>, program: string): string {
  const found = services.find(({ application = '', command = '', name }) =>
    [name, application, command].some((text) => text.toLowerCase().includes(program)),
  );
  return found ? `Restart-Service ${quoted(found.name)}` : `restart ${program}`;
}

/** A text in printable ASCII, no longer than a line or two: what others wrote may be anything. */
export function shown(text: string, longest = 120): string {
  const plain = text.replaceAll(/[^ -~]+/g, ' ').trim();
  return plain.length > longest ? `${plain.slice(0, longest)}...` : plain;
}
