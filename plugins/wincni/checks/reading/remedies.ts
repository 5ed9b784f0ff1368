import type { Facts } from '../../facts/facts.ts';
import { quoted } from '../commands.ts';
import type { ConfiguredPlugin } from './configurations.ts';

/** A text as one word of PowerShell's: quoted where it must be. */
export function asWord(text: string): string {
  return /^[\w:\\/.-]+$/.test(text) ? text : quoted(text);
}

/** What to do about a key: what it should be, and how to see whether it is right then. */
export function edit(
  { path }: Pick<ConfiguredPlugin, 'path'>,
  ...lines: readonly string[]
): readonly string[] {
  return [...lines, `wincni config validate ${asWord(path)}`];
}

/** The command that starts a program of the node's anew, where it is a service; else in words. */
export function restartOf({ services = [] }: Pick<Facts, 'services'>, program: string): string {
  const found = services.find(({ application = '', command = '', name }) =>
    [name, application, command].some((text) => text.toLowerCase().includes(program)),
  );
  return found ? `Restart-Service ${asWord(found.name)}` : `restart ${program}`;
}

/** The node's name in the cluster, as flanneld is told it: the machine's in small letters, if nobody says another. */
export function nodeName({
  environment = {},
  hostname,
}: Pick<Facts, 'environment' | 'hostname'>): string {
  return environment['NODE_NAME'] || hostname.toLowerCase();
}

/** A text in printable ASCII, no longer than a line or two: what others wrote may be anything. */
export function shown(text: string, longest = 120): string {
  const plain = text.replaceAll(/[^ -~]+/g, ' ').trim();
  return plain.length > longest ? `${plain.slice(0, longest)}...` : plain;
}
