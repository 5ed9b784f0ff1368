import type { ListedEndpoint } from './endpoints.ts';
import type { PodRow } from './join.ts';
import { shortId } from './looks.ts';

/** What hcsshim calls the states of an endpoint (EndpointState). */
const states: Readonly<Record<number, string>> = {
  1: 'created',
  2: 'attached',
  3: 'shared',
  4: 'detached',
  5: 'degraded',
};

/** The state of an endpoint in words. */
export function stateOf({ state }: ListedEndpoint): string {
  return state === undefined ? '-' : (states[state] ?? String(state));
}

/** The start of a GUID, as a table of 80 columns shows it. */
export function shortGuid(id: string): string {
  return id.slice(0, 8);
}

/** A pod as a line names it: by the runtime's name, if it tells one, and the container. */
export function nameOfPod({ container, network, sandbox }: PodRow): string {
  const name = sandbox ? `${sandbox.namespace}/${sandbox.name} ` : '';
  return `${name}${shortId(container)} on ${network}`;
}

/** All that there is of a pod, in words. */
export function partsOf({ endpoints, leases, scratch }: PodRow): readonly string[] {
  return [
    ...endpoints.map(
      ({ addresses, id }) => `endpoint ${id}${addresses.length > 0 ? ` (${addresses})` : ''}`,
    ),
    ...leases.map(({ address, network }) => `lease ${address} of ${network}`),
    ...scratch.map(({ file }) => `scratch file ${file}`),
  ];
}

/** How long ago it was, roughly: `3 h`. */
export function ageOf(now: number, then: number): string {
  const seconds = Math.max(0, Math.round((now - then) / 1000));
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 7200) return `${Math.floor(seconds / 60)} min`;
  return seconds < 172_800
    ? `${Math.floor(seconds / 3600)} h`
    : `${Math.floor(seconds / 86_400)} d`;
}
