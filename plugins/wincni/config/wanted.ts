import {
  type Address,
  bits,
  type Cidr,
  cidrOf,
  formatAddress,
  formatCidr,
  parseAddress,
  parseCidr,
} from '../../../cni/address.ts';
import { identifierRule, isIdentifier } from '../../../cni/identifiers.ts';
import { isSpecVersion, type SpecVersion, specVersions } from '../../../cni/versions.ts';
import { type HnsWay, hnsWay, hnsWays } from '../../../hns-bridge/ways.ts';
import { defined, type MayLack } from '../../../system/defined.ts';
import { touch, within } from '../checks/reading/cluster.ts';
import { exit, OperatorError } from '../exit.ts';
import { type NetworkMode, networkModes } from './network-modes.ts';

/** What is typed: texts, by their flags. */
export interface Typed {
  readonly mode?: string | undefined;
  readonly clusterCidr?: string | undefined;
  readonly serviceCidr?: string | undefined;
  readonly podCidr?: string | undefined;
  readonly nodeSubnet?: string | undefined;
  readonly nodeAddress?: string | undefined;
  readonly gateway?: string | undefined;
  readonly dns?: string | undefined;
  readonly clusterDomain?: string | undefined;
  readonly name?: string | undefined;
  readonly cniVersion?: string | undefined;
  readonly hns?: string | undefined;
}

/** The configuration that is wanted: values. */
export interface Wanted {
  readonly mode: NetworkMode;
  readonly cluster: readonly Cidr[];
  readonly services: readonly Cidr[];
  /** This node's share of the pods' networks, where no flanneld says it. */
  readonly pods: readonly Cidr[];
  readonly nodes: readonly Cidr[];
  readonly nodeAddress?: Address;
  readonly gateway?: Address;
  readonly dns: readonly string[];
  readonly domain: string;
  readonly name: string;
  readonly cniVersion: SpecVersion;
  readonly hns?: HnsWay;
  /** What is typed and has no effect. */
  readonly notes: readonly string[];
}

/** Reads what is typed. Throws OperatorError, naming the flag, for what is wrong or missing. */
export function readWanted(typed: Typed): Wanted {
  const mode = modeOf(typed.mode);
  const rule = networkModes[mode];
  const cluster = cidrs('--cluster-cidr', typed.clusterCidr, rule.families);
  const services = cidrs('--service-cidr', typed.serviceCidr, rule.families);
  const pods = cidrs('--pod-cidr', typed.podCidr, rule.families);
  const nodes = cidrs('--node-subnet', typed.nodeSubnet, rule.families);
  for (const [flag, found] of [
    ['--cluster-cidr', cluster],
    ['--service-cidr', services],
    ['--pod-cidr', pods],
  ] as const) {
    if (found.length > 0 || !rule.needs.includes(flag)) continue;
    throw usage(`${flag} is missing: --mode ${mode} needs it`);
  }
  assertApart(['--service-cidr', services], ['--cluster-cidr', cluster]);
  assertApart(['--service-cidr', services], ['--node-subnet', nodes]);
  assertInside(pods, cluster);
  const gateway = address('--gateway', typed.gateway);
  if (gateway && !pods.some((cidr) => within(cidr, blockOf(gateway)))) {
    throw usage(`--gateway: ${formatAddress(gateway)} is not in --pod-cidr`);
  }
  return defined({
    mode,
    cluster,
    services,
    pods,
    nodes,
    nodeAddress: address('--node-address', typed.nodeAddress),
    gateway,
    dns: (typed.dns ?? '').split(',').flatMap((text) => {
      const found = text.trim() === '' ? undefined : address('--dns', text.trim());
      return found ? [formatAddress(found)] : missingDns(typed.dns);
    }),
    domain: domainOf(typed.clusterDomain),
    name: nameOf(typed.name ?? rule.name),
    cniVersion: versionOf(typed.cniVersion ?? '1.0.0'),
    hns: hnsOf(typed.hns),
    notes: rule.unused.flatMap(([flag, key, why]) =>
      typed[key] === undefined ? [] : [`${flag} has no effect with --mode ${mode}: ${why}`],
    ),
  } satisfies MayLack<Wanted>);
}

function usage(message: string): OperatorError {
  return new OperatorError(exit.usage, message, ['wincni config generate --help']);
}

const shown = (text: string) => JSON.stringify(text.slice(0, 80));

