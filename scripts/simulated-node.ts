import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type Attachment,
  type Conflist,
  type PluginRun,
  readConflist,
  requestConfig,
  runPlugin,
} from './runtime.ts';

/** A node with a simulated HNS, and the runtime that calls the executables on it. */
export interface SimulatedNode {
  readonly conflist: Conflist;
  /** Where the simulated HNS keeps its state: hns.json, calls.jsonl. */
  readonly hnsFolder: string;
  readonly leaseFolder: string;
  readonly scratchFolder: string;
  readonly env: Readonly<Record<string, string>>;
  run(
    command: string,
    attachment?: Attachment,
    extra?: Readonly<Record<string, unknown>>,
  ): PluginRun;
  /** The HNS calls since the last time this was asked. */
  newCalls(): readonly JournalLine[];
}

/** A line of the simulator's journal. */
export interface JournalLine {
  readonly api: 'v1' | 'v2' | 'hcs';
  readonly operation: string;
  readonly target: string | null;
  readonly body: unknown;
  readonly answer: unknown;
  readonly code: string | null;
  /** How long it took, waiting for other calls included. */
  readonly ms: number;
  /** Who asked, where a library of HNS's says it. */
  readonly program?: string;
}

/**
 * Sets a node up in a folder: HNS's state, subnet.env and a conflist whose paths lie in the folder,
 * so that nothing of the machine itself is touched.
 */
export function simulatedNode(options: {
  readonly folder: string;
  /** Where the executables are. */
  readonly executables: string;
  readonly hns: string;
  readonly conflist: string;
  readonly subnetEnv?: string;
}): SimulatedNode {
  const { folder } = options;
  const hnsFolder = join(folder, 'hns');
  const leaseFolder = join(folder, 'networks');
  const scratchFolder = join(folder, 'flannel');
  const subnetFile = join(folder, 'subnet.env');
  mkdirSync(hnsFolder, { recursive: true });
  copyFileSync(options.hns, join(hnsFolder, 'hns.json'));
  if (options.subnetEnv !== undefined) copyFileSync(options.subnetEnv, subnetFile);
  const written = readConflist(options.conflist);
  const conflist = {
    ...written,
    plugins: written.plugins.map((plugin) => ({
      ...plugin,
      ...(plugin['type'] === 'flannel' ? { subnetFile, dataDir: scratchFolder } : {}),
      ipam: { ...objectOf(plugin['ipam']), dataDir: leaseFolder },
    })),
  };
  const confFolder = join(folder, 'net.d');
  mkdirSync(confFolder, { recursive: true });
  writeFileSync(join(confFolder, '10-pods.conflist'), `${JSON.stringify(conflist, null, 2)}\n`);
  const env = { WINCNI_HNS: 'simulator', WINCNI_HNS_STATE: hnsFolder };
  let seen = 0;
  return {
    conflist,
    hnsFolder,
    leaseFolder,
    scratchFolder,
    env,
    run(command, attachment, extra = {}) {
      const [plugin = {}] = conflist.plugins;
      const config = requestConfig(conflist, plugin, extra, attachment?.runtimeConfig);
      return runPlugin({
        folder: options.executables,
        command,
        config,
        env,
        ...(attachment ? { attachment } : {}),
      });
    },
    newCalls() {
      const lines = readJournal(hnsFolder);
      const fresh = lines.slice(seen);
      seen = lines.length;
      return fresh;
    },
  };
}

/** Every call the simulated HNS was asked, oldest first. */
export function readJournal(hnsFolder: string): JournalLine[] {
  const text = readFileSync(join(hnsFolder, 'calls.jsonl'), { encoding: 'utf8', flag: 'a+' });
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
}

function objectOf(value: unknown): object {
  return typeof value === 'object' && value !== null ? value : {};
}
