import { mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect } from 'vitest';
import { bareId } from '../../hns-bridge/ids.ts';
import { textField } from '../../hns-bridge/json-document.ts';
import type { Transport } from '../../hns-bridge/transport.ts';
import type { HnsWay } from '../../hns-bridge/ways.ts';
import {
  ask,
  create,
  type HnsCall,
  moveEndpoint,
  remove,
} from '../../plugins/wincni/acceptance/hns-call.ts';
import { type NodeState, readNode } from '../../plugins/wincni/acceptance/node-state.ts';
import { withNodeHns } from '../../scripts/windows/node-hns.ts';
import { clearOwn, idOf, ownNamespaceId, ownPrefix } from '../../scripts/windows/own-objects.ts';
import { hostAddresses, lastingDifferences, snapshot } from '../../scripts/windows/snapshot.ts';
import type { PodName, PodPlace } from '../helpers/life-everywhere.ts';
import type { Answer, Json } from '../helpers/trial-node.ts';
import { pluginsBy } from './plugins.ts';
import { setting } from './setting.ts';

/** A network for the pods of a test, and the configuration of its plugin. */
export interface PodNetwork {
  readonly id: string;
  readonly name: string;
  /** What HNS is asked to make first; undefined for a network that is there. */
  readonly toMake: Json | undefined;
  readonly plugin: string;
  /** The plugin's own keys. */
  readonly config: (leaseFolder: string) => Json;
}

/** A node of Windows in a test: what the test makes is its own, and is removed when it ends, whatever happened. */
export interface WindowsNode extends PodPlace {
  readonly leaseFolder: string;
  run(command: string, changes?: Json, more?: Json): Promise<Answer>;
  pods(): Promise<readonly Json[]>;
  /** All of HNS, by the way of the test. */
  read(): Promise<NodeState>;
  /** Asks HNS for something of the test's own. Throws where HNS refuses. */
  ask(call: HnsCall): Promise<void>;
  /** Writes what HNS has now down, for whoever reads about the run. */
  keep(name: string): Promise<void>;
}

const pod = (number: number): PodName => ({
  containerId: `${ownPrefix}-pod${number}`,
  netns: ownNamespaceId(number),
});
const pods = [pod(1), pod(2)] as const;

/**
 * Opens the node for each test of the group this is called in, its network chosen by what HNS has: namespaces
 * of ours are made, and so is the network where it is not there. After each test all of it is removed, and the
 * node must be as it was.
 */
export function openForEach(
  way: HnsWay,
  networkOn: (node: NodeState) => PodNetwork,
): () => WindowsNode {
  let at: WindowsNode | undefined;
  let before: readonly string[] = [];
  let folder = '';
  const { dry } = setting();
  const eye = wayToLook(way);
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), `${ownPrefix}-`));
    await withNodeHns(eye, dry, async (hns) => {
      await clearOwn(hns);
      before = await lookAt(hns);
      const network = networkOn(await readNode(hns));
      const { id, toMake } = network;
      if (toMake) await insist(hns, create('Network', id, toMake));
      for (const { netns } of pods) {
        await insist(hns, create('Namespace', netns, { SchemaVersion: { Major: 2, Minor: 0 } }));
      }
      at = nodeWith(way, network, folder);
    });
  });
  afterEach(async () => {
    at = undefined;
    rmSync(folder, { recursive: true, force: true });
    const kept = await withNodeHns(eye, dry, clearOwn);
    const changes = await lastingDifferences(before, () => withNodeHns(eye, dry, lookAt));
    expect([...kept, ...changes]).toEqual([]);
  });
  return () => {
    if (!at) throw new Error('no test is running');
    return at;
  };
}

const lookAt = async (hns: Transport) => [...snapshot(await readNode(hns)), ...hostAddresses()];

/** How a test looks at HNS: by the way that it tries; in a dry run by the one that starts no process. */
const wayToLook = (way: HnsWay): HnsWay => (setting().dry ? 'native' : way);

async function insist(hns: Transport, call: HnsCall): Promise<void> {
  const { code, said } = await ask(hns, call);
  if (code !== undefined) throw new Error(`${call.operation}: ${code} ${said}`);
}

