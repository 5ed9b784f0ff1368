import { type Address, holds, parseAddress, parseCidr } from '../../../cni/address.ts';
import { degradedState } from '../../../hns-bridge/documents.ts';
import { bareId, readId } from '../../../hns-bridge/ids.ts';
import { field } from '../../../hns-bridge/json-document.ts';
import { wrongType } from '../../attach/network.ts';
import type { Facts, Look } from '../facts/facts.ts';
import { type ListedEndpoint, readEndpoints } from '../pods/endpoints.ts';
import { shortId } from '../pods/looks.ts';
import { givesAddress } from '../pods/pools.ts';
import { type CheckedNode, check, type Finding } from './check.ts';
import {
  bare,
  drained,
  hnsRestarted,
  listed,
  podDeleted,
  podOf,
  quoted,
  restarted,
} from './commands.ts';
import {
  configuredNetworks,
  distinctNetworks,
  isSameName,
  type ListedNetwork,
  subnetTexts,
} from './reading/hns-networks.ts';
import { readKubeProxy } from './reading/kube-proxy.ts';

const network = check({
  id: 'hns.network',
  about: "the configured networks in HNS: there, once, of the right type, with flanneld's subnet",
  levels: ['fail'],
  needs: ['hns.v1.networks'],
  applies: ({ configurations }) => configuredNetworks(configurations).length > 0,
  find(node) {
    const networks = distinctNetworks(node.facts);
    return configuredNetworks(node.configurations).flatMap(({ isMade, mode, name }) => {
      const found = networks.filter((known) => isSameName(known.name, name));
      const [first, ...others] = found;
      if (!first) {
        const there = listed(networks.map((known) => `${known.name} (${known.type})`));
        const what = `network ${name} is not in HNS, which has ${there === '' ? 'none' : there}`;
        return isMade
          ? []
          : [{ level: 'fail' as const, what, remedy: [restarted(node.facts, 'flanneld')] }];
      }
      if (others.length > 0) {
        const ids = listed(found.map(({ id }) => id));
        const what = `there are ${found.length} networks named ${name}: ${ids}`;
        return [{ level: 'fail' as const, what, remedy: made(node.facts, name) }];
      }
      const wrong = wrongType(mode, first);
      if (wrong)
        return [{ level: 'fail' as const, what: wrong.msg, remedy: made(node.facts, name) }];
      return otherSubnet(node, first);
    });
  },
});

/** A network of flanneld's whose subnet is not the one that flanneld says. */
function otherSubnet(
  { configurations, facts }: CheckedNode,
  found: ListedNetwork,
): readonly Finding<'fail'>[] {
  const env = configurations.subnetEnv;
  if (env?.kind !== 'complete' || !isFlannels(configurations, found.name)) return [];
  const subnets = subnetTexts(found);
  const lacking = env.env.subnets.filter((subnet) => !subnets.includes(subnet));
  // IPv6 that HNS cannot do is left out with a note; the IPv4 subnet is every pod's.
  if (!lacking.some((subnet) => parseCidr(subnet)?.family === 4)) return [];
  const has = subnets.length === 0 ? 'no subnet' : listed(subnets);
  const what = `network ${found.name} has ${has}, and subnet.env says ${listed(lacking)}`;
  return [{ level: 'fail', what, remedy: made(facts, found.name) }];
}

/** Whether flannel hands pods on to that network. */
function isFlannels({ files }: CheckedNode['configurations'], name: string): boolean {
  return files.some(({ inEffect, plugins }) =>
    plugins.some(({ delegate }) => inEffect && isSameName(delegate?.call?.network ?? '', name)),
  );
}

function made(facts: Facts, name: string): readonly string[] {
  return drained(facts, [
    `Get-HnsNetwork | Where-Object Name -eq ${quoted(name)} | Remove-HnsNetwork`,
    restarted(facts, 'flanneld'),
  ]);
}

const dialects = check({
  id: 'hns.dialects',
  about: 'what V1 of HNS lists and V2 does not, and the other way round',
  levels: ['warn'],
  needs: ['hns.v1', 'hns.v2'],
  find({ facts }) {
    const { hns, looks } = facts;
    // What comes or goes between the listings is in one of them alone, and in one look at most.
    const seen = looks.flatMap(({ endpoints }) => (endpoints ? [new Set(idsOf(endpoints))] : []));
    const pairs = [
      { kind: 'networks', v1: hns?.v1?.networks, v2: hns?.v2?.networks, seen: [] },
      { kind: 'endpoints', v1: hns?.v1?.endpoints, v2: hns?.v2?.endpoints, seen },
    ];
    return pairs.flatMap(({ kind, seen: looked, v1 = [], v2 = [] }): readonly Finding<'warn'>[] => {
      const [ofV1, ofV2] = [idsOf(v1), idsOf(v2)];
      const lacking = ofV1.filter((id) => !ofV2.includes(id) && looked.every((ids) => ids.has(id)));
      const extra = ofV2.filter((id) => !ofV1.includes(id) && !looked.some((ids) => ids.has(id)));
      const findings: Finding<'warn'>[] = [];
      if (lacking.length > 0) {
        findings.push({
          level: 'warn',
          what: `${kind} that V1 lists and V2 does not (kubernetes/kubernetes#110591): ${listed(lacking)}`,
          remedy: ['delete their pods, or', 'wincni gc --dry-run'],
        });
      }
      if (extra.length > 0) {
        findings.push({
          level: 'warn',
          what: `${kind} that V2 lists and V1 does not: ${listed(extra)}`,
          remedy: hnsRestarted(facts),
        });
      }
      return findings;
    });
  },
});

