import {
  type Address,
  addressOf,
  bits,
  type Cidr,
  cidrOf,
  formatAddress,
  formatCidr,
  holds,
  oneOf,
} from '../../cni/address.ts';
import { anywhere } from '../../cni/default-route.ts';
import { CniError, code, invalidConfig } from '../../cni/error.ts';
import type { Dns } from '../../cni/result.ts';
import type { WantedEndpoint } from '../../hns-bridge/client.ts';
import type { RouteDocument } from '../../hns-bridge/documents.ts';
import type { AllocatedIp } from '../../ipam/allocation.ts';
import { defined, type MayLack } from '../../system/defined.ts';
import type { AttachConfig } from './config.ts';
import { dnsDocument } from './dns.ts';
import { type From, type Reasons, reasonsOf } from './from.ts';
import type { Identity } from './identity.ts';
import type { Mode } from './modes.ts';
import { type Network, subnetWith } from './network.ts';
import { type PolicyFacts, planPolicies } from './plan-policies.ts';

/** Everything an endpoint is planned from. */
export interface PlanFacts extends PolicyFacts {
  readonly identity: Identity;
  /** The addresses that are asked for where HNS chooses them: the usable ones. */
  readonly asked?: readonly AllocatedIp[];
  /** The DNS settings of last resort: IPAM's, or those that are there. */
  readonly dns: From<Dns>;
}

export interface Plan {
  /** The document, as V2 sends it. */
  readonly endpoint: WantedEndpoint;
  readonly reasons: Reasons;
  /** What was changed of what was written, for the log. */
  readonly notes: readonly string[];
}

/**
 * The endpoint that a configuration, a network and addresses ask for, and why. All rules about
 * gateways, MAC addresses, SNAT, port mappings and DNS are here and in plan-policies.ts. Throws code 7.
 */
export function planEndpoint(facts: PlanFacts): Plan {
  const { asked = [], config, identity, mode, network } = facts;
  const ips = facts.ips.length > 0 ? facts.ips : asked;
  assertFamilies(mode, ips);
  assertInSubnets(network, asked);
  const mac = macAddress(facts);
  const lengths = mode.prefixLength ? ips.map(({ cidr }) => prefixLength(network, cidr)) : [];
  const routes =
    facts.ips.length > 0 ? ips.flatMap((ip) => defaultRoute(facts, ip)) : statedRoutes(facts);
  const { dns, reasons } = dnsDocument([...config.dns, facts.dns]);
  const policies = planPolicies(facts);
  return {
    endpoint: defined({
      ID: identity.id,
      Name: identity.name,
      HostComputeNetwork: network.id,
      IpConfigurations: ips.map(({ cidr }, index) =>
        defined({ IpAddress: formatAddress(addressOf(cidr)), PrefixLength: lengths[index]?.value }),
      ),
      Routes: routes.map(({ value }) => value),
      Dns: dns,
      Policies: policies.policies.map(({ value }) => value),
      MacAddress: mac?.value,
    } satisfies MayLack<WantedEndpoint>),
    reasons: {
      ID: 'network, container and interface',
      Name: 'container and network',
      HostComputeNetwork: 'the id of the network of this name',
      ...reasonsOf('IpConfigurations', placesOf(facts, ips), '.IpAddress'),
      ...reasonsOf('IpConfigurations', lengths, '.PrefixLength'),
      ...reasonsOf('Routes', routes.map(toAnywhere), '.DestinationPrefix'),
      ...reasonsOf('Routes', routes.map(withIgnored(facts, routes)), '.NextHop'),
      ...reasons,
      ...reasonsOf('Policies', policies.policies),
      ...(mac ? { MacAddress: mac.from } : {}),
    },
    notes: [
      ...policies.notes,
      ...ignoredGateways(facts, routes).map(
        ({ from, value }) =>
          `${from} ${formatAddress(value)} is not the pods' gateway on a network of this kind (${facts.mode.name})`,
      ),
    ],
  };
}

/**
 * The addresses that IPAM must not give on a network of this mode: the host's own, and whatever may become
 * the pod's gateway.
 */
export function reservedAddresses(mode: Mode, config: AttachConfig): readonly Address[] {
  const gateways = [...config.gateways, ...config.routeGateways].map(({ value }) => value);
  return mode.hostHasSecond ? [...config.subnets.map(secondAddress), ...gateways] : gateways;
}

