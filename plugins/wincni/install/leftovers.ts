import { isSystemError } from '../../../system/errors.ts';
import { pathIn } from '../../../system/path-in.ts';
import { listIfThere, removeIfThere, unfinishedOf } from '../../../system/whole-files.ts';
import type { Installer } from './installer.ts';
import { isAway, isNew, keptName, type Layout } from './layout.ts';
import type { Manifest } from './manifest.ts';
import { isVersion } from './versions.ts';

/** What earlier runs could not remove, because it ran, or did not come to remove, because they were killed. */
export function leftovers({ host, layout }: Installer, manifest: Manifest): readonly string[] {
  const { files } = host;
  return foldersOf(layout, manifest).flatMap((folder) => {
    const kept = pathIn(folder, keptName);
    const isLeft = (name: string) =>
      isNew(name) || (folder === layout.folder && unfinishedOf(name) === 'installed.json');
    return [
      ...listIfThere(files, folder)
        .filter(isLeft)
        .map((name) => pathIn(folder, name)),
      ...listIfThere(files, kept)
        .filter(isAway)
        .map((name) => pathIn(kept, name)),
    ];
  });
}

const foldersOf = (layout: Layout, { folders }: Manifest) => [
  ...new Set([layout.folder, ...folders]),
];

/** Removes them, and the folders of ours that are empty then. Gives what still runs. */
export function removeLeftovers(installer: Installer, manifest: Manifest): readonly string[] {
  const { executables, host, layout } = installer;
  const { files } = host;
  const left = leftovers(installer, manifest).filter((path) => {
    try {
      removeIfThere(files, path);
      return false;
    } catch (error) {
      if (isSystemError(error)) return true;
      throw error;
    }
  });
  for (const folder of foldersOf(layout, manifest))
    removeEmpty(installer, pathIn(folder, keptName));
  // Those of versions: others may have empty folders there, too.
  for (const name of listIfThere(files, layout.folder).filter(isVersion)) {
    const folder = pathIn(layout.folder, name);
    if (executables.look(folder)?.kind === 'folder') removeEmpty(installer, folder);
  }
  return left;
}

/** Removes a folder, if nothing is in it. */
export function removeEmpty({ host }: Installer, folder: string): void {
  try {
    host.files.removeFolder(folder);
  } catch (error) {
    // Something is in it, or somebody looks into it: it is in nobody's way.
    if (!isSystemError(error)) throw error;
  }
}
