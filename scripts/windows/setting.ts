import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type HnsWay, hnsWay, hnsWays } from '../../hns-bridge/ways.ts';
import type { DryRun } from './node-hns.ts';

/** What one run of the Windows suite is told: as JSON in WINCNI_WINDOWS_SETTING. */
export interface Setting {
  /** Where the executables are. */
  readonly executables: string;
  /** What is written for whoever reads about the run later: HNS's documents, logs. */
  readonly out: string;
  /** The beginning of the files' names there. */
  readonly label: string;
  readonly ways: readonly HnsWay[];
  /** The kinds of network beside NAT, which interrupt the adapter: none, unless it is said. */
  readonly modes: readonly BridgedMode[];
  readonly adapter: string | undefined;
  /** The folder of containerd, its shim and crictl, and the image of a pod: where a pod is to be run. */
  readonly runtime: { readonly folder: string; readonly image: string } | undefined;
  /** Undefined on a node of Windows. */
  readonly dry: DryRun | undefined;
}

export type BridgedMode = 'l2bridge' | 'overlay';

type Environment = Readonly<Record<string, string | undefined>>;

/** What the environment says of a run. Throws for words that it does not know. */
export function settingOf(
  options: {
    readonly root: string;
    readonly out: string;
    readonly label: string;
    readonly dry: DryRun | undefined;
  },
  env: Environment = process.env,
): Setting {
  const { dry, label, out, root } = options;
  const adapter = env['WINCNI_WINDOWS_ADAPTER'] || (dry ? 'Ethernet' : undefined);
  const modes = listed(env['WINCNI_WINDOWS_MODES'] ?? (dry ? 'l2bridge,overlay' : '')).map(modeOf);
  if (modes.length > 0 && adapter === undefined) {
    throw new Error(
      'WINCNI_WINDOWS_MODES needs WINCNI_WINDOWS_ADAPTER: the adapter that it interrupts',
    );
  }
  const ways = listed(env['WINCNI_WINDOWS_WAYS'] ?? hnsWays.join(',')).map(wayOf);
  return {
    executables: executablesFolder(root),
    out,
    label,
    ways,
    modes,
    adapter,
    runtime: runtimeOf(env),
    dry,
  };
}

function runtimeOf(env: Environment): Setting['runtime'] {
  const folder = env['WINCNI_WINDOWS_CONTAINERD'] ?? '';
  if (folder === '') return undefined;
  const image = env['WINCNI_WINDOWS_IMAGE'] ?? '';
  if (image !== '') return { folder: resolve(folder), image };
  throw new Error('WINCNI_WINDOWS_CONTAINERD needs WINCNI_WINDOWS_IMAGE: the image of a pod');
}

const listed = (text: string) =>
  text
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '');

function modeOf(word: string): BridgedMode {
  if (word === 'l2bridge' || word === 'overlay') return word;
  throw new Error(`WINCNI_WINDOWS_MODES: ${word} is neither l2bridge nor overlay`);
}

function wayOf(word: string): HnsWay {
  const way = hnsWay(word);
  if (way) return way;
  throw new Error(`WINCNI_WINDOWS_WAYS: ${word} is neither powershell nor native`);
}

/** Those of this system, where `npm run build` puts them. */
export const executablesFolder = (root: string): string =>
  join(root, 'dist', process.platform === 'win32' ? 'win32-x64' : 'linux-x64');

/** Makes the folder for what a run writes, if it is not there. */
export function outFolder(root: string): string {
  const folder = join(root, 'build', 'windows');
  mkdirSync(folder, { recursive: true });
  return folder;
}
