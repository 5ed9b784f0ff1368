import {
  addressOf,
  bits,
  type Cidr,
  parseAddress,
  parseCidr,
  sameAddress,
} from '../../../../cni/address.ts';
import { textField } from '../../../../hns-bridge/json-document.ts';
import type { AttachConfig } from '../../../attach/config.ts';
import type { Facts } from '../../facts/facts.ts';
import type { CheckedNode } from '../check.ts';
import { distinctNetworks } from './hns-networks.ts';
import { startedAs } from './started.ts';

/** CIDRs, and what says them. */
export interface Known {
  readonly cidrs: readonly Cidr[];
  readonly from: string;
}

/** The pods' networks: FLANNEL_NETWORK, else what kube-proxy is told. Undefined where nothing says it. */
export function clusterCidrs({ configurations, facts }: CheckedNode): Known | undefined {
  const { subnetEnv } = configurations;
  if (subnetEnv?.kind === 'complete') {
    return known(subnetEnv.env.exceptions, 'FLANNEL_NETWORK');
  }
  const flag = flagOf(facts, ['kube-proxy', 'rke2', 'k3s'], ['cluster-cidr']);
  return known(flag?.split(',') ?? [], '--cluster-cidr');
}

/** Those whose flags say the services' network. */
const whoseFlags = ['kube-apiserver', 'kube-controller-manager', 'rke2', 'k3s', 'kube-proxy'];

/**
 * The services' network: what a process is told, else what a configuration's pods are routed to. Undefined
 * where nothing says it: it is never guessed.
 */
export function serviceCidrs(
  node: CheckedNode,
  config: AttachConfig | undefined,
): Known | undefined {
  const flag = flagOf(node.facts, whoseFlags, ['service-cluster-ip-range', 'service-cidr']);
  const told = known(flag?.split(',') ?? [], 'the flags of a process');
  if (told) return told;
  const others = [...(clusterCidrs(node)?.cidrs ?? []), ...nodeSubnets(node)];
  const routed = routesOf(config).filter(
    // The node's own address is routed so, too, on a bridge.
    (cidr) => cidr.prefixLength < bits(cidr.family) && !others.some((other) => touch(other, cidr)),
  );
  return routed.length > 0 ? { cidrs: routed, from: 'a ROUTE policy' } : undefined;
}

/** The destinations that a configuration's pods reach through the node: ROUTE or SDNRoute with NeedEncap. */
export function routesOf(config: AttachConfig | undefined): readonly Cidr[] {
  return (config?.policies ?? []).flatMap(({ value: { Settings, Type } }) => {
    if (Type !== 'SDNRoute' || Settings['NeedEncap'] !== true) return [];
    return parseCidr(textField(Settings, 'DestinationPrefix') ?? '') ?? [];
  });
}

/**
 * The subnets of the node's own addresses that HNS's networks are on; of an HNS that says none, those of the
 * adapters with a default gateway.
 */
export function nodeSubnets({ facts }: Pick<CheckedNode, 'facts'>): readonly Cidr[] {
  const { adapters = [] } = facts;
  const all = adapters.flatMap(({ addresses }) =>
    addresses.flatMap((text) => parseCidr(text) ?? []),
  );
  const management = distinctNetworks(facts).flatMap(
    ({ managementAddress = '' }) => parseAddress(managementAddress) ?? [],
  );
  const ofHns = all.filter((cidr) =>
    management.some((address) => sameAddress(addressOf(cidr), address)),
  );
  if (ofHns.length > 0) return ofHns;
  const outward = adapters.filter(
    ({ gateways = [], status }) => status === 'Up' && gateways.length,
  );
  return outward.flatMap(({ addresses }) =>
    addresses.flatMap((text) => parseCidr(text) ?? []).filter(({ family }) => family === 4),
  );
}

/** What the first program of some that says it says under one of some flags. */
export function flagOf(
  facts: Facts,
  programs: readonly string[],
  flags: readonly string[],
): string | undefined {
  const values = programs.flatMap((name) => {
    const started = startedAs(facts, name);
    return started.kind === 'known' ? flags.map((flag) => started.flags.get(flag)) : [];
  });
  return values.find((value) => value !== undefined && value !== '');
}

function known(texts: readonly string[], from: string): Known | undefined {
  const cidrs = texts.flatMap((text) => parseCidr(text.trim()) ?? []);
  return cidrs.length > 0 ? { cidrs, from } : undefined;
}

/** Whether a block lies in another. */
export function within(outer: Cidr, inner: Cidr): boolean {
  return outer.family === inner.family && outer.first <= inner.first && inner.last <= outer.last;
}

/** Whether two blocks have an address in common. */
export function touch(one: Cidr, other: Cidr): boolean {
  return one.family === other.family && one.first <= other.last && other.first <= one.last;
}
