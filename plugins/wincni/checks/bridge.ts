import { type Address, formatAddress, parseCidr, sameAddress } from '../../../cni/address.ts';
import type { AttachConfig } from '../../attach/config.ts';
import type { Mode } from '../../attach/modes.ts';
import type { Network } from '../../attach/network.ts';
import { hostAddresses } from '../../attach/plan.ts';
import type { Look } from '../facts/facts.ts';
import { type ListedEndpoint, readEndpoints } from '../pods/endpoints.ts';
import { type CheckedNode, check, type Finding } from './check.ts';
import { bare, podDeleted, podOf, restarted } from './commands.ts';
import { touch, within } from './reading/cluster.ts';
import { attachingInEffect } from './reading/configurations.ts';
import { delegatesInEffect, isOfType, podSubnets, subnetEnvOf } from './reading/flanneld.ts';
import { networkNamed } from './reading/hns-networks.ts';

/** A bridge of the node's, where pods' packets go by the host's own endpoint. */
interface Bridge {
  readonly network: Network;
  /** `.2` of its first IPv4 subnet. */
  readonly second: Address;
}

const bridgeSecond = check({
  id: 'bridge.second',
  about: "the second address of a bridge's subnet: the host's own endpoint, the pods' gateway",
  levels: ['fail', 'warn'],
  needs: ['looks', 'hns'],
  applies: (node) => bridgesOf(node).length > 0,
  unknown: ({ facts }) =>
    facts.looks.at(-1)?.endpoints ? undefined : 'the endpoints of the node are not known',
  find: (node) => bridgesOf(node).flatMap((bridge) => secondFindings(node, bridge)),
});

/** The bridges whose pods have the second address for their gateway. */
function bridgesOf({ configurations, facts }: CheckedNode): readonly Bridge[] {
  return attachingInEffect(configurations).flatMap(({ attach, call, mode }) => {
    const network = networkNamed(facts, call?.network);
    if (!network || !attach || network.type.toLowerCase() !== 'l2bridge') return [];
    const second = secondOf(mode, network);
    return second && isGateway(mode, attach, second) ? [{ network, second }] : [];
  });
}

/** Of the addresses that no pod may have, the one that is not a gateway of HNS's. */
function secondOf(mode: Mode, network: Network): Address | undefined {
  if (!mode.hostHasSecond) return undefined;
  const { subnets } = network;
  const four = subnets.find(({ cidr }) => cidr.family === 4);
  return four && hostAddresses(mode, { ...network, subnets: [{ cidr: four.cidr }] })[0];
}

function isGateway(mode: Mode, { flags, gateways }: AttachConfig, second: Address): boolean {
  if (mode.gateway === 'second' || flags.forceBridgeGateway) return true;
  return gateways.some(({ value }) => sameAddress(value, second));
}

function secondFindings(
  { facts }: CheckedNode,
  { network, second }: Bridge,
): readonly Finding<'fail' | 'warn'>[] {
  const look = facts.looks.at(-1);
  if (!look) return [];
  const address = formatAddress(second);
  const endpoint = readEndpoints(look.endpoints ?? []).find(
    (found) => isOn(found, network) && found.addresses.includes(address),
  );
  const lease = look.leases.find(
    (found) =>
      found.address === address && found.network.toLowerCase() === network.name.toLowerCase(),
  );
  const gateway = `${address}, the gateway of ${network.name}'s pods,`;
  if (endpoint?.whose.kind === 'pod') {
    const { container } = endpoint.whose;
    return [taken(look, container, address, `${gateway} is the endpoint of pod ${container}`)];
  }
  if (lease && !isReserved(lease.container)) {
    const { container } = lease;
    return [taken(look, container, address, `${gateway} is leased to ${container}`)];
  }
  if (!endpoint) {
    return [
      {
        level: 'warn',
        what: `no endpoint of the host's has ${gateway.replace(/,$/, '')}: pods reach nothing outside their node`,
        remedy: [restarted(facts, 'flanneld')],
      },
    ];
  }
  const alias = `vEthernet (${endpoint.name})`;
  const adapter = facts.adapters?.find(({ name }) => name === alias);
  if (adapter?.forwarding !== false) return [];
  return [
    {
      level: 'warn',
      what: `${alias} has ${gateway} and does not forward: what pods send to others stays there`,
      remedy: [`Set-NetIPInterface -InterfaceAlias ${bare(alias)} -Forwarding Enabled`],
    },
  ];
}

function isOn({ network: name }: ListedEndpoint, network: Network): boolean {
  return name.toLowerCase() === network.name.toLowerCase();
}

/** A lease that somebody made for the host, so that no pod gets the address: Microsoft's scripts' and kube-proxy's. */
function isReserved(container: string): boolean {
  return !/^[0-9a-f]{12,64}$/i.test(container);
}

function taken(look: Look, container: string, address: string, what: string): Finding<'fail'> {
  const pod = look.sandboxes?.find(({ id }) => id === container);
  return {
    level: 'fail',
    what: `${what}: no other pod reaches anything outside`,
    remedy: [pod ? podDeleted(pod) : podOf(address)],
  };
}

const bridgeRoutes = check({
  id: 'bridge.routes',
  about: "flanneld's routes to the other nodes' pods (host-gw)",
  levels: ['warn'],
  needs: ['routes'],
  applies: (node) =>
    subnetEnvOf(node) !== undefined &&
    delegatesInEffect(node).some(({ mode }) => isOfType(mode, 'L2Bridge')),
  find(node) {
    const { facts } = node;
    const cluster = (subnetEnvOf(node)?.exceptions ?? []).flatMap((text) => parseCidr(text) ?? []);
    const own = podSubnets(node);
    const others = (facts.routes ?? []).filter(({ destination, nextHop }) => {
      const cidr = parseCidr(destination);
      const isPods = cidr && cluster.some((network) => within(network, cidr));
      return (
        isPods && !own.some((subnet) => touch(subnet, cidr)) && !/^(?:0\.0\.0\.0|::)$/.test(nextHop)
      );
    });
    if (others.length > 0) return [];
    return [
      {
        level: 'warn',
        what: `there is no route to another node's pods in ${subnetEnvOf(node)?.exceptions.join(', ')}: with more nodes than this one, pods do not reach each other`,
        remedy: [restarted(facts, 'flanneld')],
      },
    ];
  },
});

/** What bridges alone have. */
export const bridgeChecks = [bridgeSecond, bridgeRoutes] as const;
