import { bits, parseAddress } from '../../cni/address.ts';
import { anywhere } from '../../cni/default-route.ts';
import type { IpConfig, Result } from '../../cni/result.ts';
import type { Endpoint } from '../../hns-bridge/documents.ts';
import { defined } from '../../system/defined.ts';
import type { PodAttachment } from './attachment.ts';
import { resultDns } from './dns.ts';
import { type Network, subnetWith } from './network.ts';

/**
 * The result of ADD: one interface of the name the runtime asked for, every address pointing to it.
 * (containerd fails on an interface of another name, and maps an address without one to eth0.)
 */
export function resultOf(attachment: PodAttachment, network: Network, endpoint: Endpoint): Result {
  const { ifName: name, netns: sandbox } = attachment;
  return {
    interfaces: [defined({ name, sandbox, mac: endpoint.MacAddress })],
    ips: (endpoint.IpConfigurations ?? []).map(({ IpAddress = '', PrefixLength }) =>
      ipConfig(network, endpoint, IpAddress, PrefixLength),
    ),
    routes: (endpoint.Routes ?? []).flatMap(({ DestinationPrefix, NextHop }) =>
      DestinationPrefix && NextHop ? [{ dst: DestinationPrefix, gw: NextHop }] : [],
    ),
    dns: resultDns(endpoint.Dns),
  };
}

function ipConfig(
  network: Network,
  { Routes = [] }: Endpoint,
  text: string,
  prefixLength: number | undefined,
): IpConfig {
  const address = parseAddress(text);
  const family = address?.family ?? 4;
  const subnet = address && subnetWith(network, address);
  const route = Routes.find(({ DestinationPrefix }) => DestinationPrefix === anywhere[family]);
  const length = subnet?.cidr.prefixLength ?? prefixLength ?? bits(family);
  return defined({ address: `${text}/${length}`, interface: 0, gateway: route?.NextHop });
}
