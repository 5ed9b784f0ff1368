import type { Files } from './host.ts';

/** Whether a file or a folder is there; what cannot be looked at is not. */
export function isThere(files: Files, path: string): boolean {
  try {
    files.modified(path);
    return true;
  } catch {
    return false;
  }
}
