import { join } from 'node:path';
import { CniError, code } from '../../cni/error.ts';
import { isIdentifier } from '../../cni/identifiers.ts';
import type { JsonObject } from '../../cni/json-object.ts';
import { keyValue } from '../../cni/keys.ts';
import { hasCode } from '../../system/errors.ts';
import type { Files, Host } from '../../system/host.ts';
import { patience } from '../../system/patience.ts';
import {
  createWhole,
  discard,
  listIfThere,
  placeWhole,
  readIfThere,
  removeIfThere,
  renameIfThere,
  replaceWhole,
  unfinishedOf,
  unfinishedPath,
} from '../../system/whole-files.ts';
import type { Owner } from './owner.ts';
import { mark, parseScratch, printScratch, type Scratch } from './scratch.ts';

/**
 * The names an attachment's file can have: the sandbox's id, as the reference has it; that and the
 * interface, for a second one; and, should that be the id of another container, one that is nobody's
 * id. An interface may be named with what Windows does not take in a file's name.
 */
function scratchNames(owner: Owner): readonly [string, string, string] {
  const { sandbox } = owner;
  const ifName = owner.ifName.replace(/[^A-Za-z0-9_-]/g, '_');
  return [sandbox, `${sandbox}-${ifName}`, `${sandbox}+${ifName}`];
}

/** What was found of an attachment: `scratch` is undefined where the file can't be read. */
export interface Recalled {
  readonly path: string;
  readonly scratch: Scratch | undefined;
}

/**
 * Finds the file of an attachment: the one marked as its own; else one under the sandbox's plain name
 * that is nobody's in particular, as the reference writes it, or is empty or corrupt.
 */
export function recall(files: Files, dataDir: string, owner: Owner): Recalled | undefined {
  const [plain, ...others] = scratchNames(owner).map((name) => look(files, join(dataDir, name)));
  const own = [plain, ...others].find((found) => isOwn(found?.scratch, owner));
  if (own) return own;
  return plain && !plain.scratch?.owner ? plain : undefined;
}

function look(files: Files, path: string): Recalled | undefined {
  const text = readIfThere(files, path);
  return text === undefined ? undefined : { path, scratch: parseScratch(text) };
}

function isOwn(scratch: Scratch | undefined, owner: Owner): boolean {
  const marked = scratch?.owner;
  return marked?.sandbox === owner.sandbox && marked.ifName === owner.ifName;
}

/** Where an attachment is remembered, and whether nothing was known of it before. */
export interface Remembering {
  readonly path: string;
  readonly isNew: boolean;
}

/**
 * Remembers the delegate's configuration of an attachment, in a file that appears whole. The file of
 * another interface, container or network is never written over. Undefined when a DEL that ran at the
 * same time swept up what was not finished. Throws code 5 when each name it could have is taken.
 */
