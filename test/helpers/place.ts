import { afterEach, beforeEach, expect } from 'vitest';
import type { JournalLine } from '../../scripts/simulated-node.ts';
import type { PodPlace } from './life-everywhere.ts';
import {
  type Answer,
  configOf,
  type Json,
  sandboxes,
  type TrialNode,
  type TrialOptions,
  trialNode,
} from './trial-node.ts';

/** Where it plays: a node, and the configuration its runtime has. */
export interface Place {
  readonly fixture: string;
  readonly conf: string;
  readonly network: string;
  readonly firstAddress: string;
}

export const places: readonly Place[] = [
  {
    fixture: 'overlay',
    conf: 'flannel-overlay',
    network: 'flannel.4096',
    firstAddress: '10.244.1.2/24',
  },
  // .2 is the host's own on a bridge.
  { fixture: 'host-gw', conf: 'flannel-host-gw', network: 'cbr0', firstAddress: '10.244.2.3/24' },
  { fixture: 'alone', conf: 'win-overlay', network: 'vxlan0', firstAddress: '10.244.3.2/24' },
  { fixture: 'alone', conf: 'win-bridge', network: 'l2br', firstAddress: '10.244.4.10/24' },
];

/** A node where a pod's life plays, with the commands of its runtime. */
export interface OpenPlace extends PodPlace {
  readonly node: TrialNode;
  /** The plugin the runtime calls. */
  readonly plugin: string;
  run(command: string, changes?: Json, more?: Json): Promise<Answer>;
  /** ADD, which succeeds: its result. */
  added(more?: Json): Promise<Json>;
  /** The endpoints in HNS that are not the host's own. */
  pods(): readonly Json[];
  others(): readonly Json[];
  detachPods(): void;
  makeLikeReference(): void;
  expectNothingLeft(): void;
}

export function openPlace({ conf, fixture, network }: Place, options: TrialOptions): OpenPlace {
  const node = trialNode(fixture, options);
  const config = configOf(node, conf, { cniVersion: '1.1.0' });
  const plugin = String(config['type']);
  const run = (command: string, changes: Json = {}, more: Json = {}) =>
    node.run({ plugin, command, config: { ...config, ...changes }, ...more });
  const isHosts = ({ Name }: Json) => Name === 'cbr0_ep';
  const pods = () => node.hns().endpoints.filter((endpoint) => !isHosts(endpoint));
  const changePods = (change: (endpoint: Json) => Json) =>
    node.setHns((state) => ({
      ...state,
      endpoints: state.endpoints.map((entry) => (isHosts(entry) ? entry : change(entry))),
      namespaces: state.namespaces.map((entry) => ({ ...entry, Resources: [] })),
    }));
  return {
    node,
    plugin,
    network,
    first: { containerId: 'pod1', netns: sandboxes.first },
    second: { containerId: 'pod2', netns: sandboxes.second },
    run,
    pods,
    others: () => node.hns().endpoints.filter(isHosts),
    leases: () => node.leases(network),
    ageLeases: node.ageLeases,
    detachPods: () => changePods(({ HostComputeNamespace: _, ...rest }) => rest),
    makeLikeReference: () =>
      changePods(({ HostComputeNamespace: _, ...rest }) => ({
        ...rest,
        ID: 'C0FFEE00-1234-4ABC-8DEF-001122334455',
      })),
    async added(more = {}) {
      const answer = await run('ADD', {}, more);
      expect(answer).toMatchObject({ exitCode: 0, stderr: '' });
      return answer.document ?? {};
    },
    expectNothingLeft() {
      expect(pods()).toEqual([]);
      expect(node.allLeases()).toEqual([]);
      expect(node.scratchFiles()).toEqual([]);
    },
  };
}

/** A part of a pod's life: life.ts says which are played on which way to HNS. */
export type Part = 'commands' | 'refusals' | 'rules';

/** How a part of a life is played. */
export interface LifeOptions extends TrialOptions {
  /** Gets the HNS calls of each test when it is over. */
  readonly onPlayed?: (calls: readonly JournalLine[]) => void;
}

/** A new node for each test of the group this is called in: gives the one of the present test. */
export function openForEach(place: Place, options: LifeOptions): () => OpenPlace {
  let at: OpenPlace | undefined;
  beforeEach(() => {
    at = openPlace(place, options);
  });
  afterEach(() => {
    if (at) options.onPlayed?.(at.node.calls());
    at?.node.remove();
  });
  return () => {
    if (!at) throw new Error('no test is running');
    return at;
  };
}