function idsOf(documents: readonly Readonly<Record<string, unknown>>[]): readonly string[] {
  return documents.flatMap((document) => readId(field(document, 'ID')) ?? []);
}

/** hcsshim's EndpointState, in words. */
const states: Readonly<Record<number, string>> = { 1: 'created', 4: 'detached' };

const endpointState = check({
  id: 'hns.endpoint-state',
  about: "V1's state of endpoints: degraded; attached to nothing in both looks",
  levels: ['fail', 'warn'],
  needs: ['hns.v1.endpoints', 'looks.0.endpoints', 'looks.1.endpoints'],
  find({ facts }) {
    const degraded = readEndpoints(facts.hns?.v1?.endpoints ?? []).filter(
      ({ state }) => state === degradedState,
    );
    const [before, now] = facts.looks
      .slice(-2)
      .map(({ endpoints = [] }) => readEndpoints(endpoints));
    const loose = (now ?? []).filter(
      (endpoint) =>
        states[endpoint.state ?? 0] !== undefined &&
        !isNeverAttached(facts, endpoint) &&
        before?.some(({ id, state }) => id === endpoint.id && state === endpoint.state),
    );
    return [
      ...degraded.map((endpoint) => ({
        level: 'fail' as const,
        what: `the endpoint ${named(endpoint)} is degraded: HNS has given it up`,
        remedy: removed(facts, endpoint),
      })),
      ...loose.map((endpoint) => ({
        level: 'warn' as const,
        what: `the endpoint ${named(endpoint)} is ${states[endpoint.state ?? 0]}, and attached to nothing, in both looks`,
        remedy: removed(facts, endpoint),
      })),
    ];
  },
});

function named({ addresses, id, name, network: on, whose }: ListedEndpoint): string {
  const address = addresses.length > 0 ? ` (${addresses.join(', ')})` : '';
  if (whose.kind === 'pod') return `of ${shortId(whose.container)} on ${on}${address}`;
  return `${name === '' ? id : name}${address}`;
}

/**
 * Whether an endpoint is there to be addressed and not to be attached: kube-proxy's of other nodes' pods, and the one
 * that it makes for its source VIP, without a name (winkernel's newSourceVIP).
 */
function isNeverAttached(facts: Facts, { addresses, name, whose }: ListedEndpoint): boolean {
  if (whose.kind === 'remote' || whose.kind === 'host') return true;
  const proxy = readKubeProxy(facts);
  const sourceVip = proxy.kind === 'known' ? proxy.sourceVip : undefined;
  return name === '' || (sourceVip !== undefined && addresses.includes(sourceVip));
}

/** How an endpoint goes: with its pod; by gc where the runtime knows of no such pod; and what is nobody's is looked at first. */
function removed(
  { looks }: { readonly looks: readonly Look[] },
  { addresses, id, namespace, whose }: ListedEndpoint,
): readonly string[] {
  const container = whose.kind === 'pod' ? whose.container : undefined;
  const sandboxes = looks.at(-1)?.sandboxes;
  const pod = sandboxes?.find(
    (one) => one.id === container || (one.netns !== undefined && bareId(one.netns) === namespace),
  );
  if (pod) return [podDeleted(pod)];
  const isPods = whose.kind === 'pod';
  if (isPods && sandboxes) return ['wincni gc --dry-run'];
  return [
    isPods ? 'delete its pod' : 'see whose it is',
    ...(isPods ? addresses.map(podOf) : [`Get-HnsEndpoint -Id ${bare(id)}`]),
  ];
}

const remoteConflict = check({
  id: 'hns.remote-conflict',
  about: "other nodes' endpoints that kube-proxy left with an address of this node's subnet",
  levels: ['fail'],
  needs: ['hns.v1.endpoints'],
  unknown: (node) =>
    ownAddresses(node) ? undefined : "which addresses are this node's is not known",
  find(node) {
    const isOwn = ownAddresses(node);
    return readEndpoints(node.facts.hns?.v1?.endpoints ?? [])
      .filter(({ whose }) => whose.kind === 'remote')
      .flatMap(({ addresses, id }) => {
        const taken = addresses.find((text) => {
          const address = parseAddress(text);
          return address && isOwn?.(address);
        });
        if (taken === undefined) return [];
        const what = `the remote endpoint ${id} has ${taken}, an address of this node's: a pod that is given it fails`;
        return [{ level: 'fail' as const, what, remedy: [restarted(node.facts, 'kube-proxy')] }];
      });
  },
});

/** Which addresses pods of this node get: by flanneld, else by the configurations. */
function ownAddresses({
  configurations,
}: CheckedNode): ((address: Address) => boolean) | undefined {
  const env = configurations.subnetEnv;
  if (env?.kind !== 'complete') return givesAddress(configurations);
  const subnets = env.env.subnets.flatMap((text) => parseCidr(text) ?? []);
  return (address) => subnets.some((subnet) => holds(subnet, address));
}

/** HNS's networks and endpoints. */
export const hnsObjectChecks = [network, dialects, endpointState, remoteConflict] as const;
