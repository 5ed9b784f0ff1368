import { formatAddress, holds, parseCidr } from '../../cni/address.ts';
import type { JsonObject } from '../../cni/json-object.ts';
import { schemaVersion } from '../../hns-bridge/documents.ts';
import { bareId } from '../../hns-bridge/ids.ts';
import { textField } from '../../hns-bridge/json-document.ts';
import { type NodeState, subnetsOf } from '../../plugins/wincni/acceptance/node-state.ts';
import { idOf, ownNetworkId, ownPrefix } from './own-objects.ts';

/** The NAT network that pods of a test are put on. */
export interface NatNetwork {
  readonly id: string;
  readonly name: string;
  readonly subnet: string;
  /** What HNS is asked to make, where the node has none that may be used. */
  readonly toMake: JsonObject | undefined;
}

/** Subnets to make a network of, the first that no network overlaps. */
const candidates = ['192.168.212.0/24', '172.29.212.0/24', '10.212.212.0/24'];

/**
 * The node's own network `nat`, which Docker makes: used as it is, where nobody's endpoint is on it, since GC
 * removes from a network what no valid attachment has. Else, or where it is asked for, one of ours. Throws
 * where every subnet is taken.
 */
export function plannedNat(
  node: Pick<NodeState, 'state'>,
  { ours = false }: { readonly ours?: boolean } = {},
): NatNetwork {
  const subnets = subnetsOf({ ...node, v1: { networks: [], endpoints: [], namespaces: [] } });
  const nodes = node.state.networks.find(
    (network) => textField(network, 'Name')?.toLowerCase() === 'nat',
  );
  if (nodes && !ours && isFree(node, idOf(nodes))) {
    const name = textField(nodes, 'Name') ?? 'nat';
    const subnet = subnets.find(([, network]) => network === name)?.[0];
    if (subnet !== undefined) return { id: idOf(nodes), name, subnet, toMake: undefined };
  }
  const subnet = candidates.find((cidr) => !subnets.some(([other]) => overlap(cidr, other)));
  if (subnet === undefined) {
    throw new Error(`every subnet to try is in use: ${candidates.join(', ')}`);
  }
  const name = `${ownPrefix}-nat`;
  return { id: ownNetworkId(name), name, subnet, toMake: document(name, subnet) };
}

/** Whether no endpoint is on a network. */
const isFree = ({ state }: Pick<NodeState, 'state'>, network: string) =>
  !state.endpoints.some(
    (endpoint) => bareId(textField(endpoint, 'HostComputeNetwork') ?? '') === network,
  );

function overlap(one: string, other: string): boolean {
  const [a, b] = [parseCidr(one), parseCidr(other)];
  if (!a || !b || a.family !== b.family) return false;
  return (
    holds(a, { family: b.family, value: b.first }) || holds(b, { family: a.family, value: a.first })
  );
}

const document = (name: string, subnet: string): JsonObject => ({
  Name: name,
  Type: 'NAT',
  Ipams: [
    {
      Type: 'Static',
      Subnets: [
        {
          IpAddressPrefix: subnet,
          Routes: [{ NextHop: addressIn(subnet, 1), DestinationPrefix: '0.0.0.0/0' }],
        },
      ],
    },
  ],
  ...schemaVersion,
});

/** The address so many behind the subnet's first; of a negative number, before its last. */
export function addressIn(subnet: string, offset: number): string {
  const cidr = parseCidr(subnet);
  if (!cidr) throw new Error(`no subnet: ${subnet}`);
  const value = (offset < 0 ? cidr.last : cidr.first) + BigInt(offset);
  return formatAddress({ family: cidr.family, value });
}
