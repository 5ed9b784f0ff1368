import type { Facts } from '../facts/facts.ts';
import { servicesRunning, startedAs } from './reading/started.ts';

/** A text as PowerShell takes it literally: it knows four more letters for the same quote. */
export function quoted(text: string): string {
  return `'${text.replaceAll(/['\u2018-\u201b]/g, '$&$&')}'`;
}

/** Names and numbers in a sentence: `a, b and c`; of many the first ones, and how many more there are. */
export function listed(names: readonly string[], most = 5): string {
  const shown = names.slice(0, most);
  const more = names.length - shown.length;
  if (more > 0) return `${shown.join(', ')} and ${more} more`;
  const last = shown.at(-1) ?? '';
  return shown.length < 2 ? last : `${shown.slice(0, -1).join(', ')} and ${last}`;
}

/** Milliseconds as people say them: `780 ms`, `2.4 s`. */
export function inSeconds(ms: number): string {
  return ms < 1_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(1)} s`;
}

/** What starts a program of the node again: its service, RKE2 that starts it, else in words. */
export function restarted(facts: Pick<Facts, 'processes' | 'services'>, program: string): string {
  const [service] = [...servicesRunning(facts, program), ...servicesRunning(facts, 'rke2')];
  return service
    ? `Restart-Service ${bare(service.name)}`
    : `restart ${program} (its pod, or its script)`;
}

/** HNS anew, and what goes by its objects: networks that are not persistent go with it, so no pod may be there. */
export function hnsRestarted(facts: Facts): readonly string[] {
  const after = ['flanneld', 'kube-proxy'].filter(
    (program) => startedAs(facts, program).kind !== 'absent',
  );
  const commands = after.map((program) => restarted(facts, program));
  return drained(facts, ['Restart-Service hns -Force', ...new Set(commands)]);
}

/** Commands that no pod survives, with the node empty meanwhile. */
export function drained(facts: Facts, commands: readonly string[]): readonly string[] {
  const node = bare(nodeName(facts));
  return [
    `kubectl drain ${node} --ignore-daemonsets --delete-emptydir-data`,
    ...commands,
    `kubectl uncordon ${node}`,
  ];
}

/** The node's name in the cluster: kubelet's, flanneld's, else the machine's in small letters. */
export function nodeName(facts: Facts): string {
  const kubelet = startedAs(facts, 'kubelet');
  const own = kubelet.kind === 'known' ? kubelet.flags.get('hostname-override') : undefined;
  return own || facts.environment?.['NODE_NAME'] || facts.hostname.toLowerCase();
}

/** What tells the pod of an address, where the runtime does not. */
export function podOf(address: string): string {
  return `kubectl get pods -A -o wide | Select-String ${quoted(` ${address} `)}`;
}

/** A pod's deletion: it is made anew, by whoever wants it. */
export function podDeleted({
  name,
  namespace,
}: {
  readonly name: string;
  readonly namespace: string;
}) {
  return `kubectl delete pod ${bare(name)} --namespace ${bare(namespace)}`;
}

/** A name or a path as one word of PowerShell's: in quotes where it needs them. */
export function bare(text: string): string {
  return /^[\w:\\/.][\w:\\/.-]*$/.test(text) ? text : quoted(text);
}
