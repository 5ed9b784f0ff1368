import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { serve } from '../../plugins/serve.ts';
import { type JournalLine, readJournal } from '../../scripts/simulated-node.ts';
import type { Clock } from '../../system/host.ts';
import { nodeHost } from '../../system/node-host.ts';

export type Json = Readonly<Record<string, unknown>>;

export const root = join(import.meta.dirname, '..', '..');

/** What a command came to. */
export interface Answer {
  readonly exitCode: number | null;
  /** What stdout holds, parsed; undefined when it is empty. */
  readonly document: Json | undefined;
  readonly stderr: string;
}

export interface Request {
  readonly plugin: string;
  readonly command: string;
  readonly config: Json;
  readonly containerId?: string;
  readonly netns?: string;
  readonly ifName?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Starts a plugin with an environment and a standard input. */
export type Starter = (
  plugin: string,
  env: Readonly<Record<string, string | undefined>>,
  stdin: string,
) => Promise<{
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}>;

export const sandboxes = {
  first: '7e2f9d10-3c55-4b1e-8a27-90c4e5d1b001',
  second: '7e2f9d10-3c55-4b1e-8a27-90c4e5d1b002',
};

/** Where a node of a test has its files. */
export interface NodePaths {
  readonly subnetFile: string;
  readonly leaseFolder: string;
  readonly scratchFolder: string;
}

/** A node of a test: a folder with a simulated HNS, leases, scratch files and subnet.env. */
export interface TrialNode extends NodePaths {
  readonly folder: string;
  /** Where the last answers to STATUS are. */
  readonly stateFolder: string;
  run(request: Request): Promise<Answer>;
  hns(): HnsDocuments;
  setHns(change: (state: HnsDocuments) => HnsDocuments): void;
  orderFaults(faults: readonly Json[]): void;
  calls(): readonly JournalLine[];
  /** The addresses leased on a network. Throws for one whose folder was never made. */
  leases(network: string): string[];
  /** The leases of every network, `network/address`: where none is expected. */
  allLeases(): string[];
  /** Lets all leases be an hour old, as those of pods that were not added just now. */
  ageLeases(): void;
  scratchFiles(): string[];
  remove(): void;
}

export interface HnsDocuments {
  readonly version: { readonly Major: number; readonly Minor: number };
  readonly networks: readonly Json[];
  readonly endpoints: readonly Json[];
  readonly namespaces: readonly Json[];
  readonly systems?: readonly Json[] | undefined;
}

/**
 * Plugins in this very process; deadlines are kept by a timer of the test's, if it has one. Their
 * clock is so many milliseconds ahead.
 */
export function inProcessWith(after?: Clock['after'], ahead = 0): Starter {
  return inProcessOn(() => fastClock(after, ahead));
}

/** Plugins in this very process, each command on a clock of the test's. */
export function inProcessOn(clockOf: () => Clock): Starter {
  return async (plugin, env, stdin) => {
    let stdout = '';
    let stderr = '';
    const io = {
      env,
      pathDelimiter: delimiter,
      readStdin: () => Buffer.from(stdin),
      writeStdout: (text: string) => {
        stdout += text;
      },
      writeStderr: (text: string) => {
        stderr += text;
      },
    };
    const exitCode = await serve(plugin, io, {
      ...nodeHost(process),
      env,
      clock: clockOf(),
      append: (file, text) => writeFileSync(file, text, { flag: 'a' }),
      version: '1.2.3',
    });
    return { exitCode, stdout, stderr };
  };
}

/** A clock that does not wait: sleeping moves it on. It may be ahead, milliseconds. */
function fastClock(after = nodeHost(process).clock.after, start = 0): Clock {
  let ahead = start;
  return {
    now: () => Date.now() + ahead,
    // What a test does takes no time.
    elapsed: () => ahead,
    uptime: () => 86_400_000,
    sleep: async (ms: number) => {
      ahead += ms;
    },
    pause: (ms: number) => {
      ahead += ms;
    },
    after,
  };
}

export interface TrialOptions {
  /** How plugins are started; in this process, if not said. */
  readonly start?: Starter;
  readonly env?: Readonly<Record<string, string>>;
  readonly makeFolder?: () => string;
}

/** Makes a node of one of the fixtures in test/fixtures/hns. */
export function trialNode(fixture: string, options: TrialOptions = {}): TrialNode {
  const folder = options.makeFolder?.() ?? mkdtempSync(join(tmpdir(), 'wincni-test-'));
  const hnsFolder = join(folder, 'hns');
  const hnsFile = join(hnsFolder, 'hns.json');
  const subnetFile = join(folder, 'subnet.env');
  const leaseFolder = join(folder, 'networks');
  const scratchFolder = join(folder, 'flannel');
  const stateFolder = join(folder, 'state');
  mkdirSync(hnsFolder);
  cpSync(join(root, 'test/fixtures/hns', `${fixture}.json`), hnsFile);
  const env = join(root, 'test/fixtures/flannel', `${fixture}.env`);
  if (existsSync(env)) cpSync(env, subnetFile);
  const start = options.start ?? inProcessWith();
  const allLeases = () =>
    namesIn(leaseFolder).flatMap((network) =>
      leasesIn(join(leaseFolder, network)).map((address) => `${network}/${address}`),
    );
  return {
    folder,
    subnetFile,
    leaseFolder,
    scratchFolder,
    stateFolder,
    async run(request) {
      const { exitCode, stderr, stdout } = await start(
        request.plugin,
        {
          PATH: process.env['PATH'],
          WINCNI_HNS: 'simulator',
          WINCNI_HNS_STATE: hnsFolder,
          WINCNI_STATE_DIR: stateFolder,
          CNI_COMMAND: request.command,
          CNI_CONTAINERID: request.containerId ?? 'pod1',
          CNI_NETNS: request.netns ?? sandboxes.first,
          CNI_IFNAME: request.ifName ?? 'eth0',
          CNI_PATH: folder,
          ...options.env,
          ...request.env,
        },
        JSON.stringify(request.config),
      );
      return { exitCode, stderr, document: stdout === '' ? undefined : JSON.parse(stdout) };
    },
    hns: () => JSON.parse(readFileSync(hnsFile, 'utf8')),
    setHns(change) {
      const changed = change(JSON.parse(readFileSync(hnsFile, 'utf8')));
      writeFileSync(hnsFile, JSON.stringify(changed));
    },
    orderFaults(faults) {
      rmSync(join(hnsFolder, 'faults.count.json'), { force: true });
      writeFileSync(join(hnsFolder, 'faults.json'), JSON.stringify(faults));
    },
    calls: () => readJournal(hnsFolder),
    leases(network) {
      const folder = join(leaseFolder, network);
      if (existsSync(folder)) return leasesIn(folder);
      const there = namesIn(leaseFolder).join(', ') || 'none';
      throw new Error(`no address was ever leased on ${network}; networks with leases: ${there}`);
    },
    allLeases,
    ageLeases() {
      const then = new Date(Date.now() - 3_600_000);
      for (const lease of allLeases()) utimesSync(join(leaseFolder, lease), then, then);
    },
    scratchFiles: () => namesIn(scratchFolder),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function leasesIn(folder: string): string[] {
  return namesIn(folder).filter((name) => /^[\da-f]/.test(name));
}

function namesIn(folder: string): string[] {
  if (!existsSync(folder)) return [];
  // Leases are named for addresses; last_reserved_ip.0 is not one.
  return readdirSync(folder)
    .filter((name) => !name.startsWith('last_') && !name.startsWith('lock'))
    .sort();
}

/** The request configuration of a fixture in test/fixtures/conf, its paths in the node's folder. */
export function configOf(node: NodePaths, name: string, changes: Json = {}): Json {
  const list = JSON.parse(
    readFileSync(join(root, 'test/fixtures/conf', `${name}.conflist`), 'utf8'),
  );
  const { capabilities: _, ...plugin } = list.plugins[0];
  const paths =
    plugin.type === 'flannel' ? { subnetFile: node.subnetFile, dataDir: node.scratchFolder } : {};
  return {
    cniVersion: list.cniVersion,
    name: list.name,
    ...plugin,
    ...paths,
    ipam: { ...plugin.ipam, dataDir: node.leaseFolder },
    ...changes,
  };
}
