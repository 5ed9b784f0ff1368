import type { Exposure } from '../../../system/folder-rights.ts';
import type { Facts } from './facts.ts';
import { folderOf } from './node-paths.ts';
import { type Lacking, tell } from './probe.ts';

type Rights = Facts['rights'];

/** A folder, and what it is for: who else may change it decides what the plugins do, which run as SYSTEM. */
export interface UsedFolder {
  readonly use: string;
  readonly folder: string;
}

/** The folders that the plugins and the runtime go by. */
export function usedFolders(
  folders: Facts['folders'],
  places: {
    readonly leases: readonly string[];
    readonly scratch: readonly string[];
    readonly subnetFiles: readonly string[];
  },
  log: string | undefined,
  state: string | undefined,
): readonly UsedFolder[] {
  const of = (use: string, paths: readonly (string | undefined)[]) =>
    paths.flatMap((folder) => (folder === undefined || folder === '' ? [] : [{ use, folder }]));
  const absent = new Set(folders.absent);
  const there = (paths: readonly string[]) => paths.filter((path) => !absent.has(path));
  return [
    ...of('bin', there(folders.bin)),
    ...of('conf', there(folders.conf)),
    ...of('leases', places.leases),
    ...of('scratch', places.scratch),
    ...of('subnet.env', places.subnetFiles.map(folderOf)),
    ...of('log', [log === undefined ? undefined : folderOf(log)]),
    ...of('state', [state]),
  ];
}

/** Who else may change these folders, and those above them: each once, for what it was looked at first. */
export function gatherRights(
  exposed: (folder: string) => readonly Exposure[],
  used: readonly UsedFolder[],
  lacking: Lacking,
): Rights {
  const found = new Map<string, Rights[number]>();
  for (const { folder, use } of used) {
    try {
      for (const { folder: open, mend, who } of exposed(folder)) {
        if (!found.has(open)) found.set(open, { folder: open, use, who: [...who], mend });
      }
    } catch (error) {
      tell(lacking, 'rights', folder, error);
    }
  }
  return [...found.values()];
}
