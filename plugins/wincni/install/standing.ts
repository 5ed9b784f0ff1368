import type { ExecutableFiles, FileLook } from '../../../system/executable-files.ts';

/** What stands under a name: of a file, its bytes in one number. */
export interface Standing extends FileLook {
  /** Empty for what is no file. */
  readonly sha256: string;
}

/** What stands under a path; undefined when nothing does. */
export type Look = (path: string) => Standing | undefined;

/**
 * Looks at files as they are now: each is read once, whatever its names. For one plan: what is done
 * afterwards is looked at anew.
 */
export function looking(executables: ExecutableFiles): Look {
  const sums = new Map<string, string>();
  return (path) => {
    const look = executables.look(path);
    if (look?.kind !== 'file') return look && { ...look, sha256: '' };
    const sha256 = sums.get(look.id) ?? executables.sha256(path);
    sums.set(look.id, sha256);
    return { ...look, sha256 };
  };
}
