import { bits, holds, parseAddress, parseCidr } from '../../cni/address.ts';
import type { Call } from '../../cni/plugin.ts';
import type { IpConfig, Result } from '../../cni/result.ts';
import type { Endpoint, Network } from '../../hns-bridge/model.ts';
import { resultDns } from './dns.ts';

/**
 * The result of ADD: one interface of the name the runtime asked for, every address pointing to it.
 * (containerd fails on an interface of another name, and maps an address without one to eth0.)
 */
export function resultOf(call: Call, network: Network, endpoint: Endpoint): Result {
  return {
    interfaces: [
      {
        name: call.ifName,
        sandbox: call.netns,
        ...(endpoint.mac === undefined ? {} : { mac: endpoint.mac }),
      },
    ],
    ips: endpoint.addresses.map(({ address, prefixLength }) =>
      ipConfig(network, endpoint, address, prefixLength),
    ),
    routes: endpoint.routes.map(({ destination, nextHop }) => ({ dst: destination, gw: nextHop })),
    dns: resultDns(endpoint.dns),
  };
}

function ipConfig(
  network: Network,
  endpoint: Endpoint,
  text: string,
  prefixLength: number | undefined,
): IpConfig {
  const address = parseAddress(text);
  const family = address?.family ?? 4;
  const subnet = network.subnets
    .flatMap(({ prefix }) => parseCidr(prefix) ?? [])
    .find((cidr) => address !== undefined && holds(cidr, address));
  const anywhere = family === 4 ? '0.0.0.0/0' : '::/0';
  const gateway = endpoint.routes.find(({ destination }) => destination === anywhere)?.nextHop;
  const length = subnet?.prefixLength ?? prefixLength ?? bits(family);
  return {
    address: `${text}/${length}`,
    interface: 0,
    ...(gateway === undefined ? {} : { gateway }),
  };
}