function modeOf(text: string | undefined): NetworkMode {
  const names = Object.keys(networkModes).join(', ');
  if (text === undefined) throw usage(`--mode is missing: it is one of ${names}`);
  if (isMode(text)) return text;
  throw usage(`--mode: expected one of ${names}, found ${shown(text)}`);
}

function isMode(text: string): text is NetworkMode {
  return Object.hasOwn(networkModes, text);
}

/** One block of each family, host bits cleared by whoever types it. */
function cidrs(
  flag: string,
  text: string | undefined,
  families: readonly (4 | 6)[],
): readonly Cidr[] {
  if (text === undefined) return [];
  const found = text.split(',').map((part) => {
    const cidr = parseCidr(part.trim());
    if (!cidr) throw usage(`${flag}: expected a CIDR such as 10.244.0.0/16, found ${shown(part)}`);
    if (cidr.address !== cidr.first) {
      throw usage(`${flag}: ${part.trim()} has host bits set: its network is ${formatCidr(cidr)}`);
    }
    if (!families.includes(cidr.family)) {
      throw usage(`${flag}: ${formatCidr(cidr)} is IPv6, which networks of this mode have not`);
    }
    return cidr;
  });
  const second = found.find(
    (cidr, index) => found.findIndex(({ family }) => family === cidr.family) !== index,
  );
  if (second) throw usage(`${flag}: more than one block of IPv${second.family}`);
  return found;
}

function address(flag: string, text: string | undefined): Address | undefined {
  if (text === undefined) return undefined;
  const found = parseAddress(text);
  if (found) return found;
  throw usage(`${flag}: expected an IP address, found ${shown(text)}`);
}

function missingDns(text: string | undefined): never {
  throw usage(
    text === undefined
      ? "--dns is missing: the address of the cluster's DNS service, such as 10.96.0.10"
      : `--dns: expected IP addresses with commas between, found ${shown(text)}`,
  );
}

function assertApart(
  [flag, one]: readonly [string, readonly Cidr[]],
  [otherFlag, other]: readonly [string, readonly Cidr[]],
): void {
  for (const cidr of one) {
    const found = other.find((another) => touch(cidr, another));
    if (!found) continue;
    throw usage(
      `${flag} ${formatCidr(cidr)} and ${otherFlag} ${formatCidr(found)} have addresses in common`,
    );
  }
}

function assertInside(pods: readonly Cidr[], cluster: readonly Cidr[]): void {
  for (const cidr of pods) {
    const ofFamily = cluster.filter(({ family }) => family === cidr.family);
    if (ofFamily.length === 0 || ofFamily.some((network) => within(network, cidr))) continue;
    throw usage(
      `--pod-cidr ${formatCidr(cidr)} is not in --cluster-cidr ${ofFamily.map(formatCidr).join(',')}`,
    );
  }
}

function blockOf({ family, value }: Address): Cidr {
  return cidrOf({ family, value }, bits(family));
}

function domainOf(text = 'cluster.local'): string {
  if (/^[a-z0-9]([a-z0-9.-]{0,200}[a-z0-9])?$/i.test(text)) return text;
  throw usage(`--cluster-domain: expected a domain such as cluster.local, found ${shown(text)}`);
}

function nameOf(text: string): string {
  if (isIdentifier(text)) return text;
  throw usage(`--name: expected ${identifierRule}, found ${shown(text)}`);
}

function versionOf(text: string): SpecVersion {
  if (isSpecVersion(text)) return text;
  throw usage(`--cni-version: expected one of ${specVersions.join(', ')}, found ${shown(text)}`);
}

function hnsOf(text: string | undefined): HnsWay | undefined {
  const way = hnsWay(text);
  if (text === undefined || way) return way;
  throw usage(`--hns: expected one of ${hnsWays.join(', ')}, found ${shown(text)}`);
}

/** An address as a block of its own. */
export function hostBlock(address: Address): string {
  return formatCidr(blockOf(address));
}

/** Blocks as documents have them. */
export function texts(blocks: readonly Cidr[]): readonly string[] {
  return blocks.map(formatCidr);
}

/** The gateway, if it is one of a block's. */
export function gatewayIn(cidr: Cidr, gateway: Address | undefined): string | undefined {
  return gateway && within(cidr, blockOf(gateway)) ? formatAddress(gateway) : undefined;
}
