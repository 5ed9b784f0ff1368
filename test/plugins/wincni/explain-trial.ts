import { isJsonObject } from '../../../cni/json-object.ts';
import type { Plugin } from '../../../cni/plugin.ts';
import type { Transport } from '../../../hns-bridge/transport.ts';
import { explanationSchema } from '../../../plugins/wincni/explain/explanation.ts';
import { trialOperator } from '../../../scripts/trial-operator.ts';
import { nodeHost } from '../../../system/node-host.ts';
import { once } from '../../../system/once.ts';
import type { MemoryNode } from '../../helpers/memory-node.ts';
import type { Json } from '../../helpers/trial-node.ts';

/** A change that HNS was asked for, or would be. */
interface Asked {
  readonly operation: string;
  readonly target: string;
  readonly document: unknown;
}

export interface Command {
  readonly command: 'ADD' | 'DEL' | 'CHECK' | 'GC';
  readonly config: Json;
  readonly netns: string;
  /** What an IPAM that is another executable answers. */
  readonly ip?: string;
}

const container = 'pod1';

/** A DEL looks again where an ADD was made just now: others than ADD come so many milliseconds later. */
const later = 60_000;

/** Made once: there are a thousand documents. */
const schema = once(explanationSchema);

/** What `wincni explain` says of a command on a node. */
export async function explained(
  node: MemoryNode,
  { command, config, ip, netns }: Command,
  ...more: readonly string[]
) {
  const machine = nodeHost(process);
  const now = () => machine.clock.now() + (command === 'ADD' ? 0 : later);
  const { run } = trialOperator({
    machine: { ...machine, files: node.files.files, clock: { ...machine.clock, now } },
    hns: { transport: node.hns.transport },
    readStdin: () => Buffer.from(JSON.stringify(config)),
  });
  const words = ['explain', '--conf', '-', '--command', command, '--container', container];
  const asked = [...words, ...(ip === undefined ? [] : ['--ip', ip]), '--netns', netns];
  const answer = await run(...asked, ...more, '--json');
  return {
    ...answer,
    explanation: schema().parse(JSON.parse(answer.stdout)),
  };
}

/** What the plugin then does: what it asks of HNS, what it writes, what it answers. */
export async function done(node: MemoryNode, { command, config, ip, netns }: Command) {
  const asked: Asked[] = [];
  const made: string[] = [];
  const before = node.files.entries();
  const there = new Map(before);
  const answer = await node.run({
    plugin: String(config['type']),
    command,
    config,
    env: { CNI_CONTAINERID: container, CNI_NETNS: netns },
    ...(command === 'ADD' ? {} : { later }),
    ...(ip === undefined ? {} : { others: () => answering(ip) }),
    watch: { transport: (transport) => recording(transport, asked, made) },
  });
  const after = node.files.entries();
  const files = [...new Set([...there.keys(), ...after.keys()])].filter(
    (path) => there.get(path)?.text !== after.get(path)?.text,
  );
  return { answer, asked: comparable(asked, made), files: files.sort() };
}

/** What is asked, for comparing: ids that HNS chooses are nobody's. */
export function comparable(asked: readonly Asked[], made: readonly string[]): readonly Asked[] {
  const text = made.reduce((said, id) => said.replaceAll(id, '<made>'), JSON.stringify(asked));
  return JSON.parse(text);
}

/** @param made gets the ids that V1 chooses */
function recording(transport: Transport, asked: Asked[], made: string[]): Transport {
  const note = (operation: string, target: string, text = '') => {
    asked.push({ operation, target, document: text === '' ? undefined : JSON.parse(text) });
  };
  return {
    ...transport,
    async v1(method, path, body) {
      if (method !== 'GET') note(`${method} ${path}`, '', body);
      const answer = await transport.v1(method, path, body);
      const output: unknown = JSON.parse(answer).Output;
      const id = isJsonObject(output) ? output['ID'] : undefined;
      if (method === 'POST' && typeof id === 'string') made.push(id.toLowerCase());
      return answer;
    },
    create(kind, id, settings, network) {
      note(`Create${kind}`, id, settings);
      return transport.create(kind, id, settings, network);
    },
    modify(kind, id, settings) {
      note(`Modify${kind}`, id, settings);
      return transport.modify(kind, id, settings);
    },
    delete(kind, id) {
      note(`Delete${kind}`, id);
      return transport.delete(kind, id);
    },
    modifySystem(id, request) {
      note('ModifyComputeSystem', id, request);
      return transport.modifySystem(id, request);
    },
  };
}

function answering(address: string): Plugin {
  return {
    ADD: async () => ({ interfaces: [], ips: [{ address }], routes: [], dns: {} }),
    DEL: async () => {},
    CHECK: async () => {},
    GC: async () => {},
    STATUS: async () => {},
  };
}
