import { isSystemError } from '../../../system/errors.ts';
import type { Files } from '../../../system/host.ts';
import { rootedFiles } from '../../../system/rooted-files.ts';
import type { Facts, FileFact } from '../facts/facts.ts';
import type { Operator } from '../operator.ts';
import { redactLines } from './redact-file.ts';
import { linesSince } from './since.ts';

/** Which part of the log: of the node below a root; since a time, in milliseconds since 1970, or all of it. */
export interface LogPart {
  readonly root?: string | undefined;
  readonly since?: number | undefined;
}

/** Our log, where there is one, and the one before it (system/log-file.ts), without their secrets. */
export function logsOf(
  { machine }: Operator,
  facts: Facts,
  { root, since }: LogPart,
): readonly FileFact[] {
  const path = facts.log?.path ?? machine.env['WINCNI_LOG_FILE'];
  if (path === undefined || path === '') return [];
  const files = root === undefined ? machine.files : rootedFiles(machine.files, root);
  const before = readLog(files, `${path}.1`, since);
  const log = readLog(files, path, since);
  // That there is none before it is as it should be.
  return before.error === 'ENOENT' ? [log] : [before, log];
}

function readLog(files: Files, path: string, since: number | undefined): FileFact {
  try {
    const text = files.read(path);
    return { path, text: redactLines(since === undefined ? text : linesSince(text, since)) };
  } catch (error) {
    if (!isSystemError(error)) throw error;
    return { path, error: error.code };
  }
}
