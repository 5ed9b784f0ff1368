import { statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { Windows } from './windows.ts';

/** A folder in which others than SYSTEM and administrators may change something. */
export interface Exposure {
  readonly folder: string;
  /** Who, in words. */
  readonly who: readonly string[];
  /** The commands that mend it. */
  readonly mend: string;
}

/** SYSTEM, administrators, those of a domain, TrustedInstaller, and the owner, who is looked at by itself. */
const trusted = new Set([
  'SY',
  'S-1-5-18',
  'BA',
  'S-1-5-32-544',
  'LA',
  'DA',
  'EA',
  'S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464',
]);
const owners = new Set(['CO', 'S-1-3-0', 'OW', 'S-1-3-4']);

const names: Readonly<Record<string, string>> = {
  WD: 'Everyone',
  AU: 'Authenticated Users',
  BU: 'Users',
  IU: 'Interactive',
  BG: 'Guests',
  AN: 'Anonymous',
};

/** The bits of an access mask, as SDDL abbreviates them (Microsoft, "Ace Strings"). */
const masks: Readonly<Record<string, number>> = {
  GA: 0x10000000,
  GW: 0x40000000,
  FA: 0x1f01ff,
  FW: 0x120116,
  DC: 0x2,
  LC: 0x4,
  DT: 0x40,
  SD: 0x10000,
  WD: 0x40000,
  WO: 0x80000,
};

/** To remove it or what is in it, or to change its rights or its owner. */
const takesOver = 0x40 | 0x10000 | 0x40000 | 0x80000 | 0x10000000;

/** To put something into it as well. */
const writes = takesOver | 0x2 | 0x4 | 0x40000000;

/**
 * Who else may write into a folder of this descriptor (SDDL), or take it over. What only holds for what
 * will be made inside counts as well, unless it is looked at as a folder above.
 */
export function othersIn(descriptor: string, isAbove = false): readonly string[] {
  const [, owner = ''] = /O:(.*?)(?=G:|D:|S:|$)/.exec(descriptor) ?? [];
  const others = owner === '' || trusted.has(owner) ? [] : [owner];
  const [, list] = /D:([^(]*(?:\([^)]*\))*)/.exec(descriptor) ?? [];
  if (list === undefined || list.includes('NO_ACCESS_CONTROL'))
    return [...others, 'WD'].map(nameOf);
  for (const [, entry = ''] of list.matchAll(/\(([^)]*)\)/g)) {
    const [type = '', flags = '', rights = '', , , who = ''] = entry.split(';');
    const isAllowed = /^(?:X?A|OA)$/.test(type) && !(isAbove && flags.includes('IO'));
    const isOthers = !trusted.has(who) && !owners.has(who);
    if (isAllowed && isOthers && (maskOf(rights) & (isAbove ? takesOver : writes)) !== 0) {
      others.push(who);
    }
  }
  return [...new Set(others)].map(nameOf);
}

const nameOf = (who: string) => names[who] ?? who;

function maskOf(rights: string): number {
  if (/^0x/i.test(rights)) return Number(rights);
  const codes = rights.match(/../g) ?? [];
  return codes.reduce((mask, code) => mask | (masks[code] ?? 0), 0);
}

/** The folder and those above it that others may change, but for the drive itself. On Windows. */
export function exposedOnWindows(path: string, windows: Windows): readonly Exposure[] {
  return chainOf(path).flatMap((folder, index) => {
    const descriptor = windows.descriptorOf(folder);
    const who = descriptor === undefined ? [] : othersIn(descriptor, index > 0);
    return who.length === 0 ? [] : [{ folder, who, mend: icacls(folder, index > 0) }];
  });
}

/** SYSTEM and administrators by their SIDs, since their names are translated; users read what is above. */
function icacls(folder: string, isAbove: boolean): string {
  const full = ['*S-1-5-18:(OI)(CI)F', '*S-1-5-32-544:(OI)(CI)F'];
  const grants = [...full, ...(isAbove ? ['*S-1-5-32-545:(OI)(CI)RX'] : [])];
  const quoted = grants.map((grant) => `"${grant}"`).join(' ');
  return `icacls "${folder}" /setowner "*S-1-5-32-544" && icacls "${folder}" /inheritance:r /grant:r ${quoted}`;
}

/** The same elsewhere, where it is only for trials: by mode and owner. */
export function exposedElsewhere(path: string, uid: number): readonly Exposure[] {
  return chainOf(path).flatMap((folder) => {
    const found = statSync(folder, { throwIfNoEntry: false });
    if (!found) return [];
    // In a sticky folder, as /tmp is, nobody removes or renames what is another's.
    const isSticky = (found.mode & 0o1000) !== 0;
    const who = [
      ...(found.uid === 0 || found.uid === uid ? [] : [`user ${found.uid}`]),
      ...(!isSticky && (found.mode & 0o020) !== 0 ? [`group ${found.gid}`] : []),
      ...(!isSticky && (found.mode & 0o002) !== 0 ? ['everyone'] : []),
    ];
    return who.length === 0
      ? []
      : [{ folder, who, mend: `chown ${uid} "${folder}" && chmod go-w "${folder}"` }];
  });
}

/** A folder and those above it, but for the root. */
function chainOf(path: string): readonly string[] {
  const folder = resolve(path);
  const parent = dirname(folder);
  return parent === folder ? [] : [folder, ...chainOf(parent)];
}
