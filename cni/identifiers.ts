import { CniError, code } from './error.ts';
import type { Call } from './plugin.ts';

/** Container ids and network names (SPEC.md, sections 1 and 2): safe in file names and HNS names. */
const identifier = /^[A-Za-z0-9][A-Za-z0-9_.-]*$/;

/** Names that Windows takes for devices, in any folder and with any extension. */
const devices = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?$/i;

/** The rule in words, for errors. */
export const identifierRule =
  'letters, digits, "_", "." and "-" only, a letter or digit first, no dot last, no name of a device such as nul';

/** The longest identifier taken: file names end at 255 characters, and ours add to it. */
const longest = 200;

/**
 * Whether a text can be a container id, a network name or the plain name of an executable. A dot at
 * the end is one that Windows drops: the file would be another's.
 */
export function isIdentifier(text: string): boolean {
  const fits = text.length <= longest && identifier.test(text);
  return fits && !text.endsWith('.') && !devices.test(text);
}

/** What is wrong with an interface name; undefined when nothing is (libcni's rule). */
export function interfaceProblem(name: string): string | undefined {
  if (name === '') return 'is empty';
  if (name.length > 15) return 'is longer than 15 characters';
  if (name === '.' || name === '..') return 'is a folder';
  if (/[/\\:\s]|\p{Cc}/u.test(name)) return 'has "/", "\\", ":" or white space in it';
  return undefined;
}

/**
 * The id of the container that owns the network: for a workload container of Docker, whose netns is
 * `container:<id>`, that id. Throws code 4 when it is none: it ends up in paths and names.
 */
export function sandboxId(call: Call): string {
  if (!call.netns.startsWith('container:')) return call.containerId;
  const id = call.netns.slice('container:'.length);
  if (isIdentifier(id)) return id;
  throw new CniError(
    code.invalidEnvironment,
    `CNI_NETNS names an invalid container id: ${JSON.stringify(id.slice(0, 200))}`,
    identifierRule,
  );
}
