import type { JsonObject } from '../../cni/json-object.ts';
import { type Surroundings, serve } from '../serve.ts';
import type { Operator } from './operator.ts';

/** A plugin's answer to a command of the operator's. */
export interface PluginAnswer {
  readonly exitCode: 0 | 1;
  /** What it would have written to stdout, read; undefined when that is nothing. */
  readonly document: JsonObject | undefined;
  readonly stderr: string;
}

/** Runs a plugin as a runtime would, in this process: the command is in the environment, as CNI has it. */
export async function runPlugin(
  operator: Operator,
  name: string,
  request: { readonly env: Readonly<Record<string, string>>; readonly config: JsonObject },
  more: Pick<Surroundings, 'others' | 'watch'> = {},
): Promise<PluginAnswer> {
  let stdout = '';
  let stderr = '';
  const { hns, machine, version } = operator;
  const env = { ...machine.env, ...request.env };
  const io = {
    env,
    pathDelimiter: machine.platform === 'win32' ? ';' : ':',
    readStdin: () => Buffer.from(JSON.stringify(request.config)),
    writeStdout(text: string) {
      stdout += text;
    },
    writeStderr(text: string) {
      stderr += text;
    },
  };
  const exitCode = await serve(name, io, { ...machine, ...hns, ...more, env, version });
  return { exitCode, stderr, document: stdout === '' ? undefined : JSON.parse(stdout) };
}
