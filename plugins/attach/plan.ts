import {
  type Address,
  type Cidr,
  formatAddress,
  holds,
  parseAddress,
  parseCidr,
} from '../../cni/address.ts';
import { CniError, code } from '../../cni/error.ts';
import type { IpConfig } from '../../cni/result.ts';
import type { EndpointRoute, EndpointSpec, Network } from '../../hns-bridge/model.ts';
import type { AttachConfig } from './config.ts';
import { endpointDns } from './dns.ts';
import type { Mode } from './modes.ts';
import { planPolicies } from './policies.ts';

/** Everything an endpoint is planned from. */
export interface PlanFacts {
  readonly mode: Mode;
  readonly config: AttachConfig;
  readonly network: Network;
  readonly id: string;
  readonly name: string;
  /** What IPAM answered; empty when HNS chooses the address. */
  readonly ips: readonly IpConfig[];
  readonly loopbackDsr: boolean;
}

export interface Plan {
  readonly spec: EndpointSpec;
  readonly notes: readonly string[];
}

const anywhere = { 4: '0.0.0.0/0', 6: '::/0' } as const;

/**
 * The endpoint that a configuration, a network and addresses ask for. All rules about gateways, MAC
 * addresses, SNAT, port mappings and DNS are here and in policies.ts. Throws code 7.
 */
export function planEndpoint(facts: PlanFacts): Plan {
  const { config, mode } = facts;
  const pods = facts.ips.map(podAddress);
  refuseFamilies(mode, pods);
  const mac = macAddress(facts, pods);
  const addresses = pods.map(({ cidr }) => addressOf(cidr));
  const { policies, notes } = planPolicies({ ...facts, addresses });
  return {
    spec: {
      id: facts.id,
      name: facts.name,
      networkId: facts.network.id,
      addresses: pods.map(({ cidr }) => ({
        address: formatAddress(addressOf(cidr)),
        prefixLength: prefixLength(facts.network, cidr),
      })),
      routes:
        pods.length > 0 ? pods.flatMap((pod) => defaultRoute(facts, pod)) : statedRoutes(facts),
      dns: endpointDns(config.dns),
      policies,
      ...(mac === undefined ? {} : { mac }),
    },
    notes,
  };
}

/** The addresses that only the host may have on a network of this mode: IPAM must not give them. */
export function reservedAddresses(mode: Mode, config: AttachConfig): readonly string[] {
  return mode.hostHasSecond ? config.subnets.map(secondAddress) : [];
}

interface PodAddress {
  readonly cidr: Cidr;
  /** The gateway IPAM answered. */
  readonly gateway: string | undefined;
}

function podAddress(ip: IpConfig): PodAddress {
  const cidr = parseCidr(ip.address);
  if (cidr) return { cidr, gateway: ip.gateway };
  throw new CniError(
    code.delegateFailed,
    `IPAM answered an address that is not in CIDR notation: ${JSON.stringify(ip.address)}`,
  );
}

function addressOf(cidr: Cidr): Address {
  return { family: cidr.family, value: cidr.address };
}

/** HNS has IPv6 on bridges, beside IPv4, and on transparent networks; nowhere else (HNS facts). */
function refuseFamilies(mode: Mode, pods: readonly PodAddress[]): void {
  const six = pods.find(({ cidr }) => cidr.family === 6);
  if (!six || mode.ipv6 === 'alone') return;
  const types = mode.networkTypes.join(' and ');
  const address = formatAddress(addressOf(six.cidr));
  if (mode.ipv6 === 'never') {
    throw new CniError(
      code.invalidConfig,
      `${mode.name}: IPAM answered ${address}, but Windows has no IPv6 on networks of type ${types}`,
      'give IPAM an IPv4 subnet only, or use an L2Bridge network (win-bridge) for dual stack',
    );
  }
  if (!pods.some(({ cidr }) => cidr.family === 4)) {
    throw new CniError(
      code.invalidConfig,
      `${mode.name}: IPAM answered ${address} alone, but Windows has IPv6 only beside IPv4 on networks of type ${types}`,
      'give IPAM an IPv4 range too',
    );
  }
}

function macAddress({ mode, config }: PlanFacts, pods: readonly PodAddress[]): string | undefined {
  if (mode.mac === 'given') return config.mac;
  if (mode.mac === 'hns') return undefined;
  const four = pods.find(({ cidr }) => cidr.family === 4);
  if (!four) return undefined;
  // A VXLAN network's remote nodes compute the same from the address (flanneld, 0E-2A).
  const pairs = four.cidr.address.toString(16).padStart(8, '0').toUpperCase().match(/../g) ?? [];
  return [config.macPrefix, ...pairs].join('-');
}

/** The prefix length of the network's subnet that holds the address, else IPAM's. */
function prefixLength(network: Network, pod: Cidr): number {
  return subnetOf(network, pod)?.cidr.prefixLength ?? pod.prefixLength;
}

function subnetOf(network: Network, pod: Cidr) {
  return network.subnets
    .flatMap((subnet) => {
      const cidr = parseCidr(subnet.prefix);
      return cidr ? [{ cidr, gateway: subnet.gateway }] : [];
    })
    .find(({ cidr }) => holds(cidr, addressOf(pod)));
}

function defaultRoute(facts: PlanFacts, pod: PodAddress): EndpointRoute[] {
  const nextHop = gatewayOf(facts, pod);
  return nextHop === undefined ? [] : [{ destination: anywhere[pod.cidr.family], nextHop }];
}

/** HNS chooses the route with the address, unless the configuration names a gateway. */
function statedRoutes({ config, network }: PlanFacts): EndpointRoute[] {
  const stated = [...config.gateways, config.networkGateway ?? [], ...config.routeGateways].flat();
  return network.subnets.flatMap(({ prefix }) => {
    const cidr = parseCidr(prefix);
    const nextHop = stated.find((text) => {
      const address = parseAddress(text);
      return cidr && address && holds(cidr, address);
    });
    return cidr && nextHop ? [{ destination: anywhere[cidr.family], nextHop }] : [];
  });
}

function gatewayOf({ mode, config, network }: PlanFacts, pod: PodAddress): string | undefined {
  const explicit = config.gateways.find((text) => {
    const address = parseAddress(text);
    return address !== undefined && holds(pod.cidr, address);
  });
  if (explicit !== undefined) return explicit;
  const ofNetwork = subnetOf(network, pod.cidr)?.gateway;
  const ofRoutes = config.routeGateways.find(
    (text) => parseAddress(text)?.family === pod.cidr.family,
  );
  const second = pod.cidr.family === 4 ? secondAddress(pod.cidr) : undefined;
  switch (mode.gateway) {
    case 'second':
      return second ?? ofNetwork ?? pod.gateway;
    case 'network':
      return ofNetwork ?? ofRoutes;
    case 'ipam':
      return (config.secondAddressGateway && second) || (pod.gateway ?? ofRoutes ?? ofNetwork);
  }
}

/** The host's own address on a bridge, where the node routes: flanneld's `cbr0_ep`. */
function secondAddress(cidr: Cidr): string {
  return formatAddress({ family: cidr.family, value: cidr.first + 2n });
}