/**
 * Addresses of a network that no pod may have, though IPAM, whose ranges need not be the network's
 * subnets, gives them: gateways, and on a bridge the host's own.
 */
export function hostAddresses(mode: Mode, { subnets }: Network): readonly Address[] {
  return subnets.flatMap(({ cidr, gateway }) => [
    ...(gateway ? [gateway] : []),
    ...(mode.hostHasSecond ? [secondAddress(cidr)] : []),
  ]);
}

/**
 * The addresses of IPAM's that an endpoint gets: the first of each family that the mode can do. An IPv6
 * address alone is kept where it can't be done: the plan refuses it, and says why.
 */
export function usableIps(
  mode: Mode,
  { flags }: AttachConfig,
  ips: readonly AllocatedIp[],
): readonly AllocatedIp[] {
  const first = (family: 4 | 6) => ips.find(({ cidr }) => cidr.family === family);
  const [four, six] = [first(4), first(6)];
  const untold = mode.ipv6 === 'beside-if-told' && !flags.enableDualStack;
  if (four && (mode.ipv6 === 'never' || untold)) return [four];
  // In IPAM's order: that of the result.
  return ips.filter((ip) => ip === four || ip === six);
}

/** The addresses that a runtime asks for, as IPAM would give them. */
export function askedIps(mode: Mode, config: AttachConfig): readonly AllocatedIp[] {
  const asked = config.asked.map(({ value }) => ({ cidr: cidrOf(value, bits(value.family)) }));
  return usableIps(mode, config, asked);
}

/** A network whose subnets are not known (DHCP) may have any address: that is for HNS to say. */
function assertInSubnets(network: Network, asked: readonly AllocatedIp[]): void {
  const { name, subnets } = network;
  if (subnets.length === 0) return;
  for (const { cidr } of asked) {
    if (subnetWith(network, addressOf(cidr))) continue;
    throw new CniError(
      code.invalidConfig,
      `the address asked for, ${formatAddress(addressOf(cidr))}, is in no subnet of network ${name}`,
      `its subnets: ${subnets.map((subnet) => formatCidr(subnet.cidr)).join(', ')}`,
    );
  }
}

/** IPv6 is done on bridges, beside IPv4, and on transparent networks; HNS's newest builds have it on overlays, too. */
function assertFamilies(mode: Mode, ips: readonly AllocatedIp[]): void {
  const six = ips.find(({ cidr }) => cidr.family === 6);
  if (!six || mode.ipv6 === 'alone') return;
  const types = mode.networkTypes.join(' and ');
  const address = formatAddress(addressOf(six.cidr));
  if (mode.ipv6 === 'never') {
    throw invalidConfig(
      'ipam',
      `${mode.name}: IPAM answered ${address}, and wincni does not do IPv6 on networks of type ${types}`,
      'give IPAM an IPv4 subnet only, or use an L2Bridge network (win-bridge) for dual stack',
    );
  }
  if (ips.some(({ cidr }) => cidr.family === 4)) return;
  throw invalidConfig(
    'ipam',
    `${mode.name}: IPAM answered ${address} alone, and wincni does IPv6 only beside IPv4 on networks of type ${types}`,
    'give IPAM an IPv4 range too',
  );
}

/** The prefix that the endpoints of an overlay have, where nothing else is said (flanneld's). */
const usualMacPrefix = '0E-2A';

function macAddress({ config, ips, mode }: PlanFacts): From<string> | undefined {
  if (mode.mac === 'given') return because('runtimeConfig.mac', config.mac);
  const four = ips.find(({ cidr }) => cidr.family === 4);
  if (mode.mac === 'hns' || !four) return undefined;
  // A VXLAN network's remote nodes compute the same from the address (flanneld, 0E-2A).
  // Its digits are written as the reference writes them.
  const pairs = four.cidr.address.toString(16).padStart(8, '0').match(/../g) ?? [];
  return {
    value: [config.macPrefix ?? usualMacPrefix, ...pairs].join('-'),
    from: `${config.macPrefix ? 'endpointMacPrefix' : 'default prefix'} and address`,
  };
}

