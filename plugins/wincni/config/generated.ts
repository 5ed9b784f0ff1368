import type { JsonObject } from '../../../cni/json-object.ts';
import { defined } from '../../../system/defined.ts';
import { networkModes } from './network-modes.ts';
import { gatewayIn, hostBlock, texts, type Wanted } from './wanted.ts';

/**
 * The configuration of a network: as flannel's documents for Windows have it where flanneld makes the network
 * (one OutBoundNAT, a route to the services), the same with host-local where it does not.
 */
export function generated(wanted: Wanted): JsonObject {
  const { cniVersion, mode, name } = wanted;
  const { byFlannel, plugin } = networkModes[mode];
  const capabilities = { portMappings: true, dns: true };
  const attaching = {
    type: plugin,
    ...(networkModes[mode].hasPolicies ? { apiVersion: 2 } : {}),
    dns: { nameservers: wanted.dns, search: [`svc.${wanted.domain}`] },
    ...policiesOf(wanted),
  };
  const { hns } = wanted;
  return {
    cniVersion,
    name,
    plugins: [
      byFlannel
        ? defined({ type: 'flannel', capabilities, hns, delegate: attaching })
        : defined({ ...attaching, capabilities, hns, ipam: ipamOf(wanted) }),
    ],
  };
}

function policiesOf(wanted: Wanted): JsonObject {
  const { cluster, mode, nodeAddress, nodes, services } = wanted;
  if (!networkModes[mode].hasPolicies) return {};
  const Exceptions = texts([...cluster, ...services, ...nodes]);
  // A bridge's pods reach their own node so, too.
  const routed = [
    ...texts(services),
    ...(nodeAddress && mode !== 'vxlan' ? [hostBlock(nodeAddress)] : []),
  ];
  const policies = [
    { Type: 'OutBoundNAT', Settings: { Exceptions } },
    ...routed.map((DestinationPrefix) => ({
      Type: 'SDNRoute',
      Settings: { DestinationPrefix, NeedEncap: true },
    })),
  ];
  return { policies: policies.map((value) => ({ name: 'EndpointPolicy', value })) };
}

/** host-local, a set of ranges for each family; without a subnet HNS gives the addresses. */
function ipamOf({ gateway, mode, pods }: Wanted): JsonObject {
  if (mode === 'nat') return defined({ subnet: texts(pods)[0] });
  const ranges = pods.map((cidr) => [
    defined({ subnet: texts([cidr])[0], gateway: gatewayIn(cidr, gateway) }),
  ]);
  return { type: 'host-local', ranges };
}
