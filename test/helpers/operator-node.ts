import { mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { isJsonObject } from '../../cni/json-object.ts';
import type { Operator } from '../../plugins/wincni/operator.ts';
import { trialOperator } from '../../scripts/trial-operator.ts';
import type { Clock } from '../../system/host.ts';
import { nodeHost } from '../../system/node-host.ts';
import { configOf, type Json, type TrialNode, trialNode } from './trial-node.ts';

/** A simulated node with a runtime's configuration, its pods made by the real plugins, and an operator at it. */
export interface OperatorNode extends TrialNode {
  /** The configuration of the plugin that attaches pods. */
  readonly config: Json;
  readonly confDir: string;
  /** Writes another configuration than the one that pods are made with. */
  configure(config: Json): void;
  /** Makes a pod; it is an hour old from then on, unless it is to be new. */
  add(containerId: string, netns: string, how?: { readonly isNew?: boolean }): Promise<void>;
  /** Runs `wincni <words> --conf-dir …`. */
  wincni(...words: readonly string[]): ReturnType<ReturnType<typeof trialOperator>['run']>;
  /** The same as somebody else: with a terminal, with another clock. */
  as(changes: Partial<Operator>): Pick<OperatorNode, 'wincni'>;
  /** What the runtime says of its pods from now on: a crictl in PATH, which fails without a list. */
  runtimeHas(pods: readonly { readonly id: string; readonly name: string }[] | undefined): void;
  /** Takes a compute namespace away, as containerd does at a pod's end. */
  removeNamespace(id: string): void;
}

/** Makes one of fixtures in test/fixtures/hns and test/fixtures/conf. */
export function operatorNode(hns: string, conf: string, changes: Json = {}): OperatorNode {
  const node = trialNode(hns);
  const ipam = changes['ipam'];
  const placed = isJsonObject(ipam) ? { ipam: { ...ipam, dataDir: node.leaseFolder } } : {};
  const config = configOf(node, conf, { ...changes, ...placed });
  const confDir = join(node.folder, 'net.d');
  mkdirSync(confDir);
  const configure = ({ cniVersion, name, ...plugin }: Json) => {
    const list = { cniVersion, name, plugins: [plugin] };
    writeFileSync(join(confDir, '10-pods.conflist'), JSON.stringify(list));
  };
  configure(config);
  const machine = nodeHost(process);
  const programs = join(node.folder, 'programs');
  const env = {
    PATH: [programs, process.env['PATH']].join(delimiter),
    WINCNI_HNS: 'simulator',
    WINCNI_HNS_STATE: join(node.folder, 'hns'),
    WINCNI_STATE_DIR: node.stateFolder,
  };
  const wincniAs = (others: Partial<Operator>) => {
    const { run } = trialOperator({
      machine: { ...machine, env, clock: quickClock(machine.clock) },
      ...others,
    });
    return { wincni: (...words: readonly string[]) => run(...words, '--conf-dir', confDir) };
  };
  return {
    ...node,
    config,
    confDir,
    configure,
    ...wincniAs({}),
    as: wincniAs,
    async add(containerId, netns, { isNew = false } = {}) {
      const plugin = String(config['type']);
      const answer = await node.run({ plugin, command: 'ADD', config, containerId, netns });
      if (answer.exitCode !== 0) throw new Error(JSON.stringify(answer.document));
      if (isNew) return;
      node.ageLeases();
      const then = new Date(Date.now() - 3_600_000);
      for (const file of node.scratchFiles()) {
        utimesSync(join(node.scratchFolder, file), then, then);
      }
    },
    runtimeHas(pods) {
      const items = pods?.map(({ id, name }) => ({
        id,
        state: 'SANDBOX_READY',
        metadata: { name, namespace: 'default' },
      }));
      const answer = items
        ? `cat <<'END'\n${JSON.stringify({ items })}\nEND`
        : 'echo "connection refused" >&2; exit 1';
      mkdirSync(programs, { recursive: true });
      writeFileSync(join(programs, 'crictl'), `#!/bin/sh\n${answer}\n`, { mode: 0o755 });
    },
    removeNamespace(id) {
      node.setHns((state) => ({
        ...state,
        namespaces: state.namespaces.filter(
          (namespace) => String(namespace['Id'] ?? namespace['ID']).toLowerCase() !== id,
        ),
      }));
    },
  };
}

/** A clock that does not wait. */
function quickClock(clock: Clock): Clock {
  let ahead = 0;
  return {
    ...clock,
    now: () => clock.now() + ahead,
    elapsed: () => clock.elapsed() + ahead,
    sleep: async (ms) => {
      ahead += ms;
    },
  };
}

/** The names of the endpoints that HNS has. */
export const namesOn = (node: OperatorNode) =>
  node
    .hns()
    .endpoints.map(({ Name }) => Name)
    .sort();

/** All there is of pods. */
export const everything = (node: OperatorNode) => ({
  endpoints: node.hns().endpoints,
  leases: node.allLeases(),
  scratch: node.scratchFiles(),
});
