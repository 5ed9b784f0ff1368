import { dirname } from 'node:path';
import { hasCode } from '../../../system/errors.ts';
import { readIfThere, removeIfThere } from '../../../system/whole-files.ts';
import { bare } from '../checks/commands.ts';
import { exit, OperatorError } from '../exit.ts';
import type { Installer } from './installer.ts';

/** Does something that one process does at a time. Throws OperatorError while another is at it. */
export function locked<Done>(installer: Installer, act: () => Done): Done {
  const { host, layout } = installer;
  const { files, pid } = host;
  files.makeFolder(dirname(layout.lock));
  if (isLeftBehind(installer)) removeIfThere(files, layout.lock);
  try {
    files.writeNew(layout.lock, String(pid));
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error;
    throw new OperatorError(
      exit.failed,
      `another install, rollback or uninstall is at work, process ${readIfThere(files, layout.lock)}`,
      ['try again when it has ended; if there is none:', `Remove-Item ${bare(layout.lock)}`],
    );
  }
  try {
    return act();
  } finally {
    removeIfThere(files, layout.lock);
  }
}

/** How old a lock of a process that lives may be, in milliseconds: on a slow disk a dozen copies take long. */
const longest = 7_200_000;

/** Whether the process that made it has ended, or has had its number from one that ended. */
function isLeftBehind({ host, layout }: Installer): boolean {
  const { clock, files, kill } = host;
  const text = readIfThere(files, layout.lock);
  if (text === undefined) return false;
  if (clock.now() - files.modified(layout.lock) > longest) return true;
  const pid = Number(text);
  if (!Number.isInteger(pid) || pid <= 0) return true;
  try {
    kill(pid, 0);
    return false;
  } catch (error) {
    return hasCode(error, 'ESRCH');
  }
}
