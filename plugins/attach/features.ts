import { CniError, code } from '../../cni/error.ts';
import type { Hns } from '../../hns-bridge/client.ts';
import { supports } from '../../hns-bridge/features.ts';
import type { AllocatedIp } from '../../ipam/allocation.ts';
import type { Log } from '../../system/host.ts';
import type { AttachConfig } from './config.ts';
import type { Mode } from './modes.ts';
import type { Network } from './network.ts';

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
 * version only when it decides. Throws code 2 for an HNS without dual stack where there is no IPv4
 * address to go on with, or where `enableDualStack` insists on both: then the rest is for HNS to say.
 */
export async function obstacleToIpv6(
  mode: Mode,
  { flags }: AttachConfig,
  network: Network,
  ips: readonly AllocatedIp[],
  hns: Hns,
): Promise<string | undefined> {
  const has = (family: 4 | 6) => ips.some(({ cidr }) => cidr.family === family);
  const besides = mode.ipv6 === 'beside' || mode.ipv6 === 'beside-if-told';
  if (!besides || !has(6)) return undefined;
  const dispensable = has(4) && !flags.enableDualStack;
  if (dispensable && !network.subnets.some(({ cidr }) => cidr.family === 6)) {
    return `network ${network.name} has no IPv6 subnet`;
  }
  const version = await hns.version();
  if (supports(version, 'dualStack')) return undefined;
  const lack = `HNS ${version.major}.${version.minor} has no dual stack`;
  if (dispensable) return lack;
  throw new CniError(
    code.unsupportedField,
    `IPAM answered an IPv6 address, and ${lack}`,
    'ipam: it takes HNS 11.10 (Windows Server 2022); give IPAM an IPv4 range only',
  );
}
