import { basename } from 'node:path';
import type { Json } from '../helpers/trial-node.ts';
import { type CrashNode, filesOf, type PodName, pods } from './crash-node.ts';

/** What is looked for on a node after a command was killed or failed: each problem is a line. */

/** How a node stands before a command is struck on it. */
export interface Before {
  readonly neighbour: string;
  /** What there is of the pod. */
  readonly pod: readonly string[];
}

export function stateBefore(node: CrashNode): Before {
  return { neighbour: neighbourOf(node), pod: leftOf(node) };
}

/** What there still is of a pod: endpoints, leases, scratch files. */
export function leftOf(node: CrashNode, pod: PodName = 'victim'): string[] {
  const id = pods[pod].containerId;
  const files = [...filesOf(node)].filter(
    ([path, text]) => !isUnfinished(path) && (text.startsWith(id) || basename(path).startsWith(id)),
  );
  return [
    ...endpointsOf(node, pod).map(({ Name }) => `endpoint ${Name}`),
    ...files.map(([path]) => path),
  ];
}

/** What was begun and never finished. */
export function unfinished(node: CrashNode): string[] {
  return [...filesOf(node).keys()].filter(isUnfinished);
}

/**
 * What no instant may show: a lease or a scratch file that is not whole, an endpoint whose address
 * is not leased to its pod and so may be given to the next.
 */
export function broken(node: CrashNode): string[] {
  const files = [...filesOf(node)].filter(([path]) => !isUnfinished(path));
  const leases = files.filter(([path]) => /networks\/.*\/[\da-f][\da-f.:]*$/.test(path));
  const odd = leases.filter(([, text]) => !/^pod[12]\r\neth0$/.test(text));
  const scratches = files.filter(([path, text]) => path.startsWith('flannel/') && !isJson(text));
  return [
    ...[...odd, ...scratches].map(([path, text]) => `not whole: ${path} ${JSON.stringify(text)}`),
    ...unleased(node, leases),
  ];
}

function unleased(node: CrashNode, leases: readonly (readonly [string, string])[]): string[] {
  if (node.chain.leases.length === 0) return [];
  return (['victim', 'neighbour'] as const).flatMap((pod) =>
    endpointsOf(node, pod)
      .flatMap(addressesOf)
      .filter((address) => {
        const lease = leases.find(([path]) => basename(path) === address);
        return lease?.[1] !== `${pods[pod].containerId}\r\neth0`;
      })
      .map((address) => `live address without a lease: ${address} of ${pods[pod].containerId}`),
  );
}

function endpointsOf(node: CrashNode, pod: PodName): Json[] {
  const name = `${pods[pod].containerId}_${node.chain.network}`;
  return node.trial.hns().endpoints.filter(({ Name }) => Name === name);
}

function addressesOf({ IpConfigurations }: Json): string[] {
  const list: readonly unknown[] = Array.isArray(IpConfigurations) ? IpConfigurations : [];
  return list.flatMap((entry) =>
    typeof entry === 'object' && entry !== null && 'IpAddress' in entry
      ? [String(entry.IpAddress)]
      : [],
  );
}

/** The neighbour's endpoint, lease and scratch file, to be compared. */
export function neighbourOf(node: CrashNode): string {
  const id = pods.neighbour.containerId;
  const files = [...filesOf(node)].filter(
    ([path, text]) => text.startsWith(id) || basename(path).startsWith(id),
  );
  const text = JSON.stringify([endpointsOf(node, 'neighbour'), files.sort()]);
  return text.replaceAll(node.trial.folder, '');
}

function isUnfinished(path: string): boolean {
  return basename(path).startsWith('.wincni-');
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
