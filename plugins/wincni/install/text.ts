import { basename } from 'node:path';
import { coloured, type Terminal, wrapped } from '../terminal.ts';
import type { Act } from './act.ts';
import { megabytes } from './bytes.ts';

/** A plan, a thing to do after the other. Paths are not broken: they are copied. */
export function actsText(terminal: Terminal, acts: readonly Act[]): string {
  return acts
    .map((act, index) => {
      const [verb, path, ...more] = wordsOf(act);
      const head = `${String(index + 1).padStart(3)}  ${coloured(terminal, 'strong', verb.padEnd(7))}`;
      return [`${head}  ${path}\n`, ...more.map((line) => `              ${line}\n`)].join('');
    })
    .join('');
}

function wordsOf(act: Act): readonly [verb: string, path: string, ...more: readonly string[]] {
  switch (act.act) {
    case 'copy':
      return ['copy', `${act.from} (${megabytes(act.bytes)})`, `to ${act.to}`];
    case 'link':
      return ['link', act.from, `as ${act.to}`];
    case 'place':
      return [
        'place',
        act.to,
        ...(act.keep === undefined ? [] : [`what stands there is kept: ${act.keep}`]),
      ];
    case 'restore':
      return ['restore', act.to, `from ${act.from}`];
    case 'remove':
      return ['remove', act.path];
  }
}

/** What is done at the moment, on one line. */
export function progressText(act: Act, copied?: number): string {
  const path = act.act === 'remove' ? act.path : act.to;
  const name = basename(path).replace(/^\.wincni-new-/, '');
  if (act.act !== 'copy' || copied === undefined) return `${act.act} ${name}`;
  return `copy ${name}: ${Math.floor(copied / 1_000_000)} of ${megabytes(act.bytes)}`;
}

/** What still runs and is removed later. */
export function leftText(terminal: Terminal, left: readonly string[]): string {
  if (left.length === 0) return '';
  const words =
    'Still in use, and removed by the next install, rollback or uninstall when it no longer is:';
  return `${wrapped(terminal, words)}\n${left.map((path) => `  ${path}\n`).join('')}`;
}

/** What was kept and is not put back, for another file stands there. */
export function orphansText(
  terminal: Terminal,
  orphans: readonly { readonly of: string; readonly file: { readonly path: string } }[],
): string {
  if (orphans.length === 0) return '';
  const words = 'Kept, and not put back, for another file has taken the name since:';
  const lines = orphans.map(({ file, of }) => `  ${file.path}\n    of ${of}\n`);
  return `${wrapped(terminal, words)}\n${lines.join('')}`;
}

/** What another file has taken since: it is not ours to remove. */
export function foreignText(terminal: Terminal, foreign: readonly string[]): string {
  if (foreign.length === 0) return '';
  const words = 'Not touched, for it is not what was installed:';
  return `${wrapped(terminal, words)}\n${foreign.map((path) => `  ${path}\n`).join('')}`;
}
