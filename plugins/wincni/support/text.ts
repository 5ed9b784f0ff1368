import { coloured, type Terminal, table, wrapped } from '../terminal.ts';
import type { Manifest } from './zip.ts';

/** What is in the bundle, and what is not, in lines. */
export function contentsText(terminal: Terminal, { failed, items }: Manifest): string {
  const rows = items.map(({ name, redacted, size }) => [
    inBytes(size).padStart(8),
    redacted === 0 ? '' : String(redacted),
    name,
  ]);
  const list = table(terminal, ['    size', 'redacted', 'file'], rows);
  if (failed.length === 0) return list;
  const lines = failed.map(
    ({ name, why }) =>
      `${coloured(terminal, 'warn', 'not there')}  ${wrapped(terminal, `${name}: ${why}`, '           ')}\n`,
  );
  return `${list}\n${lines.join('')}`;
}

/** Where it is, and what to do with it. */
export function writtenText(
  terminal: Terminal,
  { path, size, written }: { path: string; size: number; written: boolean },
): string {
  if (!written) return `\nnothing was written: ${path} would have ${inBytes(size)}\n`;
  const how = `It holds names of nodes and pods, addresses and paths. Secrets were taken out by rule: look before you send it.`;
  return `\n${path}  ${inBytes(size)}\n${wrapped(terminal, how)}\n`;
}

function inBytes(size: number): string {
  if (size < 1024) return `${size} B`;
  const kilobytes = size / 1024;
  return kilobytes < 1024 ? `${kilobytes.toFixed(1)} KB` : `${(kilobytes / 1024).toFixed(1)} MB`;
}
