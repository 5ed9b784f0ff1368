import { join } from 'node:path';
import { isJsonObject, type JsonObject } from '../../../cni/json-object.ts';
import { isThere } from '../../../system/is-there.ts';
import { runChild } from '../../../system/processes.ts';
import { attemptUntil } from '../../../system/wait.ts';
import type { Operator } from '../operator.ts';
import type { PluginAnswer } from '../plugin-run.ts';
import { parsed } from './hns-call.ts';
import type { Service, Trial } from './step.ts';

/** How long a plugin may take, in milliseconds: runtimes wait two minutes. */
const pluginTime = 120_000;

/** How long Windows may take to stop or start a service. */
const serviceTime = 90_000;

/** What a plugin is called with. */
export interface PluginRequest {
  readonly env: Readonly<Record<string, string>>;
  readonly config: JsonObject;
}

/**
 * A plugin's executable: beside this one, else a second name of it in a folder. Undefined where the
 * sources run, or no second name can be had.
 */
export function pluginFile(
  { machine, program }: Pick<Operator, 'machine' | 'program'>,
  plugin: string,
  folder: string,
): string | undefined {
  const { files } = machine;
  if (program.caches() === undefined) return undefined;
  const name = program.platform === 'win32' ? `${plugin}.exe` : plugin;
  const beside = join(program.file, '..', name);
  if (isThere(files, beside)) return beside;
  const own = join(folder, name);
  if (isThere(files, own)) files.remove(own);
  try {
    files.link(program.file, own);
    return own;
  } catch {
    // Another volume: then no process of its own can be had.
    return undefined;
  }
}

/** Runs a plugin in a process of its own, and kills it after so many milliseconds, if that is said. */
export async function runPluginFile(
  { machine }: Pick<Operator, 'machine'>,
  file: string,
  request: PluginRequest,
  killAfter?: number,
): Promise<PluginAnswer | 'killed'> {
  const { clock, env, kill } = machine;
  const run = await runChild({
    file,
    input: JSON.stringify(request.config),
    env: { ...env, ...request.env },
    timeout: killAfter ?? pluginTime,
    clock,
    kill,
  });
  if (run.failure !== undefined && killAfter !== undefined) return 'killed';
  const document = parsed(run.stdout);
  return {
    exitCode: run.exitCode === 0 ? 0 : 1,
    stderr: run.failure ?? run.stderr,
    document: isJsonObject(document) ? document : undefined,
  };
}

/** Windows' own program of a name; undefined elsewhere. */
function windowsProgram({ machine }: Pick<Operator, 'machine'>, ...name: readonly string[]) {
  const folder = machine.platform === 'win32' ? machine.systemFolder?.() : undefined;
  return folder === undefined ? undefined : [folder, ...name].join('\\');
}

/** The service hns, stopped and started as an operator would, each waited for. */
export function hnsService(operator: Pick<Operator, 'machine'>): Service | undefined {
  const file = windowsProgram(operator, 'net.exe');
  if (file === undefined) return undefined;
  const { clock, env, kill } = operator.machine;
  const net = async (verb: 'stop' | 'start') => {
    // kube-proxy and the runtime may depend on it: /y stops those with it.
    const args = verb === 'stop' ? [verb, 'hns', '/y'] : [verb, 'hns'];
    const run = await runChild({ file, args, input: '', env, timeout: serviceTime, clock, kill });
    if (run.exitCode === 0) return;
    const said = run.failure ?? (run.stderr.trim() || run.stdout.trim());
    throw new Error(`net ${verb} hns: ${said || `exit code ${run.exitCode}`}`);
  };
  return { stop: () => net('stop'), start: () => net('start') };
}

/** How long a file is held open, in milliseconds, and how long it may take until it is. */
const held = { seconds: 30, until: { pauses: 200, timeout: 20_000 } };

/**
 * Holds a file open so that no other program may use it: PowerShell does it, for Node shares what it opens.
 * Throws where that does not come about.
 */
export function holderOfFiles(operator: Operator): Trial['holdOpen'] {
  const file = windowsProgram(operator, 'WindowsPowerShell', 'v1.0', 'powershell.exe');
  if (file === undefined) return undefined;
  const { clock, env, files, kill } = operator.machine;
  const script = `$f = [IO.File]::Open($env:WINCNI_HELD, 'Open', 'Read', 'None'); Start-Sleep ${held.seconds}`;
  return async (path, work) => {
    const holding = runChild({
      file,
      args: ['-NoLogo', '-NoProfile', '-NonInteractive', '-Command', script],
      input: '',
      env: { ...env, WINCNI_HELD: path },
      timeout: held.seconds * 1000 + pluginTime,
      clock,
      kill,
    });
    let ended = false;
    const end = holding.then(() => {
      ended = true;
    });
    const isHeld = await attemptUntil(clock, held.until, () => {
      if (ended) return false;
      return canRead(files, path) ? undefined : true;
    });
    if (isHeld !== true) throw new Error('PowerShell did not hold the file open');
    const done = await work();
    await end;
    return done;
  };
}

function canRead(files: Operator['machine']['files'], path: string): boolean {
  try {
    files.read(path);
    return true;
  } catch {
    return false;
  }
}
