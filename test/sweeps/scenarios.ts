import { idOf } from '../../hns-bridge/simulator/state.ts';
import type { MemoryNode, NodeSnapshot, Watch } from '../helpers/memory-node.ts';
import type { Answer, Json } from '../helpers/trial-node.ts';
import type { Place, PodName } from './places.ts';

/** A node where a place's pods live, with the commands of their runtime. */
export interface Site {
  readonly place: Place;
  readonly node: MemoryNode;
  run(command: string, options?: RunOptions): Promise<Answer>;
}

export interface RunOptions {
  readonly pod?: PodName;
  readonly keys?: Json;
  readonly watch?: Watch;
  readonly later?: number;
}

export function openSite(place: Place): Site {
  const { config, node } = place.open();
  return {
    place,
    node,
    run(command, { pod = 'victim', keys = {}, ...more } = {}) {
      const env = place.pods[pod];
      return node.run({
        plugin: place.plugin,
        command,
        config: { ...config, ...place.keys?.[pod], ...keys },
        env,
        ...more,
      });
    },
  };
}

/** A command, and the node it finds. */
export interface Scenario {
  readonly name: string;
  readonly command: 'ADD' | 'CHECK' | 'DEL' | 'GC' | 'STATUS';
  /** Whether the pod is there before it. */
  readonly hasPod: boolean;
  /** Whether what is there of the pod is whole. */
  readonly isWhole: boolean;
  suits(place: Place): boolean;
}

/** The neighbour may stay. */
export function validAttachments({ pods }: Place): Json {
  const { CNI_CONTAINERID } = pods.neighbour;
  return {
    'cni.dev/valid-attachments': [{ containerID: CNI_CONTAINERID, ifname: 'eth0' }],
  };
}

const always = () => true;

export const scenarios: readonly Scenario[] = [
  { name: 'ADD', command: 'ADD', hasPod: false, isWhole: false, suits: always },
  { name: 'a repeated ADD', command: 'ADD', hasPod: true, isWhole: true, suits: always },
  {
    name: 'ADD over an endpoint that is not attached',
    command: 'ADD',
    hasPod: true,
    isWhole: false,
    suits: ({ isWorkload, plugin }) => plugin !== 'host-local' && !isWorkload,
  },
  { name: 'CHECK', command: 'CHECK', hasPod: true, isWhole: true, suits: always },
  { name: 'DEL', command: 'DEL', hasPod: true, isWhole: true, suits: always },
  // A workload is no attachment of its own that GC could tell.
  {
    name: 'GC',
    command: 'GC',
    hasPod: true,
    isWhole: true,
    suits: ({ isWorkload }) => !isWorkload,
  },
  { name: 'STATUS', command: 'STATUS', hasPod: false, isWhole: false, suits: always },
];

export interface Prepared {
  readonly site: Site;
  readonly before: NodeSnapshot;
  /** What the runtime adds to the configuration. */
  readonly keys: Json;
}

/** The node as the command finds it. Where the network is made by ADD, nobody was here before the first. */
export async function prepare(place: Place, scenario: Scenario): Promise<Prepared> {
  const site = openSite(place);
  const isFirst = scenario.name === 'ADD' && ['nat', 'sdnbridge-hns'].includes(place.name);
  if (!isFirst) await added(site, 'neighbour');
  const result = scenario.hasPod ? await added(site, 'victim') : {};
  if (scenario.hasPod && !scenario.isWhole) detachAll(site);
  const keys =
    scenario.command === 'GC'
      ? validAttachments(place)
      : scenario.command === 'CHECK' || scenario.command === 'DEL'
        ? { prevResult: result }
        : {};
  return { site, before: site.node.snapshot(), keys };
}

async function added(site: Site, pod: PodName): Promise<Json> {
  const { document, exitCode } = await site.run('ADD', { pod });
  if (exitCode === 0 && document) return document;
  throw new Error(`${site.place.name}: the node cannot be made: ${JSON.stringify(document)}`);
}

/** The victim's endpoint as a killed ADD leaves it: made, and in no sandbox. */
function detachAll({ node, place }: Site): void {
  const name = endpointNameOf(place, 'victim');
  const state = node.hns.state();
  const mine = state.endpoints.filter(({ Name }) => Name === name).map(idOf);
  node.hns.setState({
    ...state,
    endpoints: state.endpoints.map((endpoint) => {
      const { HostComputeNamespace: _, SharedContainers: __, ...detached } = endpoint;
      return mine.includes(idOf(endpoint)) ? detached : endpoint;
    }),
    namespaces: state.namespaces.map((entry) => ({
      ...entry,
      Resources: resourcesOf(entry).filter((resource) => !mine.includes(memberOf(resource))),
    })),
  });
}

export function endpointNameOf({ network, pods }: Place, pod: PodName): string {
  return `${pods[pod]['CNI_CONTAINERID']}_${network}`;
}

export function resourcesOf({ Resources }: Json): readonly Json[] {
  return Array.isArray(Resources) ? Resources : [];
}

/** The endpoint that a member of a namespace is, in small letters. */
export function memberOf({ Data }: Json): string {
  return String(Object(Data)['Id'] ?? '').toLowerCase();
}
