import { hasCode } from '../../system/errors.ts';
import type { Argument, Library } from '../../system/ffi.ts';
import type { Files } from '../../system/host.ts';
import { windowsBy } from '../../system/windows.ts';
import { badLibrary, missingFunction, missingLibrary, missingPart } from '../library-failures.ts';
import { addressOf, copyOf, loadLibrary } from './ffi.ts';
import type { Watchdog } from './watchdog.ts';

/** Where the libraries are, each by its absolute path. */
export interface LibraryPaths {
  /** V2: the functions `Hcn…`. */
  readonly computenetwork: string;
  /** V1's HNSCall, and HCS's functions. */
  readonly vmcompute: string;
  /** CoTaskMemFree: what frees the texts that the two give out. */
  readonly ole32: string;
  /** lstrlenW: how long such a text is. */
  readonly kernel32: string;
}

/** Windows' own, in the system's folder. */
export function systemLibraries(folder: string): LibraryPaths {
  const at = (name: string) => `${folder}\\${name}.dll`;
  return {
    computenetwork: at('computenetwork'),
    vmcompute: at('vmcompute'),
    ole32: at('ole32'),
    kernel32: at('kernel32'),
  };
}

/** The system's folder, as Windows itself says it: no variable can name another. Throws HnsError if it does not. */
export function systemFolder(): string {
  const folder = windowsBy({ addressOf, copyOf, loadLibrary }).systemFolder();
  // Without one, the libraries would be looked for at the root of the current drive.
  if (folder !== undefined) return folder;
  throw missingPart('Windows does not say which its system folder is', 'sfc /scannow');
}

/**
 * HNS's libraries, loaded when a function of theirs is first called, and never let go: they may have
 * threads, and the process ends soon.
 */
export interface Libraries {
  /** Calls a function: its HRESULT, unsigned. Throws HnsError for a library or a function that is missing. */
  call(name: string, ...args: readonly Argument[]): number;
  /** The text at an address that a function gave out, whose memory is freed; undefined: over the limit. */
  take(address: bigint, limit: number): string | undefined;
}

/** Opens the libraries at these paths. Each call is watched. */
export function openLibraries(paths: LibraryPaths, files: Files, watchdog: Watchdog): Libraries {
  const loaded = new Map<string, Library>();
  const library = (path: string): Library => {
    const known = loaded.get(path) ?? load(path, files);
    loaded.set(path, known);
    return known;
  };
  return {
    call(name, ...args) {
      const path = name.startsWith('Hcn') ? paths.computenetwork : paths.vmcompute;
      const { call, find } = library(path);
      try {
        find(name);
      } catch {
        throw missingFunction(`${name} of ${path}`);
      }
      return watchdog.during(name, () => call(name, ...args)) >>> 0;
    },
    take(address, limit) {
      if (address === 0n) return '';
      try {
        const bytes = library(paths.kernel32).call('lstrlenW', address) * 2;
        return bytes > limit ? undefined : copyOf(address, bytes).toString('utf16le');
      } finally {
        library(paths.ole32).call('CoTaskMemFree', address);
      }
    },
  };
}

function load(path: string, files: Files): Library {
  try {
    files.modified(path);
  } catch (error) {
    // Looked for first: what the loader says of a missing library, it says of one it needs, too.
    if (hasCode(error, 'ENOENT')) throw missingLibrary(`not found: ${path}`);
  }
  try {
    return loadLibrary(path);
  } catch (error) {
    throw badLibrary(error instanceof Error ? error.message : path);
  }
}