function prefixLength(network: Network, ip: Cidr): From<number> {
  const subnet = subnetWith(network, addressOf(ip));
  return subnet
    ? { value: subnet.cidr.prefixLength, from: "network's subnet" }
    : { value: ip.prefixLength, from: "IPAM's prefix length" };
}

function defaultRoute(facts: PlanFacts, ip: AllocatedIp): From<RouteDocument>[] {
  const gateway = gatewayOf(facts, ip);
  return gateway ? [routeTo(ip.cidr, gateway)] : [];
}

function routeTo({ family }: Cidr, { from, value }: From<Address>): From<RouteDocument> {
  const NextHop = formatAddress(value);
  return { value: { DestinationPrefix: anywhere[family], NextHop }, from };
}

/** HNS chooses the route with the address, unless the configuration names a gateway. */
function statedRoutes({ config, network }: PlanFacts): From<RouteDocument>[] {
  const stated = [...config.gateways, config.networkGateway ?? [], ...config.routeGateways].flat();
  return network.subnets.flatMap(({ cidr }) => {
    const gateway = stated.find(({ value }) => holds(cidr, value));
    return gateway ? [routeTo(cidr, gateway)] : [];
  });
}

function gatewayOf(facts: PlanFacts, { cidr, gateway }: AllocatedIp): From<Address> | undefined {
  const { config, mode, network } = facts;
  const subnet = subnetWith(network, addressOf(cidr));
  const ofNetwork = because("network's gateway", subnet?.gateway);
  const ofIpam = because("IPAM's gateway", gateway);
  const ofRoutes = config.routeGateways.find(({ value }) => value.family === cidr.family);
  const second = cidr.family === 4 ? secondAddress(subnet?.cidr ?? cidr) : undefined;
  const ofHost = because("second address of the network's subnet", second);
  switch (mode.gateway) {
    case 'second':
      return ofHost ?? ofNetwork ?? ofIpam;
    case 'network':
      return ofNetwork ?? ofRoutes;
    case 'ipam': {
      const stated = config.gateways.find(({ value }) => holds(cidr, value));
      const forced = config.flags.forceBridgeGateway ? ofHost : undefined;
      return stated ?? forced ?? ofIpam ?? ofRoutes ?? ofNetwork;
    }
  }
}

/** The gateways that are written for IPAM and are not the endpoint's: on most networks it is HNS's to say. */
function ignoredGateways(
  { config, mode }: PlanFacts,
  routes: readonly From<RouteDocument>[],
): readonly From<Address>[] {
  if (mode.gateway === 'ipam') return [];
  const used = routes.map(({ value }) => value.NextHop);
  return config.gateways.filter(({ value }) => !used.includes(formatAddress(value)));
}

/** A route's reason, with the gateways of its family that were written and count for nothing. */
function withIgnored(facts: PlanFacts, routes: readonly From<RouteDocument>[]) {
  const ignored = ignoredGateways(facts, routes);
  return (route: From<RouteDocument>): From<RouteDocument> => {
    const { from, value } = route;
    const same = ignored.filter(
      ({ value: { family } }) => anywhere[family] === value.DestinationPrefix,
    );
    if (same.length === 0) return route;
    const told = new Set(same.map((gateway) => `${gateway.from} ${formatAddress(gateway.value)}`));
    return { value, from: `${from}; ${[...told].join(', ')} ignored (${facts.mode.name})` };
  };
}

function toAnywhere({ value }: From<RouteDocument>): From<RouteDocument> {
  return { value, from: 'the default route' };
}

/** Where the addresses are from: IPAM, or who asked for them where HNS chooses. */
function placesOf(
  { config, ips: given }: PlanFacts,
  ips: readonly AllocatedIp[],
): readonly From<AllocatedIp>[] {
  return ips.map((value) => {
    const isSame = oneOf([addressOf(value.cidr)]);
    const asked = given.length > 0 ? undefined : config.asked.find((entry) => isSame(entry.value));
    return { value, from: asked?.from ?? "IPAM's answer" };
  });
}

function because<Value>(from: string, value: Value | undefined): From<Value> | undefined {
  return value === undefined ? undefined : { value, from };
}

/** The host's own address on a bridge, where the node routes: flanneld's `cbr0_ep`. */
function secondAddress(cidr: Cidr): Address {
  return { family: cidr.family, value: cidr.first + 2n };
}
