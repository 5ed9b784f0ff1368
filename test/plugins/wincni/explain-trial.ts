import { isJsonObject, type JsonObject } from '../../../cni/json-object.ts';
import type { Plugin } from '../../../cni/plugin.ts';
import type { Transport } from '../../../hns-bridge/transport.ts';
import { explanationSchema, unexplained } from '../../../plugins/wincni/explain/explanation.ts';
import { nodeHost } from '../../../system/node-host.ts';
import type { MemoryNode } from '../../helpers/memory-node.ts';
import { documentOf } from '../../helpers/operator-document.ts';
import type { Json } from '../../helpers/trial-node.ts';
import { trialOperator } from '../../helpers/trial-operator.ts';

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

/** What `wincni explain` says of a command on a node. */
export async function explained(
  node: MemoryNode,
  { command, config, ip, netns }: Command,
  ...more: readonly string[]
) {
  const { run } = trialOperator({
    machine: { ...nodeHost(process), files: node.files.files },
    hns: { transport: node.hns.transport },
    readStdin: () => Buffer.from(JSON.stringify(config)),
  });
  const words = ['explain', '--conf', '-', '--command', command, '--container', container];
  const asked = [...words, ...(ip === undefined ? [] : ['--ip', ip]), '--netns', netns];
  const answer = await run(...asked, ...more, '--json');
  return { ...answer, explanation: explanationSchema().parse(JSON.parse(answer.stdout)) };
}

/** What the plugin then does: what it asks of HNS, what it writes, what it answers. */
export async function done(node: MemoryNode, { command, config, ip, netns }: Command) {
  const asked: Asked[] = [];
  const before = node.files.entries();
  const there = new Map(before);
  const answer = await node.run({
    plugin: String(config['type']),
    command,
    config,
    env: { CNI_CONTAINERID: container, CNI_NETNS: netns },
    ...(ip === undefined ? {} : { others: () => answering(ip) }),
    watch: { transport: (transport) => recording(transport, asked) },
  });
  const after = node.files.entries();
  const files = [...new Set([...there.keys(), ...after.keys()])].filter(
    (path) => there.get(path)?.text !== after.get(path)?.text,
  );
  return { answer, asked, files: files.sort() };
}
