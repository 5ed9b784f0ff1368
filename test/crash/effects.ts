import type { SystemCall } from './strace.ts';

/** What a command does to its node's folder, one system call after the other. */

/** A system call that touches the node's folder, or tells the runtime the answer. */
export interface Effect {
  readonly call: string;
  /** Which call of that name it is, as strace counts: from 1. */
  readonly nth: number;
  /** What it is about, alike in every run: `unlink hns/lock`. */
  readonly what: string;
  /** Which of the effects that are named alike: from 1. */
  readonly turn: number;
  readonly kind: 'change' | 'read' | 'answer';
  /** What is read is not there. */
  readonly missing: boolean;
}

const changing = [
  ...['write', 'writev', 'pwrite64', 'pwritev', 'fsync', 'fdatasync', 'truncate', 'ftruncate'],
  ...['link', 'linkat', 'symlink', 'symlinkat', 'rename', 'renameat', 'renameat2'],
  ...['unlink', 'unlinkat', 'rmdir', 'mkdir', 'mkdirat', 'mknod', 'mknodat', 'creat'],
  ...['chmod', 'fchmod', 'fchmodat', 'utimensat', 'copy_file_range', 'sendfile', 'fallocate'],
];
const reading = ['read', 'readv', 'pread64', 'getdents64', 'statx', 'newfstatat', 'fstat', 'stat'];
const opening = ['open', 'openat', 'openat2'];

/** The names of every call that is looked at. */
export const watched: readonly string[] = [...changing, ...reading, ...opening];

/** The effects among the calls of a command on the node of this folder. */
export function effectsOf(calls: readonly SystemCall[], folder: string): Effect[] {
  const count = counter();
  const turns = counter();
  return calls.flatMap((call) => {
    const nth = count(call.name);
    const kind = kindOf(call, folder);
    if (kind === undefined) return [];
    const what = nameOf(call, folder, kind);
    const missing = /^-1 ENOENT/.test(call.result);
    return [{ call: call.name, nth, what, turn: turns(what), kind, missing }];
  });
}

/** What a call of the folder is about, without what differs from run to run. */
export function describeCall(call: SystemCall, folder: string): string | undefined {
  const kind = kindOf(call, folder);
  return kind && nameOf(call, folder, kind);
}

function kindOf({ args, name }: SystemCall, folder: string): Effect['kind'] | undefined {
  if (name.startsWith('write') && args.startsWith('1<')) return 'answer';
  if (pathsIn(args, folder).length === 0) return undefined;
  if (changing.includes(name)) return 'change';
  if (reading.includes(name)) return 'read';
  return /O_WRONLY|O_RDWR|O_CREAT|O_TRUNC/.test(args) ? 'change' : 'read';
}

function nameOf({ args, name }: SystemCall, folder: string, kind: Effect['kind']): string {
  if (kind === 'answer') return 'write the answer';
  const verb = opening.includes(name) ? (kind === 'change' ? 'create' : 'open') : name;
  return `${verb} ${pathsIn(args, folder).join(' -> ')}`;
}

/** The paths of the folder in a call's arguments, process ids and chance taken out of them. */
function pathsIn(args: string, folder: string): string[] {
  const found = args.matchAll(/"((?:[^"\\]|\\.)*)"|\d<([^>]*)>/g);
  return [...found].flatMap(([, quoted, opened]) => {
    const path = quoted ?? opened ?? '';
    if (path !== folder && !path.startsWith(`${folder}/`)) return [];
    const inside = path.slice(folder.length + 1) || '.';
    return [
      inside
        .replace(/\.wincni-\d+-[a-z0-9]*/, '.wincni-*')
        .replace(/ticket\.[\w.-]+/, 'ticket.*')
        .replace(/lock\.after-[\w.-]+/, 'lock.after-*'),
    ];
  });
}

/** Counts what it is given, each by itself. */
export function counter(): (of: string) => number {
  const seen = new Map<string, number>();
  return (of) => {
    const count = (seen.get(of) ?? 0) + 1;
    seen.set(of, count);
    return count;
  };
}

/** The errors that an effect is made to fail with, in turn. */
export function errorsFor(effect: Effect): readonly string[] {
  if (effect.kind === 'answer') return [];
  if (effect.kind === 'change') {
    // A sharing violation of Windows shows as EPERM in these.
    const shared = /^(?:link|rename|unlink)/.test(effect.call) ? ['EPERM'] : [];
    return ['EACCES', 'ENOSPC', 'EIO', 'EBUSY', 'ENOENT', ...shared];
  }
  if (isApparatus(effect.what)) return [];
  if (!effect.call.startsWith('open')) return ['EIO'];
  const errors = ['EACCES', 'EIO', 'EBUSY'];
  // A simulated HNS without its state would be another HNS: no node has a file like it.
  return effect.missing || effect.what.endsWith('hns.json') ? errors : [...errors, 'ENOENT'];
}

/** The simulator's own affairs: its lock is not read in a real HNS, nor are orders for faults. */
function isApparatus(what: string): boolean {
  return /^\w+ hns\/(?:lock|faults)/.test(what);
}