export function remember(
  host: Host,
  dataDir: string,
  owner: Owner,
  config: JsonObject,
): Remembering | undefined {
  host.files.makeFolder(dataDir);
  try {
    return rememberIn(host, dataDir, owner, config);
  } catch (error) {
    // The folder is there: what is missing is the file that was being written.
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

function rememberIn(host: Host, dataDir: string, owner: Owner, config: JsonObject): Remembering {
  const { files } = host;
  const text = printScratch(config, owner);
  const known = recall(files, dataDir, owner);
  if (known && mayReplace(known, owner, config)) {
    if (readIfThere(files, known.path) !== text) replaceWhole(host, known.path, text);
    return { path: known.path, isNew: known.scratch === undefined };
  }
  for (const name of scratchNames(owner)) {
    const path = join(dataDir, name);
    if (!look(files, path) && createWhole(host, path, text)) return { path, isNew: true };
    // The same ADD, made twice at once.
    if (isOwn(look(files, path)?.scratch, owner)) return { path, isNew: false };
  }
  throw new CniError(
    code.io,
    `no scratch file can be written for ${owner.ifName} of ${owner.sandbox} in ${dataDir}`,
    `${scratchNames(owner).join(', ')} all belong to other interfaces or containers: see "${mark}" in them`,
  );
}

/** The reference keeps one file a sandbox: what it wrote for another network stays for its DEL. */
function mayReplace(known: Recalled, owner: Owner, config: JsonObject): boolean {
  if (!known.scratch || isOwn(known.scratch, owner)) return true;
  return known.scratch.network === keyValue(config, 'name');
}

/** A file that is out of the way, while its attachment is being deleted. */
export interface SetAside {
  /** The deletion failed: it is to be repeated with what the file says. */
  putBack(): void;
  drop(): void;
}

/**
 * Moves a scratch file aside before its attachment is deleted. An ADD of the same attachment that runs at
 * the same time looks for it last of all, and knows that it was overtaken. Undefined when it is gone.
 */
export function setAside(host: Host, path: string): SetAside | undefined {
  const { files } = host;
  const aside = unfinishedPath(host, path);
  const patiently = patience(host);
  if (!patiently(() => renameIfThere(files, path, aside))) return undefined;
  return {
    putBack() {
      // A name that is taken is a later ADD's.
      const text = readIfThere(files, aside);
      if (text !== undefined) placeWhole(files, aside, path, text);
      discard(files, aside, patiently);
    },
    drop: () => discard(files, aside, patiently),
  };
}

/** Removes what is unfinished of an attachment's files: of a killed process, or an ADD that was overtaken. */
export function sweepUp(host: Host, dataDir: string, owner: Owner): void {
  for (const { path } of unfinished(host.files, dataDir, owner)) removeIfThere(host.files, path);
}

/** What another DEL has moved aside: it may have been killed. */
export function recallAside(host: Host, dataDir: string, owner: Owner): Recalled | undefined {
  return unfinished(host.files, dataDir, owner).find(({ scratch }) => scratch);
}

/** A file of one of these names may be another interface's, which is being deleted just now. */
function unfinished(files: Files, dataDir: string, owner: Owner): readonly Recalled[] {
  const names = new Set<string>(scratchNames(owner));
  return listIfThere(files, dataDir)
    .filter((name) => names.has(unfinishedOf(name) ?? ''))
    .flatMap((name) => look(files, join(dataDir, name)) ?? [])
    .filter(({ scratch }) => !scratch?.owner || isOwn(scratch, owner));
}

/** Whether the file of an attachment is there, and its own. */
export function isRemembered(files: Files, path: string, owner: Owner): boolean {
  return isOwn(look(files, path)?.scratch, owner);
}

/** A scratch file whose attachment is known beyond doubt. */
export interface Remembered {
  readonly path: string;
  readonly scratch: Scratch;
  readonly owner: Owner;
}

/** Every scratch file of a network, and what kept others from being read: they may be of it too. */
export function scratchesOf(
  files: Files,
  dataDir: string,
  network: string,
): { readonly scratches: readonly Remembered[]; readonly failures: readonly unknown[] } {
  const failures: unknown[] = [];
  const scratches = listIfThere(files, dataDir).flatMap((name) => {
    if (!/^[A-Za-z0-9][A-Za-z0-9_.+-]*$/.test(name)) return [];
    try {
      return remembered(look(files, join(dataDir, name)), name, network);
    } catch (error) {
      // A folder is not ours to judge.
      if (!hasCode(error, 'EISDIR')) failures.push(error);
      return [];
    }
  });
  return { scratches, failures };
}

function remembered(found: Recalled | undefined, name: string, network: string): Remembered[] {
  if (found?.scratch?.network !== network) return [];
  const { path, scratch } = found;
  if (!scratch.owner) return isIdentifier(name) ? [{ path, scratch, owner: anyOf(name) }] : [];
  const isItsName = scratchNames(scratch.owner).includes(name);
  return isItsName ? [{ path, scratch, owner: scratch.owner }] : [];
}

/** An owner whose interface the reference did not write down. */
function anyOf(sandbox: string): Owner {
  return { sandbox, ifName: '' };
}
