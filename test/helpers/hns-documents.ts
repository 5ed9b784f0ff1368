import { formatAddress, parseCidr } from '../../cni/address.ts';
import type { JsonObject } from '../../cni/json-object.ts';
import { schemaVersion } from '../../hns-bridge/simulator/state.ts';
import { defined } from '../../system/defined.ts';

/** V2 documents of what is on a node before the first pod, as HNS answers them. */

interface NetworkFacts {
  readonly id: string;
  /** The node's pod subnet, CIDR. */
  readonly subnet: string;
  readonly name?: string;
  /** The node's own address. */
  readonly nodeAddress?: string;
  /** The physical adapter. */
  readonly adapter?: string;
}

/** flanneld's VXLAN network: `flannel.4096`, not persistent (Flags 8), routes to other nodes. */
export function overlayNetwork(
  facts: NetworkFacts & { readonly vsid?: number; readonly remotes?: readonly RemoteSubnet[] },
): JsonObject {
  const vsid = facts.vsid ?? 4096;
  const routes = (facts.remotes ?? []).map((remote) => ({
    Type: 'RemoteSubnetRoute',
    Settings: {
      IsolationId: vsid,
      ProviderAddress: remote.nodeAddress,
      DestinationPrefix: remote.subnet,
      DistributedRouterMacAddress: remote.routerMac,
    },
  }));
  return network(facts, {
    name: `flannel.${vsid}`,
    type: 'Overlay',
    flags: 8,
    policies: [{ Type: 'HostRoute', Settings: {} }, ...routes],
    subnetPolicies: [{ Type: 'VSID', Settings: { IsolationId: vsid } }],
  });
}

/** The pod subnet of another node of an overlay. */
export interface RemoteSubnet {
  readonly subnet: string;
  readonly nodeAddress: string;
  readonly routerMac: string;
}

/** flanneld's host-gw network: `cbr0`, its gateway the first address; pods use the second. */
export function l2BridgeNetwork(facts: NetworkFacts): JsonObject {
  return network(facts, {
    name: 'cbr0',
    type: 'L2Bridge',
    flags: 0,
    policies: [],
  });
}

function network(
  facts: NetworkFacts,
  kind: {
    readonly name: string;
    readonly type: string;
    readonly flags: number;
    readonly policies: readonly JsonObject[];
    readonly subnetPolicies?: readonly JsonObject[];
  },
): JsonObject {
  const route = { NextHop: hostAddress(facts.subnet, 1n), DestinationPrefix: '0.0.0.0/0' };
  const subnet = defined({
    IpAddressPrefix: facts.subnet,
    Routes: [route],
    Policies: kind.subnetPolicies,
  });
  const adapter = facts.adapter ?? 'Ethernet';
  return {
    ID: facts.id,
    Name: facts.name ?? kind.name,
    Type: kind.type,
    Policies: [
      { Type: 'NetAdapterName', Settings: { NetworkAdapterName: adapter } },
      {
        Type: 'ProviderAddress',
        Settings: { ProviderAddress: facts.nodeAddress ?? '192.168.10.5' },
      },
      ...kind.policies,
    ],
    MacPool: {
      Ranges: [{ StartMacAddress: '00-15-5D-77-20-00', EndMacAddress: '00-15-5D-77-2F-FF' }],
    },
    Dns: {},
    Ipams: [{ Type: 'Static', Subnets: [subnet] }],
    Flags: kind.flags,
    ...schemaVersion,
  };
}

/** The node's own endpoint of a host-gw network: `cbr0_ep`, at the second address. */
export function hostEndpoint(facts: {
  readonly id: string;
  readonly network: string;
  /** The network's subnet, CIDR. */
  readonly subnet: string;
  readonly name?: string;
}): JsonObject {
  return {
    ID: facts.id,
    Name: facts.name ?? 'cbr0_ep',
    HostComputeNetwork: facts.network,
    Policies: [],
    IpConfigurations: [
      {
        IpAddress: hostAddress(facts.subnet, 2n),
        PrefixLength: parseCidr(facts.subnet)?.prefixLength ?? 0,
      },
    ],
    Dns: {},
    Routes: [{ NextHop: '0.0.0.0', DestinationPrefix: '0.0.0.0/0' }],
    MacAddress: '00-15-5D-77-20-01',
    Flags: 0,
    Health: { Data: null, Extra: null },
    ...schemaVersion,
  };
}

/** A pod's sandbox as containerd makes it; compartment 1 is the node's own. */
export function namespace(id: string, compartment = 2): JsonObject {
  return { ID: id, NamespaceId: compartment, Type: 'Host', Resources: [], ...schemaVersion };
}

/** The address that many above the subnet's first. Throws for what is no subnet. */
function hostAddress(subnet: string, offset: bigint): string {
  const cidr = parseCidr(subnet);
  if (!cidr) throw new Error(`expected a subnet in CIDR notation, found ${subnet}`);
  return formatAddress({ family: cidr.family, value: cidr.first + offset });
}
