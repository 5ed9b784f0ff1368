import { sep } from 'node:path';

/**
 * The path of a name in a folder. join would look at each character of both, to put them in order: a command
 * makes so many paths that Node would compile that anew, to make it faster.
 * @param folder its path, in order, as join and dirname give it
 */
export function pathIn(folder: string, name: string): string {
  return folder.endsWith(sep) ? `${folder}${name}` : `${folder}${sep}${name}`;
}
