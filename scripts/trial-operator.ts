import { createHash } from 'node:crypto';
import { commandLine } from '../plugins/wincni/command-line.ts';
import type { Operator } from '../plugins/wincni/operator.ts';
import { nodeByteFiles } from '../system/byte-files.ts';
import { nodeExecutableFiles } from '../system/executable-files.ts';
import { nodeHost } from '../system/node-host.ts';

/** What a command of the operator's came to. */
export interface OperatorAnswer {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** An operator in this very process. What is not said is as on this machine, without a terminal. */
export function trialOperator(changes: Partial<Operator> = {}) {
  const machine = nodeHost(process);
  const said = { stdout: '', stderr: '' };
  const operator: Operator = {
    version: '1.2.3',
    machine,
    bytes: nodeByteFiles(),
    executables: nodeExecutableFiles(),
    program: {
      file: process.execPath,
      node: process.versions.node,
      platform: 'linux',
      arch: 'x64',
      hostname: 'win-7',
      caches: () => undefined,
    },
    terminal: { columns: 80, colour: false },
    interactive: false,
    readStdin: () => Buffer.from(''),
    readLine: () => undefined,
    sha256: (bytes) => createHash('sha256').update(bytes).digest('hex'),
    writeStdout(text) {
      said.stdout += text;
    },
    writeStderr(text) {
      said.stderr += text;
    },
    ...changes,
  };
  return {
    operator,
    /** Runs `wincni <words>`. */
    async run(...words: readonly string[]): Promise<OperatorAnswer> {
      said.stdout = '';
      said.stderr = '';
      const exitCode = await commandLine(operator, words);
      return { exitCode, ...said };
    },
  };
}
