import { type MemoryNode, memoryNode } from '../helpers/memory-node.ts';
import { type Json, sandboxes } from '../helpers/trial-node.ts';

/** A node and a configuration that everything is swept on. */
export interface Place {
  readonly name: string;
  readonly plugin: string;
  /** The name of its network. */
  readonly network: string;
  /** Whether host-local gives the addresses. */
  readonly hasLeases: boolean;
  /** The victim's and the neighbour's variables. */
  readonly pods: Readonly<Record<PodName, Readonly<Record<string, string>>>>;
  /** What the runtime adds for each. */
  readonly keys?: Readonly<Record<PodName, Json>>;
  /** Whether the victim is a workload of Docker's, which shares the neighbour's endpoint. */
  readonly isWorkload: boolean;
  open(): { readonly node: MemoryNode; readonly config: Json };
}

export type PodName = 'victim' | 'neighbour';

const containerds = {
  victim: { CNI_CONTAINERID: 'pod1', CNI_NETNS: sandboxes.first },
  neighbour: { CNI_CONTAINERID: 'pod2', CNI_NETNS: sandboxes.second },
};
const dockers = {
  victim: { CNI_CONTAINERID: 'pod1', CNI_NETNS: 'none' },
  neighbour: { CNI_CONTAINERID: 'pod2', CNI_NETNS: 'none' },
};
const workloads = {
  victim: { CNI_CONTAINERID: 'work1', CNI_NETNS: 'container:pod2' },
  neighbour: dockers.neighbour,
};

const port = (hostPort: number): Json => ({
  runtimeConfig: { portMappings: [{ hostPort, containerPort: 80, protocol: 'tcp' }] },
});

interface Row {
  readonly conf: string;
  readonly fixture: string;
  readonly pods?: Place['pods'];
  readonly keys?: Place['keys'];
  readonly changes?: Json;
  readonly suffix?: string;
}

const hostLocalConfig: Json = {
  name: 'addresses',
  type: 'host-local',
  ipam: { ranges: [[{ subnet: '10.20.0.0/24' }], [{ subnet: 'fd00:20::/64' }]] },
};

/** Of the subnet of the network that a configuration has its addresses of another IPAM in. */
const hostLocalIn = (subnet: string): Json => ({ ipam: { type: 'host-local', subnet } });

const rows: readonly Row[] = [
  { conf: 'flannel-overlay', fixture: 'overlay' },
  { conf: 'flannel-host-gw', fixture: 'host-gw' },
  { conf: 'flannel-sdnbridge', fixture: 'host-gw' },
  { conf: 'flannel-sdnoverlay', fixture: 'overlay' },
  { conf: 'flannel-host-gw', fixture: 'host-gw', pods: dockers, suffix: ' for Docker' },
  { conf: 'win-overlay', fixture: 'alone' },
  // It maps a host port by a policy, which is the first pod's then.
  {
    conf: 'win-overlay-policies',
    fixture: 'alone',
    keys: { victim: {}, neighbour: { policies: [] } },
  },
  { conf: 'win-overlay-docker', fixture: 'alone', pods: dockers },
  { conf: 'win-bridge', fixture: 'alone' },
  {
    conf: 'win-bridge',
    fixture: 'alone',
    suffix: ' with loopbackDSR',
    changes: { loopbackDSR: true },
  },
  {
    conf: 'win-bridge-port-mappings',
    fixture: 'alone',
    keys: { victim: port(8080), neighbour: port(8081) },
  },
  { conf: 'win-bridge-dual-stack', fixture: 'every-type' },
  {
    conf: 'win-bridge-l2tunnel',
    fixture: 'every-type',
    changes: hostLocalIn('10.241.0.0/16'),
  },
  { conf: 'win-bridge-docker', fixture: 'alone', pods: dockers },
  { conf: 'win-bridge-docker', fixture: 'alone', pods: workloads, suffix: ', a workload' },
  { conf: 'nat', fixture: 'bare' },
  { conf: 'nat-hns', fixture: 'every-type' },
  { conf: 'sdnbridge', fixture: 'every-type', changes: hostLocalIn('10.240.0.0/16') },
  { conf: 'sdnbridge-hns', fixture: 'bare' },
  { conf: 'sdnbridge-dual-stack', fixture: 'every-type' },
  { conf: 'sdnoverlay', fixture: 'every-type' },
  { conf: 'win-transparent', fixture: 'every-type' },
];

function placeOf(row: Row): Place {
  const { changes = {}, conf, fixture, pods = containerds, suffix = '' } = row;
  const open = () => {
    const node = memoryNode(fixture);
    const { ipam, ...rest } = changes;
    const config = node.config(conf, { cniVersion: '1.1.0', ...rest });
    const changed = ipam ? { ...Object(ipam), dataDir: node.leaseFolder } : config['ipam'];
    return { node, config: { ...config, ipam: changed } };
  };
  const config: Json = open().config;
  const plugin = String(config['type']);
  return {
    name: `${conf}${suffix}`,
    plugin,
    network: String(config['name']),
    hasLeases: plugin === 'flannel' || Object(config['ipam'])['type'] === 'host-local',
    pods,
    ...(row.keys ? { keys: row.keys } : {}),
    isWorkload: pods === workloads,
    open,
  };
}

/** host-local by itself, two sets of ranges. */
const alone: Place = {
  name: 'host-local',
  plugin: 'host-local',
  network: 'addresses',
  hasLeases: true,
  pods: containerds,
  isWorkload: false,
  open() {
    const node = memoryNode('bare');
    const ipam = { ...Object(hostLocalConfig['ipam']), dataDir: node.leaseFolder };
    return { node, config: { cniVersion: '1.1.0', ...hostLocalConfig, ipam } };
  },
};

/** Every example configuration, in both dialects, and host-local. */
export const places: readonly Place[] = [...rows.map(placeOf), alone];
