import { basename, dirname, join } from 'node:path';
import { pathIn } from '../../../system/path-in.ts';

/** Where things are: the versions of the program below one folder, what is kept beside what took its place. */
export interface Layout {
  /** `C:\Program Files\wincni`. */
  readonly folder: string;
  readonly manifest: string;
  readonly lock: string;
  /** `.exe` on Windows. */
  readonly suffix: string;
  /** The program of a version. */
  readonly program: (version: string) => string;
  /** A plugin's name in a folder. */
  readonly plugin: (folder: string, name: string) => string;
  /** The folder in which is kept what stood under a path: on the same volume, so that it is moved and not copied. */
  readonly keptFor: (path: string) => string;
}

export const keptName = '.wincni-kept';

/** Where things are on a platform. */
export function layoutOf(
  platform: string,
  env: Readonly<Record<string, string | undefined>>,
  programDir: string | undefined,
): Layout {
  const isWindows = platform === 'win32';
  const suffix = isWindows ? '.exe' : '';
  const programs = isWindows ? (env['ProgramFiles'] ?? 'C:\\Program Files') : '/opt';
  const folder = programDir ?? join(programs, 'wincni');
  return {
    folder,
    suffix,
    manifest: join(folder, 'installed.json'),
    lock: join(folder, '.wincni-lock'),
    program: (version) => join(folder, version, `wincni${suffix}`),
    plugin: (bin, name) => join(bin, `${name}${suffix}`),
    keptFor(path) {
      const home = path.startsWith(pathIn(folder, '')) ? folder : dirname(path);
      // What is kept itself stays where it is.
      return basename(home) === keptName ? home : join(home, keptName);
    },
  };
}

/** Where what stands under a path is kept for a step. */
export function keptPath(layout: Layout, path: string, number: number): string {
  return join(layout.keptFor(path), `${number}-${basename(path)}`);
}

/** The number of the step for which a file is kept. */
export function keptNumber(name: string): number {
  return Number(/^(\d+)-/.exec(name)?.[1] ?? 0);
}

/** The name that the new file has until it takes its place: in the same folder. */
export function newPath(path: string): string {
  return join(dirname(path), `.wincni-new-${basename(path)}`);
}

/** Whether a file is one that never took its place. */
export function isNew(name: string): boolean {
  return name.startsWith('.wincni-new-');
}

/** A name for what runs and cannot be removed yet. */
export function awayPath(layout: Layout, path: string, count: number): string {
  return join(layout.keptFor(path), `away${count}-${basename(path)}`);
}

/** Whether a kept file is of no use any more. */
export function isAway(name: string): boolean {
  return /^away\d+-/.test(name);
}
