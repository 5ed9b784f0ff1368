import { nodeByteFiles } from '../../system/byte-files.ts';
import { hasCode, isSystemError } from '../../system/errors.ts';
import { nodeExecutableFiles } from '../../system/executable-files.ts';
import { cacheStates } from '../../system/executable-parts.ts';
import type { Machine } from '../../system/node-host.ts';
import { writeAll, writeIfPossible } from '../../system/streams.ts';
import { commandLine } from './command-line.ts';
import { type ExitCode, exit, OperatorError } from './exit.ts';
import type { Operator } from './operator.ts';

/** Runs the operator's command line in a process. Gives the exit code. */
export function startCommandLine(
  process: NodeJS.Process,
  machine: Machine,
  options: { readonly version: string; readonly words: readonly string[] },
): Promise<ExitCode> {
  return commandLine(operatorOf(process, machine, options.version), options.words);
}

function operatorOf(process: NodeJS.Process, machine: Machine, version: string): Operator {
  const { arch, env, execPath, platform, versions } = process;
  // Node's own streams are not used: streams.ts says why.
  const tty = process.getBuiltinModule('node:tty');
  const isTerminal = tty.isatty(1);
  const columns = isTerminal ? new tty.WriteStream(1).columns : 0;
  return {
    version,
    machine,
    bytes: nodeByteFiles(),
    executables: nodeExecutableFiles(),
    program: {
      file: execPath,
      node: versions.node,
      platform,
      arch,
      hostname: process.getBuiltinModule('node:os').hostname(),
      caches: cacheStates,
    },
    // 80 columns where nobody says: a pipe, a file, a console that does not tell.
    terminal: {
      columns: columns || Number(env['COLUMNS']) || 80,
      colour: hasColour(env, isTerminal),
    },
    interactive: tty.isatty(0) && tty.isatty(2),
    readStdin: () => process.getBuiltinModule('node:fs').readFileSync(0),
    readLine: () => readLine(process),
    writeStdout: writeWhileRead,
    writeStderr: (text) => writeIfPossible(2, text),
    sha256: (bytes) =>
      process.getBuiltinModule('node:crypto').createHash('sha256').update(bytes).digest('hex'),
  };
}

/**
 * Writes to stdout. Whoever closed it has read enough, as `more` and `Select-Object -First` do: what was found
 * counts. Throws OperatorError where it takes nothing, as on a full disk.
 */
function writeWhileRead(text: string): void {
  try {
    writeAll(1, text);
  } catch (error) {
    if (hasCode(error, 'EPIPE', 'EOF')) return;
    if (!isSystemError(error)) throw error;
    throw new OperatorError(exit.failed, `the answer cannot be written: ${error.message}`);
  }
}

/** NO_COLOR forbids, FORCE_COLOR insists, else a terminal decides (no-color.org, force-color.org). */
function hasColour(env: NodeJS.ProcessEnv, isTerminal: boolean): boolean {
  if (env['NO_COLOR']) return false;
  return isTerminal ? env['TERM'] !== 'dumb' : Boolean(env['FORCE_COLOR']);
}

/** One line of stdin, without its end. */
function readLine(process: NodeJS.Process): string | undefined {
  const { readSync } = process.getBuiltinModule('node:fs');
  const byte = Buffer.alloc(1);
  const bytes: number[] = [];
  while (bytes.length < 1000) {
    if (readSync(0, byte) === 0) return bytes.length === 0 ? undefined : asText(bytes);
    if (byte[0] === 0x0a) break;
    bytes.push(byte[0] ?? 0);
  }
  return asText(bytes);
}

const asText = (bytes: readonly number[]) => Buffer.from(bytes).toString().replace(/\r$/, '');
