import type { SystemCall } from './strace.ts';

/** What a command does to its node's folder, one system call after the other. */

/** A system call that touches the node's folder, or tells the runtime the answer. */
export interface Effect {
  readonly call: string;
  /** Which call of that name it is, as strace counts: from 1. */
  readonly nth: number;
  /** Which of those that touch the node. */
  readonly nthOfNode: number;
  /** What it is about, alike in every run: `unlink hns/lock`. */
  readonly what: string;
  /** Which of the effects that are named alike: from 1. */
  readonly turn: number;
  readonly kind: 'change' | 'read' | 'answer' | 'hns';
  /** What is read is not there. */
  readonly missing: boolean;
  /** The HNS call that the simulator writes into its journal here. */
  readonly journaled?: string;
  /** The HNS call it stands for, when its kind is `hns`. */
  readonly hns?: HnsCall;
}

export interface HnsCall {
  /** As faults are ordered by: `CreateEndpoint`, `ModifyComputeSystem`. */
  readonly operation: string;
  /** Which of the calls that are named alike: from 1. */
  readonly turn: number;
  readonly when: 'before' | 'after';
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

/** Everything among the calls of a command that touches the node of this folder. */
export function operationsOf(calls: readonly SystemCall[], folder: string): Effect[] {
  const count = counter();
  const countOfNode = counter();
  const turns = counter();
  return calls.flatMap((call) => {
    const nth = count(call.name);
    const kind = kindOf(call, folder);
    if (kind === undefined) return [];
    const what = nameOf(call, folder, kind);
    const missing = /^-1 ENOENT/.test(call.result);
    const journaled = /"operation\\":\\"([^"\\]+)/
      .exec(call.args)?.[1]
      ?.replace(/[\da-f]{8}-[-\da-f]+/i, '<id>');
    const nthOfNode = countOfNode(call.name);
    const effect = { call: call.name, nth, nthOfNode, what, turn: turns(what), kind, missing };
    return [journaled === undefined ? effect : { ...effect, journaled }];
  });
}

/**
 * What a command does on a node. A call of HNS counts as two effects, however many operations the
 * simulator needs for it: at its first operation, when nothing is done, and at its last, when all
 * is done and nothing answered. No node has the simulator's lock, journal and state file: what
 * happens between is its own affair, and has tests of its own.
 */
export function effectsOf(operations: readonly Effect[]): Effect[] {
  const turns = counter();
  /** The first operation of the HNS call that is being made, and what is called. */
  let first: Effect | undefined;
  let called = '';
  return operations.flatMap((operation): readonly Effect[] => {
    if (!isSimulators(operation.what)) return [operation];
    if (operation.what === 'create hns/ticket.*') first = operation;
    called = operation.journaled ?? called;
    if (operation.what !== 'unlink hns/lock' || !first) return [];
    const call = { operation: called, turn: turns(called) };
    const before: Effect = { ...first, kind: 'hns', hns: { ...call, when: 'before' } };
    const after: Effect = { ...operation, kind: 'hns', hns: { ...call, when: 'after' } };
    first = undefined;
    return [before, after];
  });
}

/** What a person calls an effect: `after HNS CreateEndpoint (1)`, `unlink flannel/pod1 (1)`. */
export function titleOf({ hns, turn, what }: Effect): string {
  return hns ? `${hns.when} HNS ${hns.operation} (${hns.turn})` : `${what} (${turn})`;
}

function isSimulators(what: string): boolean {
  return / hns(?:\/|$)/.test(what);
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
  switch (effect.kind) {
    case 'answer':
      return [];
    case 'hns':
      // The way to HNS is broken: whatever the simulator throws comes to the same.
      return ['EIO'];
    case 'change':
      // A sharing violation of Windows shows as EPERM in these.
      return /^(?:link|rename|unlink)/.test(effect.call)
        ? ['EACCES', 'ENOSPC', 'EIO', 'EBUSY', 'ENOENT', 'EPERM']
        : ['EACCES', 'ENOSPC', 'EIO', 'EBUSY', 'ENOENT'];
    case 'read':
      if (!effect.call.startsWith('open')) return ['EIO'];
      return effect.missing ? ['EACCES', 'EIO', 'EBUSY'] : ['EACCES', 'EIO', 'EBUSY', 'ENOENT'];
  }
}
