import type { Deadline } from './deadline.ts';

/**
 * What a plugin may use of the machine it runs on. Everything with a side effect comes through
 * here, as an argument, so that a test can hand over its own and a harness can fail or stop a
 * command at each effect in turn.
 */
export interface Host {
  readonly platform: NodeJS.Platform;
  /** This process's id. */
  readonly pid: number;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly files: Files;
  readonly clock: Clock;
  /** Of the command that is served. */
  readonly deadline: Deadline;
  readonly log: Log;
  /**
   * Sends a signal to a process, or to a process group by its negative number; 0 only asks whether it
   * is there. Throws the operating system's error.
   */
  readonly kill: (pid: number, signal: 'SIGKILL' | 0) => void;
  /**
   * The folder of Windows' own programs, as Windows itself says it, and SystemRoot and windir in the
   * environment agree from then on. Undefined elsewhere, and where Windows cannot be asked.
   */
  readonly systemFolder?: () => string | undefined;
}

/**
 * The file-system calls in use, one system call each: errors are Node's, with their `code`.
 * Files that must appear whole are written through `whole-files.ts`, which is built on these.
 */
export interface Files {
  /** The text of a file, as UTF-8; a byte-order mark stays. EFBIG when it is over 64 MiB long. */
  read(path: string): string;
  /** The names in a folder; the first so many of them, when there is a limit. */
  list(folder: string, limit?: number): string[];
  /**
   * Makes a folder and those above it, for its owner alone: 0700; on Windows, for SYSTEM, administrators
   * and its owner, and users read what is above it.
   */
  makeFolder(path: string): void;
  /** Writes a file that must not exist (EEXIST), flushed to the disk, for its owner alone (0600). */
  writeNew(path: string, text: string): void;
  /** Writes a file that may be there, as it comes: for hints that may be lost or garbled. */
  overwrite(path: string, text: string): void;
  /** A second name for a file; EEXIST when the name is taken. */
  link(from: string, to: string): void;
  /** Renames over whatever is there. */
  rename(from: string, to: string): void;
  remove(path: string): void;
  /** Removes a folder that is empty; ENOTEMPTY, or EEXIST, when it is not. */
  removeFolder(path: string): void;
  /** When the file was last written, in milliseconds since 1970. */
  modified(path: string): number;
}

export interface Clock {
  /** Milliseconds since 1970, for what is written down: it may be set, forward or back. */
  now(): number;
  /** Milliseconds since the process started, for waiting: it is never set. */
  elapsed(): number;
  /** Milliseconds since the machine started. */
  uptime(): number;
  /** Waits that many milliseconds. */
  sleep(ms: number): Promise<void>;
  /** Stops the whole process for that many milliseconds: for few, between two system calls. */
  pause(ms: number): void;
  /**
   * Calls `act` after that many milliseconds, for deadlines; gives what calls it off. It does not keep
   * the process from ending.
   */
  after(ms: number, act: () => void): () => void;
}

/**
 * Writes one step to the log, if there is one; never fails and never holds secrets.
 * @param whole what is too long for a line: the log leaves it out, whoever watches the steps gets it
 */
export type Log = (
  step: string,
  facts?: Readonly<Record<string, unknown>>,
  whole?: Readonly<Record<string, unknown>>,
) => void;
