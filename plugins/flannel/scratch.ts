import { join } from 'node:path';
import { isJsonObject, keyValue, withoutKey } from '../cni/config.ts';
import type { Files } from '../cni/host.ts';
import { isIdentifier, isPluginType } from '../cni/identifiers.ts';
import type { JsonObject } from '../cni/plugin.ts';
import { readIfThere, removeIfThere, replaceWhole, unfinishedPrefix } from '../cni/whole-files.ts';

/** Whose scratch file it is. */
export interface ScratchOwner {
  readonly sandboxId: string;
  readonly ifName: string;
}

/** The key that says whose a file is: plugins ignore keys they do not know. */
const ownerKey = 'wincniOwner';

/** A scratch file that can be used. */
export interface Scratch {
  readonly path: string;
  /** The delegate's configuration. */
  readonly config: JsonObject;
  readonly type: string;
  /** Undefined for a file of the reference, which has one for each sandbox. */
  readonly owner: ScratchOwner | undefined;
}

/**
 * Remembers the delegate's configuration for DEL, CHECK and GC, in the reference's place:
 * `<dataDir>/<sandbox id>`; a second interface's is beside it, with its name. Gives what undoes it.
 */
export function saveScratch(
  files: Files,
  dataDir: string,
  owner: ScratchOwner,
  config: JsonObject,
): () => void {
  files.makeFolder(dataDir);
  const [first, second] = paths(dataDir, owner);
  const there = readScratch(files, first);
  const foreign = there?.owner !== undefined && !isSame(there.owner, owner);
  const path = foreign ? second : first;
  const before = readIfThere(files, path);
  replaceWhole(files, path, JSON.stringify({ ...config, [ownerKey]: owner }));
  return () => {
    if (before === undefined) removeIfThere(files, path);
    else replaceWhole(files, path, before);
  };
}

/** The scratch file of an owner, if there is one that can be used. */
export function findScratch(
  files: Files,
  dataDir: string,
  owner: ScratchOwner,
  network: string,
): Scratch | undefined {
  return paths(dataDir, owner)
    .map((path) => readScratch(files, path))
    .find(
      (scratch) =>
        scratch !== undefined &&
        keyValue(scratch.config, 'name') === network &&
        (scratch.owner === undefined
          ? scratch.path === paths(dataDir, owner)[0]
          : isSame(scratch.owner, owner)),
    );
}

/** Removes an owner's scratch file; one that cannot be read is nobody else's, and goes as well. */
export function removeScratch(files: Files, dataDir: string, owner: ScratchOwner): void {
  for (const path of paths(dataDir, owner)) {
    const scratch = readScratch(files, path);
    if (scratch?.owner !== undefined && !isSame(scratch.owner, owner)) continue;
    // Without an owner, only the plain name can be this sandbox's: the other is an id like it.
    if (!scratch?.owner && path !== paths(dataDir, owner)[0]) continue;
    removeIfThere(files, path);
  }
}

/** Every usable scratch file of a network. */
export function allScratch(files: Files, dataDir: string, network: string): Scratch[] {
  return names(files, dataDir)
    .filter((name) => isIdentifier(name) && !name.startsWith(unfinishedPrefix))
    .flatMap((name) => readScratch(files, join(dataDir, name)) ?? [])
    .filter((scratch) => keyValue(scratch.config, 'name') === network);
}

function names(files: Files, dataDir: string): string[] {
  try {
    return files.list(dataDir);
  } catch {
    // No folder, no scratch files.
    return [];
  }
}

/** Both parts were validated with the request: neither path leaves the folder. */
function paths(dataDir: string, { ifName, sandboxId }: ScratchOwner): readonly [string, string] {
  return [join(dataDir, sandboxId), join(dataDir, `${sandboxId}-${ifName}`)];
}

function isSame(one: ScratchOwner, other: ScratchOwner): boolean {
  return one.sandboxId === other.sandboxId && one.ifName === other.ifName;
}

/** A scratch file is read like any input: one that is empty, cut or altered is as good as none. */
function readScratch(files: Files, path: string): Scratch | undefined {
  let written: unknown;
  try {
    written = JSON.parse(files.read(path));
  } catch {
    return undefined;
  }
  if (!isJsonObject(written)) return undefined;
  const type = keyValue(written, 'type');
  if (typeof type !== 'string' || !isPluginType(type) || type.toLowerCase() === 'flannel') {
    return undefined;
  }
  const { [ownerKey]: owner } = written;
  return { path, type, config: withoutKey(written, ownerKey), owner: readOwner(owner) };
}

function readOwner(value: unknown): ScratchOwner | undefined {
  if (!isJsonObject(value)) return undefined;
  const { ifName, sandboxId } = value;
  return typeof ifName === 'string' && typeof sandboxId === 'string'
    ? { ifName, sandboxId }
    : undefined;
}
