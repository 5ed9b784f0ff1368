import type { HnsOptions } from '../../hns-bridge/open.ts';
import type { ByteFiles } from '../../system/byte-files.ts';
import type { ExecutableFiles } from '../../system/executable-files.ts';
import type { Machine } from '../../system/node-host.ts';
import type { CacheState } from '../../system/parts.ts';
import type { Terminal } from './terminal.ts';

/** What the operator's commands may use: the machine, the terminal, HNS, the plugins. Each an argument, for tests. */
export interface Operator {
  /** Of the suite. */
  readonly version: string;
  readonly machine: Machine;
  /** Files that are no texts. */
  readonly bytes: ByteFiles;
  /** Files that are too long to be texts. */
  readonly executables: ExecutableFiles;
  /** This program. */
  readonly program: ProgramFacts;
  /** Where stdout goes. */
  readonly terminal: Terminal;
  /** Whether a person sits there: stdin and stderr are a terminal. */
  readonly interactive: boolean;
  readonly readStdin: () => Uint8Array;
  readonly writeStdout: (text: string) => void;
  readonly writeStderr: (text: string) => void;
  /** A line that a person types; undefined when stdin ends. Asked only where `interactive`. */
  readonly readLine: () => string | undefined;
  /** Of the bytes of a file or a text, in hex. */
  readonly sha256: (bytes: Uint8Array) => string;
  /** Other ways to HNS, for tests. */
  readonly hns?: Pick<HnsOptions, 'libraries' | 'transport'>;
}

/** What is known of the program that runs. */
export interface ProgramFacts {
  /** Its file: the executable's, or node's where the sources run. */
  readonly file: string;
  /** Of Node. */
  readonly node: string;
  readonly platform: string;
  readonly arch: string;
  /** The name of the machine. */
  readonly hostname: string;
  /** Whether each part's compiled code is taken by this Node on this machine; undefined where the sources run. */
  readonly caches: () => ReadonlyMap<string, CacheState> | undefined;
}
