import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isJsonObject } from '../../cni/json-object.ts';
import { simulatorEnv } from '../../scripts/hns-dlls.ts';
import { type JournalLine, readJournal } from '../../scripts/simulated-node.ts';
import {
  hostEndpoint,
  l2BridgeNetwork,
  namespace,
  overlayNetwork,
} from '../helpers/hns-documents.ts';
import type { HnsDocuments, Json } from '../helpers/trial-node.ts';
import { type Step, sandboxes } from './cases.ts';
import type { Place } from './parts.ts';

/** The reference's executables and ours, each on nodes that begin alike, under Wine. */

const {
  WINCNI_WINE_C: driveC = '',
  WINCNI_PARITY_OURS: ours = '',
  WINCNI_PARITY_THEIRS: theirs = '',
  WINCNI_TEST_SIMULATOR: port = '',
} = process.env;

export type Side = 'theirs' | 'ours';

/** A node of one side's: its HNS, its leases. */
export interface Node {
  readonly side: Side;
  readonly folder: string;
}

/** What a command came to. */
export interface Answer {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const ids = {
  bridge: 'b7a0e4f2-51c8-4d3a-8f19-2d6c3b1ecb00',
  tunnel: 'b7a0e4f2-51c8-4d3a-8f19-2d6c3b1ecb01',
  overlay: 'c8b1f5a3-62d9-4e4b-9a2a-3e7d4c2fdc11',
  host: '0d3a9c4e-6b1f-4e52-9c0a-c1f7d2eecb02',
};

/** What HNS holds on every node before the first pod. */
export const firstState = {
  networks: [
    l2BridgeNetwork({ id: ids.bridge, subnet: '10.244.2.0/24' }),
    {
      ...l2BridgeNetwork({ id: ids.tunnel, subnet: '10.245.0.0/16', name: 'tunnel0' }),
      Type: 'L2Tunnel',
    },
    overlayNetwork({ id: ids.overlay, subnet: '10.244.3.0/24' }),
  ],
  endpoints: [hostEndpoint({ id: ids.host, network: ids.bridge, subnet: '10.244.2.0/24' })],
  namespaces: Object.values(sandboxes).map((id, index) => namespace(id, index + 2)),
  systems: ['pod1', 'pod2', 'pod3', 'pod4', 'work1'].map((Id) => ({ Id })),
  // The reference writes one for each source of exceptions: HNS takes it.
  rules: { secondExceptionList: 'kept' },
};

/** Makes a node, in a folder of that name. */
export function makeNode(side: Side, name: string): Node {
  const folder = join(driveC, 'parity', name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(join(folder, 'hns'), { recursive: true });
  writeFileSync(join(folder, 'hns', 'hns.json'), JSON.stringify(firstState));
  return { side, folder };
}

export function removeNode({ folder }: Node): void {
  rmSync(folder, { recursive: true, force: true });
}

/** A node as the other side's executables find it. */
export const asOther = (node: Node): Node => ({
  ...node,
  side: node.side === 'ours' ? 'theirs' : 'ours',
});

const windowsPath = (path: string) =>
  path.startsWith(driveC)
    ? `C:${path.slice(driveC.length).replaceAll('/', '\\')}`
    : `Z:${path.replaceAll('/', '\\')}`;

/** A configuration with its leases on a node. */
export function configOn({ folder }: Node, config: Json): Json {
  const { ipam } = config;
  if (!isJsonObject(ipam)) return config;
  return { ...config, ipam: { ...ipam, dataDir: windowsPath(join(folder, 'networks')) } };
}

/** A process ended without a word. */
export class EndedByWine extends Error {}

/** Runs a plugin as a runtime does. */
export function runOn(
  node: Node,
  { plugin }: Pick<Place, 'plugin'>,
  { command, containerId, netns }: { command: string } & Omit<Step, 'command'>,
  config: Json,
): Promise<Answer> {
  const executables = node.side === 'ours' ? ours : theirs;
  const { HOME, PATH, WINEDEBUG, WINEPREFIX } = process.env;
  const child = spawn('wine', [join(executables, `${plugin}.exe`)], {
    cwd: driveC,
    env: {
      ...{ HOME, PATH, WINEDEBUG, WINEPREFIX },
      ...simulatorEnv(port, join(node.folder, 'hns')),
      WINCNI_HNS: 'native',
      CNI_COMMAND: command,
      CNI_CONTAINERID: containerId,
      CNI_NETNS: netns,
      CNI_IFNAME: 'eth0',
      CNI_PATH: windowsPath(executables),
    },
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (piece) => {
    stdout += piece;
  });
  child.stderr.on('data', (piece) => {
    stderr += piece;
  });
  child.stdin.on('error', () => {});
  child.stdin.end(JSON.stringify(configOn(node, config)));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (exitCode) => {
      // A plugin that fails says why on stdout.
      if (exitCode !== 0 && stdout === '') reject(new EndedByWine());
      else resolve({ exitCode, stdout, stderr });
    });
  });
}

/** What a node's HNS holds. */
export function stateOf({ folder }: Node): HnsDocuments {
  return JSON.parse(readFileSync(join(folder, 'hns', 'hns.json'), 'utf8'));
}

/** The calls to a node's HNS. */
export function journalOf({ folder }: Node): readonly JournalLine[] {
  return readJournal(join(folder, 'hns'));
}

/** The lease files of a node, `network/name`, with what stands in them. */
export function leasesOf({ folder }: Node): Readonly<Record<string, string>> {
  const networks = join(folder, 'networks');
  const found = namesIn(networks).flatMap((network) =>
    namesIn(join(networks, network))
      // The reference locks its folder by a file, which stays.
      .filter((name) => name !== 'lock')
      .map((name) => [`${network}/${name}`, readFileSync(join(networks, network, name), 'utf8')]),
  );
  return Object.fromEntries(found);
}

function namesIn(folder: string): readonly string[] {
  return existsSync(folder) ? readdirSync(folder).sort() : [];
}
