import { nodeFiles } from '../../../system/files.ts';
import type { Files } from '../../../system/host.ts';

/**
 * The machine's files, for a command that is stopped before one of its effects, counted from 1: then others
 * act. A command that is killed there has no effect from then on: each fails, as none did.
 */
export function stoppedAt(
  at: number,
  act: () => void,
  isKilled = false,
): { readonly files: Files; readonly count: () => number } {
  const files = nodeFiles();
  let effects = 0;
  const stopping =
    <Args extends readonly unknown[], Done>(effect: (...args: Args) => Done) =>
    (...args: Args): Done => {
      effects++;
      if (effects === at) act();
      if (isKilled && effects >= at) throw new Error('killed');
      return effect(...args);
    };
  const stopped: Files = {
    read: stopping(files.read),
    list: stopping(files.list),
    makeFolder: stopping(files.makeFolder),
    writeNew: stopping(files.writeNew),
    overwrite: stopping(files.overwrite),
    link: stopping(files.link),
    rename: stopping(files.rename),
    remove: stopping(files.remove),
    removeFolder: stopping(files.removeFolder),
    modified: stopping(files.modified),
  };
  return { files: stopped, count: () => effects };
}
