import { basename } from 'node:path';
import { idOf } from '../../hns-bridge/simulator/state.ts';
import type { Json } from '../helpers/trial-node.ts';
import type { PodName } from './places.ts';
import { endpointNameOf, memberOf, resourcesOf, type Site } from './scenarios.ts';

/** What is looked for on a node after a command: each problem is a line. */

/** What there still is of a pod: endpoints, members of namespaces, leases, scratch files. */
export function leftOf(site: Site, pod: PodName = 'victim'): string[] {
  const { networks: _, endpoints, namespaces } = site.node.hns.state();
  const id = containerOf(site, pod);
  const ids = new Set(endpoints.map(idOf));
  const mine = endpointsOf(site, pod);
  const shared = endpoints.filter(
    ({ SharedContainers }) =>
      site.place.isWorkload && Array.isArray(SharedContainers) && SharedContainers.includes(id),
  );
  const dangling = namespaces.flatMap((namespace) =>
    resourcesOf(namespace).filter((resource) => !ids.has(memberOf(resource))),
  );
  return [
    ...(site.place.isWorkload ? [] : mine.map(({ Name }) => `endpoint ${Name}`)),
    ...shared.map(({ Name }) => `container ${id} at endpoint ${Name}`),
    ...dangling.map((resource) => `member of a namespace: ${memberOf(resource)}`),
    ...filesOf(site)
      .filter(([path]) => !isUnfinished(path))
      .filter(([path, text]) => isOf(id, path, text))
      .map(([path]) => `file ${path}`),
  ];
}

/** What was begun and never finished. */
export function unfinished(site: Site): string[] {
  return filesOf(site)
    .map(([path]) => path)
    .filter(isUnfinished);
}

/**
 * What no instant may show: a lease that is not whole, an endpoint whose address is not leased to its
 * pod and so may be given to the next.
 */
export function broken(site: Site): string[] {
  if (!site.place.hasLeases) return [];
  const leases = new Map(
    filesOf(site)
      .filter(([path]) => /^\/node\/networks\/[^/]+\/[\da-f][\da-f.:]*$/.test(path))
      .map(([path, text]) => [basename(path), text]),
  );
  const pods = site.place.isWorkload
    ? (['neighbour'] as const)
    : (['victim', 'neighbour'] as const);
  const unleased = pods.flatMap((pod) =>
    endpointsOf(site, pod)
      .flatMap(addressesOf)
      .filter((address) => leases.get(address) !== `${containerOf(site, pod)}\r\neth0`)
      .map((address) => `live address without a lease: ${address} of ${pod}`),
  );
  const odd = [...leases].filter(([, text]) => !/^\w+\r\neth0$/.test(text));
  return [...odd.map(([name, text]) => `not whole: ${name} ${JSON.stringify(text)}`), ...unleased];
}

/** The neighbour's endpoint, lease and scratch file, to be compared. */
export function neighbourOf(site: Site): string {
  const id = containerOf(site, 'neighbour');
  const victim = containerOf(site, 'victim');
  const endpoints = endpointsOf(site, 'neighbour').map(({ SharedContainers, ...rest }) => ({
    ...rest,
    SharedContainers: Array.isArray(SharedContainers)
      ? SharedContainers.filter((container) => container !== victim)
      : undefined,
  }));
  const files = filesOf(site).filter(([path, text]) => isOf(id, path, text));
  return JSON.stringify([endpoints, files.sort()]);
}

/** Everything on the node, to tell whether two are alike. */
export function everythingOf(site: Site): string {
  return JSON.stringify([site.node.hns.state(), filesOf(site).sort()]);
}

function containerOf({ place }: Site, pod: PodName): string {
  return place.pods[pod]['CNI_CONTAINERID'] ?? '';
}

function isOf(id: string, path: string, text: string): boolean {
  return text.startsWith(`${id}\r`) || basename(path).startsWith(id);
}

function endpointsOf({ node, place }: Site, pod: PodName): readonly Json[] {
  const name = endpointNameOf(place, pod);
  return node.hns.state().endpoints.filter(({ Name }) => Name === name);
}

function addressesOf({ IpConfigurations }: Json): string[] {
  const list: readonly unknown[] = Array.isArray(IpConfigurations) ? IpConfigurations : [];
  return list.flatMap((entry) => {
    const address: unknown = Object(entry)['IpAddress'];
    return typeof address === 'string' ? [address] : [];
  });
}

function filesOf({ node }: Site): [path: string, text: string][] {
  return [...node.files.entries()]
    .filter(([path]) => !/\/(?:last_reserved_ip\.\d+|lock)$/.test(path))
    .map(([path, { text }]) => [path, text]);
}

function isUnfinished(path: string): boolean {
  return basename(path).startsWith('.wincni-');
}
