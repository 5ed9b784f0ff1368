import type { Facts } from '../facts/facts.ts';
import { servicesRunning } from './reading/started.ts';

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

/** What starts a program of the node again: its service, if it has one. */
export function restarted(facts: Facts, program: string): string {
  const [service] = servicesRunning(facts, program);
  return service
    ? `Restart-Service ${bare(service.name)}`
    : `restart ${program} (its pod, or its script)`;
}

/** Commands that no pod survives, with the node empty meanwhile. */
export function drained({ hostname }: Facts, commands: readonly string[]): readonly string[] {
  const node = bare(hostname.toLowerCase());
  return [
    `kubectl drain ${node} --ignore-daemonsets --delete-emptydir-data`,
    ...commands,
    `kubectl uncordon ${node}`,
  ];
}

/** A name as a command line takes it: in quotes where it needs them. */
export function bare(name: string): string {
  return /^[\w.-]+$/.test(name) ? name : quoted(name);
}
