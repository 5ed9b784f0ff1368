import * as z from 'zod/mini';
import { isJsonObject, type JsonObject } from '../../../cni/json-object.ts';
import { defined } from '../../../system/defined.ts';
import type { Files } from '../../../system/host.ts';
import { once } from '../../../system/once.ts';
import { runChild } from '../../../system/processes.ts';
import { type Flags, startedAs } from '../checks/reading/started.ts';
import type { Operator } from '../operator.ts';
import { wordsOf } from './command-words.ts';
import type { Facts, Look } from './facts.ts';
import { usual } from './folders.ts';
import { folderOf, isWhole, joined } from './node-paths.ts';
import { NotKnown } from './probe.ts';

/** What the runtime tells by crictl; each throws why it does not. */
export interface Crictl {
  /** The runtime's version, without its `v`. */
  version(): Promise<string>;
  /** What `crictl info` says of CNI. */
  info(): Promise<JsonObject>;
  sandboxes(): Promise<NonNullable<Look['sandboxes']>>;
}

/** How long one question may take, in milliseconds, and how much may be answered, in bytes. */
const timeout = 15_000;
const outputLimit = 32 * 1024 * 1024;

/** Where containerd listens on Windows, if kubelet does not say otherwise. */
const usualEndpoint = 'npipe:////./pipe/containerd-containerd';

type Running = Pick<Facts, 'processes' | 'services'>;

/**
 * Looks for crictl: beside containerd, where scripts put it, in the folders of PATH; by its whole path, for
 * what is started is what was found. Undefined where there is none.
 */
export function findCrictl({ machine }: Operator, running: Running): Crictl | undefined {
  const { env, files, platform } = machine;
  const isWindows = platform === 'win32';
  const folders = [
    ...foldersOf(running, 'containerd'),
    ...(isWindows ? usual.crictl : []),
    ...pathFolders(env, isWindows),
  ];
  const file = folders
    .map((folder) => joined(folder, isWindows ? 'crictl.exe' : 'crictl'))
    .find((path) => isFile(files, path));
  return file === undefined ? undefined : crictlAt(machine, file, endpointOf(running));
}

/** The folders that a program of the node is started from. */
function foldersOf({ processes = [], services = [] }: Running, name: string): readonly string[] {
  const commands = [...processes, ...services].map(({ command = '' }) => wordsOf(command)[0] ?? '');
  const isIt = (path: string) =>
    isWhole(path) && new RegExp(`[\\\\/]${name}(?:\\.exe)?$`, 'i').test(path);
  return commands.filter(isIt).map(folderOf);
}

function pathFolders(env: Operator['machine']['env'], isWindows: boolean): readonly string[] {
  const [, path = ''] = Object.entries(env).find(([name]) => name.toUpperCase() === 'PATH') ?? [];
  return path.split(isWindows ? ';' : ':').filter((folder) => folder !== '' && isWhole(folder));
}

function isFile(files: Files, path: string): boolean {
  try {
    files.modified(path);
    return true;
  } catch {
    return false;
  }
}

function endpointOf(running: Running): string {
  const started = startedAs(running, 'kubelet');
  const flags: Flags = started.kind === 'known' ? started.flags : new Map();
  return flags.get('container-runtime-endpoint') || usualEndpoint;
}

function crictlAt(machine: Operator['machine'], file: string, endpoint: string): Crictl {
  const { clock, env, kill } = machine;
  const run = async (...words: readonly string[]) => {
    const args = ['--runtime-endpoint', endpoint, ...words];
    const options = { file, args, input: '', env, timeout, outputLimit, clock, kill };
    const { exitCode, failure, stderr, stdout } = await runChild(options);
    if (exitCode === 0 && failure === undefined) return stdout;
    const said = stderr.trim().split('\n').at(-1)?.slice(-300) ?? '';
    const isDenied = /access is denied|permission denied/i.test(said);
    const why = failure ?? `exit code ${exitCode}: ${said}`;
    throw new NotKnown(isDenied ? 'administrator' : 'failed', `${file} ${words[0]}: ${why}`);
  };
  const documentOf = async (...words: readonly string[]) => {
    const text = await run(...words);
    try {
      const document: unknown = JSON.parse(text);
      if (isJsonObject(document)) return document;
    } catch {
      // Told below.
    }
    const start = JSON.stringify(text.slice(0, 80));
    throw new NotKnown('failed', `${file} ${words[0]} answered no JSON object: ${start}`);
  };
  return {
    async version() {
      const found = /^RuntimeVersion:\s*v?(\S+)\s*$/m.exec(await run('version'))?.[1];
      if (found !== undefined) return found;
      throw new NotKnown('failed', `${file} version does not tell the runtime's`);
    },
    info: async () => infoOf(await documentOf('info')),
    sandboxes: async () => sandboxesIn(file, await documentOf('pods', '-o', 'json')),
  };
}

/** Of `crictl info` what is about CNI: its whole configuration has registries' passwords in it. */
function infoOf({ cniconfig, config, status, ...rest }: JsonObject): JsonObject {
  const loads = Object.entries(rest).filter(([key]) => key.startsWith('lastCNILoadStatus'));
  const cni = isJsonObject(config) ? config['cni'] : undefined;
  return defined({
    status,
    cniconfig,
    config: cni === undefined ? undefined : { cni },
    ...Object.fromEntries(loads),
  });
}

/** `crictl pods -o json`: the CRI's PodSandbox, as protobuf's JSON has it. */
const pods = once(() =>
  z.object({
    items: z.optional(
      z.nullable(
        z.array(
          z.object({
            id: z.string(),
            state: z.string(),
            metadata: z.object({ name: z.string(), namespace: z.string() }),
          }),
        ),
      ),
    ),
  }),
);

function sandboxesIn(file: string, document: JsonObject): NonNullable<Look['sandboxes']> {
  const { data, error } = z.safeParse(pods(), document);
  if (data) {
    return (data.items ?? []).map(({ id, metadata: { name, namespace }, state }) => ({
      id,
      state,
      name,
      namespace,
    }));
  }
  const [issue] = error?.issues ?? [];
  const what = `${issue?.path.join('.')}: ${issue?.message}`;
  throw new NotKnown('failed', `${file} pods answered something else: ${what}`);
}
