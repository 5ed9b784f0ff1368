import { exit, OperatorError } from './exit.ts';
import type { Operator } from './operator.ts';

/**
 * Asks whether to go on, behind a text that says with what. Throws OperatorError for any answer but yes,
 * and where nobody can be asked.
 * @param command the whole command line, which a person would repeat with --yes
 */
export function confirm(
  { interactive, readLine, writeStderr }: Operator,
  { command, text, yes = false }: { command: string; text: string; yes?: boolean | undefined },
): void {
  if (yes) return;
  if (!interactive) {
    throw new OperatorError(
      exit.unconfirmed,
      'nothing was changed: without a terminal nobody can be asked',
      [`${command} --dry-run`, `${command} --yes`],
    );
  }
  writeStderr(`${text}\nGo on? [y/N] `);
  if (/^\s*y(?:es)?\s*$/i.test(readLine() ?? '')) return;
  throw new OperatorError(exit.unconfirmed, 'nothing was changed: it was not confirmed');
}
