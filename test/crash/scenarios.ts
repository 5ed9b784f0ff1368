import { mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Json } from '../helpers/trial-node.ts';
import type { Chain } from './chains.ts';
import { type CrashNode, crashNode, pods } from './crash-node.ts';

/** A command, and the node it finds. */
export interface Scenario {
  readonly name: string;
  readonly command: 'ADD' | 'DEL' | 'GC';
  suits(chain: Chain): boolean;
  /** Whether the pod is there before it. */
  readonly hasPod: boolean;
  /** Whether another pod is. */
  hasNeighbour(chain: Chain): boolean;
  /** Some of what it is sure to do. */
  does(chain: Chain): string[];
  /** Makes the node, and gives what the runtime adds to the configuration. */
  prepare(chain: Chain): Promise<Prepared>;
}

export interface Prepared {
  readonly node: CrashNode;
  readonly config: Json;
}

/** What a runtime sends with GC: the neighbour's interface may stay. */
export const validAttachments = {
  'cni.dev/valid-attachments': [{ containerID: pods.neighbour.containerId, ifname: 'eth0' }],
};

export const scenarios: readonly Scenario[] = [
  {
    name: 'ADD',
    command: 'ADD',
    suits: () => true,
    hasPod: false,
    hasNeighbour: (chain) => !chain.createsNetwork,
    does: (chain) => [...made(chain), 'write the answer (1)'],
    async prepare(chain) {
      const node = crashNode(chain);
      if (!chain.createsNetwork) await added(node, 'neighbour');
      return { node, config: {} };
    },
  },
  {
    name: "ADD where the pod's endpoint is there, half made",
    command: 'ADD',
    suits: (chain) => callsHns(chain) && chain.netns === undefined,
    hasPod: true,
    hasNeighbour: () => true,
    does: (chain) => [...made(chain), 'write the answer (1)'],
    async prepare(chain) {
      const node = await inhabited(chain);
      const name = `${pods.victim.containerId}_${chain.network}`;
      node.trial.setHns((state) => ({
        ...state,
        endpoints: state.endpoints.map((endpoint) => {
          const { HostComputeNamespace: _, ...detached } = endpoint;
          return endpoint['Name'] === name ? detached : endpoint;
        }),
        namespaces: state.namespaces.map((namespace) =>
          namespace['Id'] === pods.victim.netns ? { ...namespace, Resources: [] } : namespace,
        ),
      }));
      return { node, config: {} };
    },
  },
  {
    name: 'DEL',
    command: 'DEL',
    suits: () => true,
    hasPod: true,
    hasNeighbour: () => true,
    does(chain) {
      if (!callsHns(chain)) return removed(chain);
      const call = chain.netns === undefined ? 'DeleteEndpoint' : 'DELETE /endpoints/<id>';
      return [`after HNS ${call} (1)`, ...removed(chain)];
    },
    async prepare(chain) {
      const node = crashNode(chain);
      await added(node, 'neighbour');
      return { node, config: { prevResult: await added(node, 'victim') } };
    },
  },
  {
    name: 'GC',
    command: 'GC',
    suits: () => true,
    hasPod: true,
    hasNeighbour: () => true,
    does: (chain) => [
      ...(callsHns(chain) ? ['after HNS DeleteEndpoint (1)'] : []),
      ...removed(chain),
    ],
    async prepare(chain) {
      const node = await inhabited(chain);
      if (chain.leases.length > 0) {
        litter(join(node.trial.leaseFolder, chain.network), '.wincni-1-abc');
      }
      if (chain.plugin === 'flannel') litter(node.trial.scratchFolder, '.wincni-1-abc-pod9');
      return { node, config: validAttachments };
    },
  },
];

/** Whether it needs HNS at all. */
export function callsHns(chain: Chain): boolean {
  return chain.plugin !== 'host-local';
}

/** What is made of the victim in HNS. */
function made(chain: Chain): string[] {
  if (!callsHns(chain)) return [];
  const calls =
    chain.netns === undefined
      ? ['CreateEndpoint', 'ModifyNamespace']
      : ['POST /endpoints', 'ModifyComputeSystem'];
  return calls.map((call) => `after HNS ${call} (1)`);
}

/** What is removed of the victim. */
function removed(chain: Chain): string[] {
  return [
    ...chain.leases.map((address) => {
      const folder = `networks/${chain.network}`;
      return `rename ${folder}/${address} -> ${folder}/.wincni-*-${address} (1)`;
    }),
    ...(chain.plugin === 'flannel' ? ['unlink flannel/.wincni-*-pod1 (1)'] : []),
  ];
}

async function inhabited(chain: Chain): Promise<CrashNode> {
  const node = crashNode(chain);
  await added(node, 'neighbour');
  await added(node, 'victim');
  return node;
}

async function added(node: CrashNode, pod: keyof typeof pods): Promise<Json> {
  const { document, exitCode } = await node.run('ADD', { pod });
  if (exitCode === 0 && document) return document;
  throw new Error(`the node could not be made: ${JSON.stringify(document)}`);
}

/** What a process that was killed an hour ago left. */
function litter(folder: string, name: string): void {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, name);
  writeFileSync(path, '');
  const hourAgo = Date.now() / 1000 - 3600;
  utimesSync(path, hourAgo, hourAgo);
}
