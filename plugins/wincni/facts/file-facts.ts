import { isSystemError } from '../../../system/errors.ts';
import type { Files } from '../../../system/host.ts';
import type { FileFact } from './facts.ts';
import { inWords } from './probe.ts';

/** As long as a text may be that is put into the facts, in characters. */
const longest = 1024 * 1024;

/** A file as it is; why it has no text, where it has none. Never throws. */
export function fileFact(files: Files, path: string): FileFact {
  try {
    const text = files.read(path);
    if (text.length > longest) return { path, error: `EFBIG: more than ${longest} characters` };
    return { path, text };
  } catch (error) {
    return { path, error: isSystemError(error) ? error.code : inWords(error) };
  }
}

/** So much of a log's end tells what is wrong now, in characters. */
const logEndLength = 65_536;

/** The end of a log, from a line's beginning. Never throws. */
export function logEnd(files: Files, path: string): FileFact {
  try {
    const text = files.read(path);
    const from = text.length - logEndLength;
    return { path, text: from <= 0 ? text : text.slice(text.indexOf('\n', from) + 1) };
  } catch (error) {
    return { path, error: isSystemError(error) ? error.code : inWords(error) };
  }
}

/** The files of these paths that are there, readable or not. */
export function filesThere(files: Files, paths: readonly string[]): FileFact[] {
  return paths.map((path) => fileFact(files, path)).filter(isThere);
}

/** Whether a file is there at all. */
export function isThere({ error }: FileFact): boolean {
  return error !== 'ENOENT' && error !== 'ENOTDIR';
}

/**
 * The text of what Windows PowerShell's Out-File wrote, which is UTF-16 unless it is told otherwise, and was
 * read as UTF-8: its ASCII characters are all there, each with a zero.
 */
export function fromUtf16(fact: FileFact): FileFact {
  const { text } = fact;
  if (!text?.startsWith('\uFFFD\uFFFD') || text[3] !== '\0') return fact;
  return { ...fact, text: text.slice(2).replaceAll('\0', '') };
}

/** Whether a folder is there and can be listed. */
export function isFolder(files: Files, path: string): boolean {
  try {
    files.list(path, 1);
    return true;
  } catch {
    return false;
  }
}
