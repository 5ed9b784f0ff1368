import type { Outcome } from '../checks/check.ts';
import { outcomesText } from '../doctor/text.ts';
import { exit } from '../exit.ts';
import type { Report } from '../report.ts';
import type { Act } from './act.ts';
import { megabytes } from './bytes.ts';
import type { Manifest } from './manifest.ts';
import type { Wanted } from './plan-install.ts';
import { actsText, leftText } from './text.ts';

/** What was done, or would be. */
export interface Installed {
  readonly acts: readonly Act[];
  readonly done: boolean;
  /** What stood in the way, and where it is now. */
  readonly kept: Manifest['orphans'];
  /** What still runs. */
  readonly left: readonly string[];
  readonly notes: readonly string[];
  /** Doctor's, of the executables and the configurations, afterwards. */
  readonly checks: readonly Outcome[];
}

/** What an install says of itself. */
export function report(
  wanted: Omit<Wanted, 'sha256' | 'size'>,
  { acts, checks, done, kept, left, notes }: Installed,
): Report {
  const { bin, names, version } = wanted;
  return {
    exitCode: exit.fine,
    document: { version, binDir: bin, names, done, acts, kept, left, notes, checks },
    text: (terminal) => {
      const lines = notes.map(ended).join('');
      if (!done) {
        return acts.length === 0
          ? `${headOf(wanted)}Nothing to do: it is there.\n`
          : `${headOf(wanted)}${actsText(terminal, acts)}${lines}`;
      }
      return `${headOf(wanted)}Installed.\n${keptText(kept)}${lines}${leftText(terminal, left)}\n${outcomesText(terminal, checks)}`;
    },
  };
}

/** What goes where. */
export function headOf({ bin, names, version }: Pick<Wanted, 'bin' | 'names' | 'version'>): string {
  return `wincni ${version} in ${bin}\n  ${names.join(', ')}\n`;
}

function keptText(kept: Manifest['orphans']): string {
  if (kept.length === 0) return '';
  const lines = kept.map(({ file, of }) => `  ${of} (${megabytes(file.size)})\n`);
  return `What stood there before is kept; wincni rollback puts it back:\n${lines.join('')}`;
}

/** A line, ended. */
export const ended = (line: string) => `${line}\n`;
