import { systemError } from '../helpers/memory-files.ts';
import type { FileOperation, Watch } from '../helpers/memory-node.ts';
import type { Blow, Struck } from './judge.ts';

/** What a file system may refuse with. */
export const fileErrors = [
  'ENOSPC',
  'EACCES',
  'EPERM',
  'EBUSY',
  'EIO',
  'EMFILE',
  'EROFS',
  'ENOENT',
] as const;

type FileError = (typeof fileErrors)[number];

/** What asks for something that is there: ENOENT is a lie then, which has to be believed. */
const asking = new Set(['read', 'list', 'rename', 'link', 'remove', 'modified']);

/** The n-th operation, from 0, fails; or all from there on, as of a disk that is full or read-only. */
export function atOperation(
  nth: number,
  { name, path }: FileOperation,
  error: FileError,
  persists: boolean,
): Blow {
  return {
    title: `${error} at ${name} ${path} (operation ${nth + 1})${persists ? ' and from there on' : ''}`,
    persists,
    hidesLeases: name === 'read',
    isLie: error === 'ENOENT' && (persists || asking.has(name)),
    strike(): Struck {
      let count = 0;
      let met = false;
      const onFile: Watch['onFile'] = (operation) => {
        const at = count++;
        if (at < nth || (at > nth && !persists)) return;
        met = true;
        throw systemError(error, operation.name, operation.path);
      };
      return { watch: { onFile }, wasMet: () => met };
    },
  };
}

/** Every operation of every error, once and from there on. */
export function fileBlows(operations: readonly FileOperation[]): readonly Blow[] {
  return operations.flatMap((operation, nth) =>
    fileErrors.flatMap((error) =>
      [false, true].map((persists) => atOperation(nth, operation, error, persists)),
    ),
  );
}
