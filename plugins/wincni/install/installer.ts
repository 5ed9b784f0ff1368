import { isAbsolute, resolve } from 'node:path';
import type { ExecutableFiles } from '../../../system/executable-files.ts';
import type { Host } from '../../../system/host.ts';
import { exit, OperatorError } from '../exit.ts';
import { hostOf } from '../hns.ts';
import type { Operator } from '../operator.ts';
import { type Layout, layoutOf } from './layout.ts';

/** What installing takes of the machine. */
export interface Installer {
  readonly host: Host;
  readonly executables: ExecutableFiles;
  readonly layout: Layout;
}

/** How long it may take to copy a file of 100 MB a dozen times, in milliseconds. */
const patience = 900_000;

/** Throws OperatorError for a folder that is not absolute. */
export function installerOf(operator: Operator, programDir: string | undefined): Installer {
  const { machine } = operator;
  return {
    host: hostOf(operator, patience),
    executables: operator.executables,
    layout: layoutOf(machine.platform, machine.env, programDir && asFolder(programDir)),
  };
}

/** A folder that was typed, whole. Throws OperatorError for what is none. */
export function asFolder(path: string): string {
  if (path === '' || path.includes('\0') || !isAbsolute(path)) {
    throw new OperatorError(exit.usage, `not an absolute path: ${JSON.stringify(path)}`);
  }
  return resolve(path);
}
