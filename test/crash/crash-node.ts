import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type Answer,
  inProcessWith,
  type Json,
  type Starter,
  sandboxes,
  type TrialNode,
  trialNode,
} from '../helpers/trial-node.ts';
import type { Chain } from './chains.ts';

/** The two pods of a node: of one, everything is stopped; the other must notice nothing. */
export const pods = {
  victim: { containerId: 'pod1', netns: sandboxes.first },
  neighbour: { containerId: 'pod2', netns: sandboxes.second },
} as const;
export type PodName = keyof typeof pods;

/** A node that a command is killed or fails on, and what is asked of it then. */
export interface CrashNode {
  readonly chain: Chain;
  readonly trial: TrialNode;
  run(command: string, options?: RunOptions): Promise<Answer>;
  /** A node that is like this one, in a folder of its own. */
  copy(): CrashNode;
}

export interface RunOptions {
  readonly pod?: PodName;
  readonly config?: Json;
  /** How it is started; in this process, if not said. */
  readonly start?: Starter;
  /** As many milliseconds after now. */
  readonly later?: number;
}

/** Makes a node with nothing on it. */
export function crashNode(chain: Chain): CrashNode {
  return open(chain, undefined);
}

function open(chain: Chain, original: TrialNode | undefined): CrashNode {
  let start: Starter = inProcessWith();
  const trial = trialNode(chain.fixture, {
    start: (...all) => start(...all),
    makeFolder: () => mkdtempSync(join(tmpdir(), 'wincni-crash-')),
  });
  if (original) copyTree(original.folder, trial.folder, [original.folder, trial.folder]);
  const config = chain.config(trial);
  return {
    chain,
    trial,
    async run(command, options = {}) {
      start = options.start ?? inProcessWith(undefined, options.later);
      return trial.run({
        plugin: chain.plugin,
        command,
        config: { ...config, ...options.config },
        ...pods[options.pod ?? 'victim'],
        ...(chain.netns === undefined ? {} : { netns: chain.netns }),
      });
    },
    copy: () => open(chain, trial),
  };
}

/** Copies a folder; its files name paths in it, which are those of the copy there. */
function copyTree(from: string, to: string, [old, fresh]: readonly [string, string]): void {
  mkdirSync(to, { recursive: true });
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) copyTree(source, target, [old, fresh]);
    else {
      writeFileSync(target, readFileSync(source, 'utf8').replaceAll(old, fresh));
      const { atime, mtime } = statSync(source);
      utimesSync(target, atime, mtime);
    }
  }
}

/** Every file of the node's leases and scratch files, by its path in the folder, with its text. */
export function filesOf({ trial, chain }: CrashNode): ReadonlyMap<string, string> {
  const folders = [join(trial.leaseFolder, chain.network), trial.scratchFolder];
  const entries = folders
    .filter((folder) => existsSync(folder))
    // The claims to leases have a folder of their own beside them.
    .flatMap((folder) => readdirSync(folder, { recursive: true, withFileTypes: true }));
  return new Map(
    entries
      .filter((entry) => entry.isFile())
      .map(({ name, parentPath }) => join(parentPath, name))
      .map((path) => [path.slice(trial.folder.length + 1), readFileSync(path, 'utf8')]),
  );
}
