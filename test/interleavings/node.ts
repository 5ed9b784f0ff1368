import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createNamespace } from '../../hns-bridge/simulator/namespaces.ts';
import { type HnsState, readState } from '../../hns-bridge/simulator/state.ts';
import { serve } from '../../plugins/serve.ts';
import type { Files } from '../../system/host.ts';
import type { Chain } from '../crash/chains.ts';
import { type Json, type NodePaths, root, sandboxes } from '../helpers/trial-node.ts';
import { emptyDisk, withFile } from './disk.ts';
import { type Machine, type Outcome, type Play, runAlone, startTime } from './program.ts';
import { referencePlay } from './reference.ts';
import type { World } from './world.ts';

export const paths: NodePaths = {
  subnetFile: '/node/subnet.env',
  leaseFolder: '/node/networks',
  scratchFolder: '/node/flannel',
};

/** The pods of a node: of the first two, commands run at once; the third has to be left alone by all. */
export const netnsOf = {
  pod1: sandboxes.first,
  pod2: sandboxes.second,
  pod9: '7e2f9d10-3c55-4b1e-8a27-90c4e5d1b009',
} as const;
export type PodName = keyof typeof netnsOf;
export const bystander = 'pod9';

/** A command of a runtime's. */
export interface Command {
  readonly command: 'ADD' | 'CHECK' | 'DEL' | 'GC' | 'STATUS';
  /** Whose; for GC and STATUS, nobody's. */
  readonly pod?: PodName;
  /** Who may stay, for GC. */
  readonly valid?: readonly PodName[];
  readonly config?: Json;
  /** A container that lives in the pod's network, for Docker. */
  readonly workload?: string;
  /** The reference's host-local does it. */
  readonly byReference?: true;
}

/** A chain of plugins on a node, and its configuration. */
export interface Setting {
  readonly chain: Chain;
  /** Keys of the configuration in the place of the chain's. */
  readonly keys?: Json;
  /** Two pods want the one address that is left. */
  readonly isScarce?: boolean;
  /** A file system that does otherwise for these commands: what a checker has to notice. */
  readonly mutate?: (files: Files) => Files;
}

export function configOf({ chain, keys }: Setting): Json {
  return { ...chain.config(paths), ...keys };
}

/** A command of the real suite. */
export function playOf(setting: Setting, command: Command): Play {
  if (command.byReference) return referencePlay(configOf(setting), command);
  const { plugin } = setting.chain;
  const stdin = Buffer.from(JSON.stringify({ ...configOf(setting), ...ofRuntime(command) }));
  const env = environmentOf(setting, command);
  const { mutate = (files: Files) => files } = setting;
  return (machine) => runPlugin(plugin, env, stdin, { ...machine, files: mutate(machine.files) });
}

/** What the runtime adds to a configuration. */
function ofRuntime({ config, valid }: Command): Json {
  const attachments = valid?.map((containerID) => ({ containerID, ifname: 'eth0' }));
  return { ...config, ...(attachments && { 'cni.dev/valid-attachments': attachments }) };
}

function environmentOf({ chain }: Setting, { command, pod, workload }: Command) {
  const env: Record<string, string> = { CNI_COMMAND: command, CNI_PATH: '/node/bin' };
  if (!pod) return env;
  const netns = workload ? `container:${pod}` : (chain.netns ?? netnsOf[pod]);
  return { ...env, CNI_CONTAINERID: workload ?? pod, CNI_NETNS: netns, CNI_IFNAME: 'eth0' };
}

async function runPlugin(
  plugin: string,
  env: Readonly<Record<string, string>>,
  stdin: Uint8Array,
  { clock, files, kill, pid, transport }: Machine,
): Promise<Outcome> {
  let stdout = '';
  const io = {
    env,
    pathDelimiter: ':',
    readStdin: () => stdin,
    writeStdout: (text: string) => {
      stdout += text;
    },
    writeStderr: () => {},
  };
  const exitCode = await serve(plugin, io, {
    platform: 'linux',
    pid,
    env,
    files,
    clock,
    kill,
    append: () => {},
    version: '1.2.3',
    transport,
  });
  return { exitCode, document: stdout === '' ? {} : JSON.parse(stdout) };
}

/** A node with nothing on it. */
export function emptyWorld({ chain }: Setting): World {
  return { disk: diskOf(chain), hns: hnsOf(chain), running: [] };
}

/** The results of ADD, by pod. */
export type Results = Readonly<Partial<Record<PodName, Outcome['document']>>>;

/** A node with these pods on it, one added after the other, and what their ADDs answered. */
export async function inhabitedWorld(
  setting: Setting,
  pods: readonly PodName[],
): Promise<{ readonly world: World; readonly there: Results }> {
  let world = emptyWorld(setting);
  let there: Results = {};
  for (const [index, pod] of pods.entries()) {
    const play = playOf(setting, { command: 'ADD', pod });
    const now = startTime - 3_600_000;
    const done = await runAlone({ name: `ADD ${pod}`, pid: 90 + index, play, now }, world);
    const { document, exitCode } = done.outcome;
    if (exitCode !== 0) throw new Error(`the node could not be made: ${JSON.stringify(document)}`);
    world = done.world;
    there = { ...there, [pod]: document };
  }
  return { world, there };
}

function diskOf({ fixture }: Chain) {
  const env = join(root, 'test/fixtures/flannel', `${fixture}.env`);
  const folders = { ...emptyDisk, folders: new Set(['/', '/node']) };
  if (!existsSync(env)) return folders;
  return withFile(folders, paths.subnetFile, { text: readFileSync(env, 'utf8'), written: 0 });
}

function hnsOf({ fixture }: Chain): HnsState {
  const file = join(root, 'test/fixtures/hns', `${fixture}.json`);
  const state = createNamespace(readState(readFileSync(file, 'utf8')), netnsOf[bystander], {});
  return { ...state, systems: [...state.systems, { Id: bystander }] };
}