function nodeWith(way: HnsWay, network: PodNetwork, folder: string): WindowsNode {
  const { dry, label, out } = setting();
  const [first, second] = pods;
  const leaseFolder = join(folder, 'networks');
  const config = {
    cniVersion: '1.1.0',
    name: network.name,
    type: network.plugin,
    ...network.config(leaseFolder),
  };
  const start = pluginsBy(setting(), way);
  const withHns = <Done>(use: (hns: Transport) => Promise<Done>) =>
    withNodeHns(wayToLook(way), dry, use);
  const read = () => withHns(readNode);
  const onNetwork = (endpoint: Json) =>
    bareId(String(endpoint['HostComputeNetwork'] ?? '')) === bareId(network.id);
  const isOwn = ({ Name }: Json) => String(Name).startsWith(ownPrefix);
  const ownPods = async () => (await read()).state.endpoints.filter(isOwn).filter(onNetwork);
  const leases = () => addressesIn(join(leaseFolder, network.name));
  const run = async (command: string, changes: Json = {}, more: Json = {}): Promise<Answer> => {
    const request = { ...first, ifName: 'eth0', ...more };
    const env = {
      CNI_COMMAND: command,
      CNI_CONTAINERID: String(request.containerId),
      CNI_NETNS: String(request.netns),
      CNI_IFNAME: String(request.ifName),
      CNI_PATH: setting().executables,
      WINCNI_STATE_DIR: join(folder, 'state'),
    };
    const ran = await start(network.plugin, env, JSON.stringify({ ...config, ...changes }));
    const document = ran.stdout === '' ? undefined : JSON.parse(ran.stdout);
    return { exitCode: ran.exitCode, stderr: ran.stderr, document };
  };
  /** What is done to each pod's endpoint once it is in no namespace. */
  const afterDetaching = (then: (hns: Transport, endpoint: Json) => Promise<void>) =>
    withHns(async (hns) => {
      const { endpoints } = (await readNode(hns)).state;
      for (const endpoint of endpoints.filter(isOwn)) {
        const where = textField(endpoint, 'HostComputeNamespace') ?? '';
        await insist(hns, moveEndpoint('Remove', where, idOf(endpoint)));
        await then(hns, endpoint);
      }
    });
  return {
    network: network.name,
    leaseFolder,
    first,
    second,
    run,
    read,
    pods: ownPods,
    leases,
    async added(more = {}) {
      const answer = await run('ADD', {}, more);
      expect(answer).toMatchObject({ exitCode: 0, stderr: '' });
      return answer.document ?? {};
    },
    others: async () => (await read()).state.endpoints.filter((endpoint) => !isOwn(endpoint)),
    ageLeases() {
      const then = new Date(Date.now() - 3_600_000);
      for (const lease of leases()) utimesSync(join(leaseFolder, network.name, lease), then, then);
    },
    detachPods: () => afterDetaching(async () => {}),
    makeLikeReference: () =>
      afterDetaching(async (hns, { IpConfigurations, Name }) => {
        const [own] = (await readNode(hns)).state.endpoints.filter((each) => each['Name'] === Name);
        await insist(hns, remove('Endpoint', idOf(own ?? {})));
        const id = crypto.randomUUID();
        const wanted = { Name, HostComputeNetwork: network.id, IpConfigurations };
        const body = { ...wanted, SchemaVersion: { Major: 2, Minor: 0 } };
        await insist(hns, create('Endpoint', id, body, network.id));
      }),
    async expectNothingLeft() {
      expect(await ownPods()).toEqual([]);
      expect(leases()).toEqual([]);
    },
    ask: (call) => withHns((hns) => insist(hns, call)),
    async keep(name) {
      const text = `${JSON.stringify(await read(), null, 2)}\n`;
      writeFileSync(join(out, `${label}-${way}-${name}.json`), text);
    },
  };
}

/** The leases of a network: files that are named for addresses. None, where no folder was made. */
function addressesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder).filter((name) => /^\d+\.\d+\.\d+\.\d+$/.test(name));
  } catch {
    return [];
  }
}
