import { networkInterfaces } from 'node:os';
import { setTimeout } from 'node:timers/promises';
import type { JsonObject } from '../../cni/json-object.ts';
import { bareId } from '../../hns-bridge/ids.ts';
import { documentsField, textField } from '../../hns-bridge/json-document.ts';
import type { NodeState } from '../../plugins/wincni/acceptance/node-state.ts';
import { idOf } from './own-objects.ts';

/**
 * What is on a node, a line for each thing that must be there again when a run has ended. Counters, times and
 * states of HNS's documents are left out: they change by themselves.
 */
export function snapshot({ state }: Pick<NodeState, 'state'>): readonly string[] {
  return [
    ...state.networks.map((network) =>
      line(
        'network',
        idOf(network),
        name(network),
        textField(network, 'Type'),
        ...subnets(network),
      ),
    ),
    ...state.endpoints.map((endpoint) =>
      line(
        'endpoint',
        idOf(endpoint),
        name(endpoint),
        `on ${bareId(textField(endpoint, 'HostComputeNetwork') ?? 'no network')}`,
        `in ${bareId(textField(endpoint, 'HostComputeNamespace') ?? 'no namespace')}`,
      ),
    ),
    ...state.namespaces.map((namespace) => line('namespace', idOf(namespace))),
  ].sort();
}

const line = (...words: readonly (string | undefined)[]) =>
  words.filter((word) => word !== undefined && word !== '').join(' ');

const name = (document: JsonObject) => textField(document, 'Name');

const subnets = (network: JsonObject): readonly string[] =>
  documentsField(network, 'Ipams').flatMap((ipam) =>
    documentsField(ipam, 'Subnets').flatMap((subnet) => textField(subnet, 'IpAddressPrefix') ?? []),
  );

/** The addresses of the machine, by adapter: networks that are made may take one away. */
export function hostAddresses(interfaces = networkInterfaces()): readonly string[] {
  return Object.entries(interfaces)
    .flatMap(([adapter, addresses = []]) =>
      addresses
        .filter(({ address, internal }) => !internal && !/^(?:169\.254\.|fe80:)/i.test(address))
        .map(({ cidr, address }) => `address ${cidr ?? address} of ${adapter}`),
    )
    .sort();
}

/** What has gone and what has come between two of them. */
export function differences(
  before: readonly string[],
  after: readonly string[],
): readonly string[] {
  return [
    ...before.filter((each) => !after.includes(each)).map((each) => `gone: ${each}`),
    ...after.filter((each) => !before.includes(each)).map((each) => `left: ${each}`),
  ];
}

const pauses = 60;

/**
 * The same once a node has come to rest: it is looked at again while anything differs, up to a minute. An adapter
 * has its address back only some time after the network on it is gone, where DHCP gives it.
 */
export async function lastingDifferences(
  before: readonly string[],
  look: () => Promise<readonly string[]>,
  pause: () => Promise<void> = () => setTimeout(1_000),
): Promise<readonly string[]> {
  let found = differences(before, await look());
  for (let count = 0; count < pauses && found.length > 0; count += 1) {
    await pause();
    found = differences(before, await look());
  }
  return found;
}
