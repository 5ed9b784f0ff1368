import { copyFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { requestConfig } from '../runtime.ts';
import { type SimulatedNode, simulatedNode } from '../simulated-node.ts';

/** The commands that are run so that their code is compiled: what a node sees in its life. */

const fixtures = join(import.meta.dirname, '..', '..', 'test', 'fixtures');

/** A configuration, and the node it is for: test/fixtures. */
interface Network {
  readonly conf: string;
  readonly hns: string;
  readonly subnetEnv?: string;
  /** CNI_NETNS, where it is not a compute namespace. */
  readonly netns?: string;
}

const overlay: Network = { conf: 'flannel-overlay', hns: 'overlay', subnetEnv: 'overlay' };
const docker: Network = { conf: 'win-bridge-docker', hns: 'alone', netns: 'none' };
const networks: readonly Network[] = [
  { conf: 'flannel-host-gw', hns: 'host-gw', subnetEnv: 'host-gw' },
  docker,
  { conf: 'win-overlay-policies', hns: 'alone' },
  { conf: 'win-bridge-dual-stack', hns: 'every-type' },
  { conf: 'win-transparent', hns: 'every-type' },
  { conf: 'nat', hns: 'bare' },
  { conf: 'sdnbridge-dual-stack', hns: 'every-type' },
  { conf: 'sdnoverlay', hns: 'every-type' },
  // Its IPAM is another executable.
  { conf: 'win-bridge-l2tunnel', hns: 'every-type' },
];

/** One start of the program: under a name, with what a runtime gives it. */
export interface Start {
  readonly name: string;
  readonly args?: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly stdin: string;
}

/** Starts the program and gives what it wrote to stdout; a refusal is an answer like any other. */
export type Run = (start: Start) => Promise<string>;

/** A way to HNS: the environment in which it leads to the simulated HNS of a folder. */
export interface Way {
  readonly name: string;
  env(hnsFolder: string): Readonly<Record<string, string>>;
}

/** What the commands are run with. */
export interface Stage {
  /** For the nodes, and for what else they need. Empty. */
  readonly folder: string;
  /** A folder with some program under the name of an IPAM executable, whatever it answers. */
  readonly cniPath: string;
  readonly run: Run;
  readonly ways: readonly [Way, ...Way[]];
}

/** A pod's life, and what goes wrong in it, by the first way; of others the life alone. */
export async function runCommands({ cniPath, folder, run: start, ways }: Stage): Promise<void> {
  const [first, ...others] = ways;
  const run: Run = (one) => start({ ...one, env: { CNI_PATH: cniPath, ...one.env } });
  for (const args of operatorCommandLines(folder)) {
    await run({ name: 'wincni', args, env: {}, stdin: '' });
  }
  const askOn = (network: Network, way: Way) =>
    askerOn(nodeIn(join(folder, `${way.name}-${network.conf}`), network), { network, run, way });
  await live(askOn(overlay, first));
  await err(askOn(overlay, first));
  for (const network of networks) await live(askOn(network, first));
  for (const way of others) {
    for (const network of [overlay, docker]) await live(askOn(network, way));
  }
  await liveOnAddresses(join(folder, 'addresses'), run);
}

/** What an operator types, about files in a folder: nothing here looks at the machine. */
function operatorCommandLines(folder: string): readonly (readonly string[])[] {
  const fileOf = (fixture: string) => {
    const file = join(folder, basename(fixture));
    copyFileSync(join(fixtures, fixture), file);
    return file;
  };
  const facts = ['--facts', fileOf('facts/healthy/server-2019-overlay.json')];
  const conf = ['--conf', fileOf('conf/flannel-overlay.conflist')];
  return [
    [],
    ['version', '--verbose'],
    ['doctor', ...facts],
    ['doctor', ...facts, '--json'],
    ['support', ...facts, '--dry-run'],
    ['explain', ...conf, '--subnet-env', fileOf('flannel/overlay.env'), '--offline'],
  ];
}

type Ask = (command: string, extra?: Readonly<Record<string, unknown>>) => Promise<unknown>;

async function live(ask: Ask): Promise<void> {
  // The second time an answer may be there that was kept.
  await ask('STATUS');
  await ask('STATUS');
  const prevResult = await ask('ADD');
  await ask('CHECK', { prevResult });
  await ask('GC', { 'cni.dev/valid-attachments': [{ containerID: 'pod1', ifname: 'eth0' }] });
  await ask('DEL', { prevResult });
}

async function err(ask: Ask): Promise<void> {
  await ask('VERSION');
  const prevResult = await ask('ADD');
  // Again, as a runtime does that has forgotten.
  await ask('ADD');
  await ask('GC', { 'cni.dev/valid-attachments': [] });
  await ask('CHECK', { prevResult });
  await ask('DEL');
  await ask('ADD', { name: '../no/name' });
}

async function liveOnAddresses(dataDir: string, run: Run): Promise<void> {
  const config = {
    cniVersion: '1.1.0',
    name: 'addresses',
    type: 'host-local',
    ipam: {
      type: 'host-local',
      ranges: [[{ subnet: '10.20.0.0/24' }], [{ subnet: 'fd00:20::/64' }]],
      dataDir,
    },
  };
  const ask = async (command: string, extra: object = {}) => {
    const stdin = JSON.stringify({ ...config, ...extra });
    return parsed(await run({ name: 'host-local', env: requestEnv(command, 'none'), stdin }));
  };
  await ask('VERSION');
  await ask('STATUS');
  const prevResult = await ask('ADD');
  await ask('CHECK', { prevResult });
  await ask('GC', { 'cni.dev/valid-attachments': [] });
  await ask('ADD');
  await ask('DEL');
  await ask('ADD', { ipam: { type: 'host-local', subnet: 'none' } });
  await run({ name: 'host-local', env: requestEnv('ADD', 'none'), stdin: '{' });
}

function nodeIn(folder: string, { conf, hns, subnetEnv }: Network): SimulatedNode {
  return simulatedNode({
    folder,
    executables: folder,
    hns: join(fixtures, 'hns', `${hns}.json`),
    conflist: join(fixtures, 'conf', `${conf}.conflist`),
    ...(subnetEnv === undefined
      ? {}
      : { subnetEnv: join(fixtures, 'flannel', `${subnetEnv}.env`) }),
  });
}

function askerOn(
  { conflist, hnsFolder, leaseFolder }: SimulatedNode,
  { network, run, way }: { readonly network: Network; readonly run: Run; readonly way: Way },
): Ask {
  const [plugin = {}] = conflist.plugins;
  const list = { ...conflist, cniVersion: '1.1.0' };
  const offered = {
    portMappings: [{ hostPort: 8080, containerPort: 80, protocol: 'tcp' }],
    dns: { servers: ['10.96.0.10'], searches: ['svc.cluster.local'] },
  };
  const env = (command: string) => ({
    ...requestEnv(command, network.netns ?? '7e2f9d10-3c55-4b1e-8a27-90c4e5d1b001'),
    // Not the machine's own, where the build before this one would have left its answers.
    WINCNI_STATE_DIR: join(dirname(leaseFolder), 'state'),
    ...way.env(hnsFolder),
  });
  return async (command: string, extra: Readonly<Record<string, unknown>> = {}) => {
    const stdin = JSON.stringify(requestConfig(list, plugin, extra, offered));
    return parsed(await run({ name: String(plugin['type']), env: env(command), stdin }));
  };
}

function requestEnv(command: string, netns: string): Record<string, string> {
  return {
    CNI_COMMAND: command,
    CNI_CONTAINERID: 'pod1',
    CNI_NETNS: netns,
    CNI_IFNAME: 'eth0',
  };
}

function parsed(text: string): unknown {
  return text === '' ? undefined : JSON.parse(text);
}
