import type { JsonObject } from '../../cni/json-object.ts';
import {
  documentField,
  documentsField,
  textField,
  textsField,
} from '../../hns-bridge/json-document.ts';
import type { Attachment, PluginRun } from '../runtime.ts';
import type { JournalLine, SimulatedNode } from '../simulated-node.ts';
import { callLines } from './call-words.ts';
import { networkWords, short, takePolicies, traces } from './node-state.ts';
import { counted, titled, wrapped } from './text.ts';

/** Who is told the story. */
export interface Listener {
  /** A line of the story, or a few. */
  say(text: string): void;
  /** All that a run was, for who wants to see the documents. */
  ran(run: PluginRun, calls: readonly JournalLine[]): void;
}

const pod: Attachment = {
  containerId: '3f7d1c0a9e52',
  netns: '7e2f9d10-3c55-4b1e-8a27-90c4e5d1b001',
  ifName: 'eth0',
  runtimeConfig: {
    portMappings: [{ hostPort: 8080, containerPort: 80, protocol: 'tcp' }],
    dns: { servers: ['10.96.0.10'], searches: ['shop.svc.cluster.local', 'svc.cluster.local'] },
  },
};

/** The policy that goes, and that CHECK must miss. */
const taken = 'OutBoundNAT';

/** What a pod has on a node. */
const belongings = ['endpoint', 'place', 'lease', 'scratch file'] as const;

/**
 * A pod's life on a node, told as it happens: added, checked, checked when a policy is gone and when it is
 * back, deleted; then the node is looked at. Gives what was not as it should be.
 */
export function tellLife(
  title: string,
  node: SimulatedNode,
  { ran, say }: Listener,
): readonly string[] {
  const wrong: string[] = [];
  const expect = (holds: boolean, otherwise: string) => {
    if (holds) return;
    wrong.push(otherwise);
    say(titled('WRONG', otherwise));
  };
  const run = (command: string, extra: JsonObject, when = '') => {
    const done = node.run(command, pod, extra);
    const calls = node.newCalls();
    ran(done, calls);
    const asked = `HNS was asked ${counted(calls.length, 'time')}`;
    say(titled(command, `${when}${outcome(done)}${command === 'CHECK' ? '' : `; ${asked}`}`));
    return { ...done, calls };
  };
  const expectGood = ({ command, exitCode, stderr }: PluginRun) => {
    expect(exitCode === 0, `${command} must go well`);
    expect(stderr === '', `${command} wrote to stderr: ${stderr.trim()}`);
  };
  const before = traces(node);
  const ofPod = () => traces(node).filter((trace) => !before.includes(trace));

  say(wrapped(`=== ${title}, ${networkWords(node)}`, 4));
  say(titled('Pod', `${pod.containerId}, namespace ${short(pod.netns)}, by ${pluginNames(node)}`));
  const added = run('ADD', {});
  for (const line of callLines(added.calls)) say(line);
  expectGood(added);
  const answer = answerOf(added);
  if (added.exitCode === 0) say(titled('Answer', addressWords(answer)));
  const own = ofPod();
  say(titled('Node has', own.join(', ') || 'nothing of the pod'));
  for (const what of belongings) {
    const count = own.filter((trace) => trace.startsWith(what)).length;
    expect(count === 1, `the pod must have one ${what}, and has ${count}`);
  }

  const prevResult = added.exitCode === 0 ? { prevResult: answer } : {};
  expectGood(run('CHECK', prevResult));
  const putBack = takePolicies(node, pod.netns, taken);
  const missed = run('CHECK', prevResult, `when ${taken} was taken away: `);
  const seen = missed.exitCode !== 0 && message(missed).includes(taken);
  expect(seen, `CHECK must say that ${taken} is gone`);
  putBack();
  expectGood(run('CHECK', prevResult, 'when it is put back: '));

  const deleted = run('DEL', prevResult);
  for (const line of callLines(deleted.calls)) say(line);
  expectGood(deleted);
  const left = ofPod();
  say(titled('Node has', left.join(', ') || 'no endpoint, lease or scratch file of the pod'));
  expect(left.length === 0, 'nothing must be left');
  return wrong;
}

function pluginNames({ conflist }: SimulatedNode): string {
  return conflist.plugins
    .flatMap((plugin) => [
      `${plugin['type']}`,
      textField(documentField(plugin, 'delegate'), 'type') ?? [],
    ])
    .flat()
    .join(' and ');
}

function addressWords(answer: JsonObject): string {
  const ips = documentsField(answer, 'ips').map(
    (ip) => `${textField(ip, 'address')}, gateway ${textField(ip, 'gateway')}`,
  );
  const servers = textsField(documentField(answer, 'dns'), 'nameservers');
  return `${ips.join('; ')}, DNS ${servers.join(', ')}`;
}

function outcome(run: PluginRun): string {
  return run.exitCode === 0 ? 'goes well' : `fails: ${message(run)}`;
}

/** What a command that failed says; its exit code where it says nothing. */
function message(run: PluginRun): string {
  return textField(answerOf(run), 'msg') ?? `exit code ${run.exitCode}`;
}

function answerOf({ stdout }: PluginRun): JsonObject {
  return stdout.trim() === '' ? {} : JSON.parse(stdout);
}
