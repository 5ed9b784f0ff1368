import { dirname } from 'node:path';
import { hasCode } from '../../../system/errors.ts';
import { isRefusedForNow, type Patiently, patience } from '../../../system/patience.ts';
import { removeIfThere } from '../../../system/whole-files.ts';
import type { Act } from './act.ts';
import type { Installer } from './installer.ts';
import { awayPath } from './layout.ts';

/** Hears of each thing that is begun, and of each piece that is copied. */
export type Told = (act: Act, copied?: number) => void;

/**
 * Does what a plan says, one thing after the other. Throws the operating system's error.
 *
 * Windows lets nobody replace or remove an executable that runs, by none of its names, and lets it be
 * renamed: then it is renamed away first, and its name is without a file between two renames. Everywhere
 * else a name has its old file or its new one at every instant.
 */
export function perform(installer: Installer, acts: readonly Act[], told: Told): void {
  const patiently = patience(installer.host);
  for (const act of acts) {
    told(act);
    performOne(installer, act, patiently, told);
  }
}

function performOne(installer: Installer, act: Act, patiently: Patiently, told: Told): void {
  const { executables } = installer;
  const copied = (bytes: number) => told(act, bytes);
  if (act.act === 'copy') executables.copyNew(act.from, act.to, copied);
  else if (act.act === 'link') {
    if (!linked(installer, act.from, act.to)) executables.copyNew(act.from, act.to, copied);
  } else if (act.act === 'place') placed(installer, act, patiently);
  else if (act.act === 'restore') replaced(installer, act.from, act.to, patiently);
  else removed(installer, act.path, patiently);
}

/** Puts a file under a name. What stands there gets a second name first, so that the name has a file all the time. */
function placed(
  installer: Installer,
  { from, keep, to }: Extract<Act, { act: 'place' }>,
  patiently: Patiently,
): void {
  const { executables, host } = installer;
  if (keep !== undefined && executables.look(to)) {
    host.files.makeFolder(dirname(keep));
    if (!executables.look(keep) && !linked(installer, to, keep)) {
      movedInto(installer, { from, to, elsewhere: keep }, patiently);
      return;
    }
  }
  replaced(installer, from, to, patiently);
}

/** Gives a file a second name; false where it cannot have one: across volumes, or on FAT. */
function linked({ host }: Installer, from: string, to: string): boolean {
  try {
    host.files.link(from, to);
    return true;
  } catch (error) {
    const never = ['EXDEV', 'EMLINK', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EISDIR', 'EINVAL'];
    if (hasCode(error, ...never, 'EPERM', 'EACCES')) return false;
    throw error;
  }
}

/** Renames over what stands there; over what runs, it is renamed away first. */
function replaced(installer: Installer, from: string, to: string, patiently: Patiently): void {
  const { executables, host } = installer;
  try {
    host.files.rename(from, to);
    return;
  } catch (error) {
    if (!isRefusedForNow(error) || !executables.look(to)) throw error;
  }
  const away = freeAway(installer, to);
  movedInto(installer, { from, to, elsewhere: away }, patiently);
  try {
    removeIfThere(host.files, away);
  } catch {
    // It runs: the next run removes it.
  }
}

/** Moves what stands under a name elsewhere, and another file there; back again if that fails. */
function movedInto(
  { host }: Installer,
  {
    elsewhere,
    from,
    to,
  }: { readonly from: string; readonly to: string; readonly elsewhere: string },
  patiently: Patiently,
): void {
  const { files } = host;
  patiently(() => files.rename(to, elsewhere));
  try {
    patiently(() => files.rename(from, to));
  } catch (error) {
    patiently(() => files.rename(elsewhere, to));
    throw error;
  }
}

/** Removes a file of ours; one that runs is renamed away, for the next run to remove. */
export function removed(installer: Installer, path: string, patiently: Patiently): void {
  const { host } = installer;
  try {
    removeIfThere(host.files, path);
  } catch (error) {
    if (!isRefusedForNow(error)) throw error;
    const away = freeAway(installer, path);
    patiently(() => host.files.rename(path, away));
  }
}

function freeAway({ executables, host, layout }: Installer, path: string): string {
  host.files.makeFolder(layout.keptFor(path));
  for (let count = 1; ; count++) {
    const away = awayPath(layout, path, count);
    if (!executables.look(away)) return away;
  }
}
