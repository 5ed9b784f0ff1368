import { addressOf, formatAddress, formatCidr } from '../../cni/address.ts';
import { CniError, code, invalidConfig } from '../../cni/error.ts';
import type { Hns } from '../../hns-bridge/client.ts';
import { supports } from '../../hns-bridge/features.ts';
import type { AllocatedIp } from '../../ipam/allocation.ts';
import type { Log } from '../../system/host.ts';
import type { AttachConfig } from './config.ts';
import type { Mode } from './modes.ts';
import { type Network, subnetWith } from './network.ts';

/**
 * Whether an endpoint gets loopback DSR. HNS is asked for its version only when it is wanted.
 * Throws code 2 when it is required (`optionalFlags.loopbackDSR`) of an HNS that has none, or of an
 * address that HNS chooses: the policy must name it before.
 */
export async function loopbackDsr(
  wanted: AttachConfig['loopbackDsr'],
  ips: readonly AllocatedIp[],
  hns: Hns,
  log: Log,
): Promise<boolean> {
  if (wanted === 'off') return false;
  const obstacle = await obstacleToDsr(ips, hns);
  if (obstacle === undefined) return true;
  if (wanted === 'preferred') {
    log('loopbackDSR left out', { reason: obstacle });
    return false;
  }
  throw new CniError(
    code.unsupportedField,
    `optionalFlags.loopbackDSR: ${obstacle}`,
    'optionalFlags.loopbackDSR: true; update Windows and use an IPAM plugin, or take the flag out',
  );
}

async function obstacleToDsr(ips: readonly AllocatedIp[], hns: Hns): Promise<string | undefined> {
  if (ips.length === 0) return 'HNS chooses the address, and the policy must name it';
  const version = await hns.version();
  if (supports(version, 'dsr')) return undefined;
  return `HNS ${version.major}.${version.minor} has no direct server return`;
}

/**
 * Why an endpoint has to do without the IPv6 address that IPAM gave beside an IPv4 one: the network has no
 * subnet for it, or HNS no dual stack. Undefined where nothing is in its way. HNS is asked for its
 * version only when it decides. Where there is no IPv4 address to go on with, or `enableDualStack`
 * insists on both, it throws code 2 for an HNS without dual stack, and 7 for an address of no subnet.
 */
export async function obstacleToIpv6(
  mode: Mode,
  { flags }: AttachConfig,
  network: Network,
  ips: readonly AllocatedIp[],
  hns: Hns,
): Promise<string | undefined> {
  const of = (family: 4 | 6) => ips.find(({ cidr }) => cidr.family === family);
  const besides = mode.ipv6 === 'beside' || mode.ipv6 === 'beside-if-told';
  const six = of(6);
  if (!besides || !six) return undefined;
  const dispensable = of(4) !== undefined && !flags.enableDualStack;
  const address = addressOf(six.cidr);
  const fits = subnetWith(network, address) !== undefined;
  if (dispensable && !fits) {
    return network.subnets.some(({ cidr }) => cidr.family === 6)
      ? `no subnet of network ${network.name} has ${formatAddress(address)}`
      : `network ${network.name} has no IPv6 subnet`;
  }
  const version = await hns.version();
  if (supports(version, 'dualStack')) {
    if (fits) return undefined;
    const subnets = network.subnets.map(({ cidr }) => formatCidr(cidr)).join(', ');
    throw invalidConfig(
      'ipam',
      `IPAM answered ${formatAddress(address)}, which is in no subnet of network ${network.name}`,
      `give IPAM ranges of its subnets: ${subnets || 'it has none'}`,
    );
  }
  const lack = `HNS ${version.major}.${version.minor} has no dual stack`;
  if (dispensable) return lack;
  throw new CniError(
    code.unsupportedField,
    `IPAM answered an IPv6 address, and ${lack}`,
    'ipam: it takes HNS 11.10 (Windows Server 2022); give IPAM an IPv4 range only',
  );
}
