import { type Cidr, canonicalAddress, parseCidr } from '../../cni/address.ts';
import { parseConfig } from '../../cni/config.ts';
import { CniError, code } from '../../cni/error.ts';
import { isJsonObject } from '../../cni/keys.ts';
import type { Call } from '../../cni/plugin.ts';
import type { Dns } from '../../cni/result.ts';
import type { EndpointPolicy } from '../../hns-bridge/model.ts';
import { readPolicy } from '../../hns-bridge/policies.ts';
import { PolicyError, protocolNumber } from '../../hns-bridge/policy-fields.ts';
import type { Mode } from './modes.ts';
import { attachSchema, type WrittenConfig } from './schema.ts';

/** A policy of the configuration, and where it stands there: `policies[1]`. */
export interface ListedPolicy {
  readonly where: string;
  readonly policy: EndpointPolicy;
}

export interface PortMapping {
  readonly hostPort: number;
  readonly containerPort: number;
  /** IANA protocol number. */
  readonly protocol: number;
  readonly hostIp?: string;
}

/** What a network configuration says to the attach engine, validated. */
export interface AttachConfig {
  readonly apiVersion: 1 | 2 | undefined;
  readonly listed: readonly ListedPolicy[];
  /** Whether what leaves the node is masqueraded, so that exceptions are added. */
  readonly masquerade: boolean;
  readonly masqueradeNetworks: readonly Cidr[];
  /** `0E-2A`. */
  readonly macPrefix: string;
  /** The MAC address a runtime asks for, dashes between its pairs. */
  readonly mac: string | undefined;
  readonly dns: Dns;
  readonly portMappings: readonly PortMapping[];
  /** Gateways the configuration insists on. */
  readonly gateways: readonly string[];
  /** The subnets IPAM is told to give addresses from, as far as they are written here. */
  readonly subnets: readonly Cidr[];
  /** A wish is left out where HNS cannot do it, a demand is an error there. */
  readonly loopbackDsr: 'off' | 'wish' | 'demand';
  readonly localRoutedPortMapping: boolean;
  readonly aclPortMapping: boolean;
  readonly secondAddressGateway: boolean;
  /** Whether a pod whose addresses HNS chooses has one of each family. */
  readonly dualStack: boolean;
  /** Default routes to take a gateway from when nobody else names one. */
  readonly routeGateways: readonly string[];
  /** Whether the configuration asks for its network to be made when it is missing. */
  readonly createNetwork: boolean;
  /** The adapter a network is made on. */
  readonly adapter: string | undefined;
  /** The VXLAN network identifier of an overlay that is made. */
  readonly vni: number | undefined;
  /** The gateway of a network that is made, when the configuration says it. */
  readonly networkGateway: string | undefined;
}

/** Reads the configuration of a Windows plugin. Throws code 7, naming the key that is wrong. */
export function readAttachConfig(mode: Mode, call: Call): AttachConfig {
  const raw = parseConfig(attachSchema, call.config);
  const networks = masqueradeNetworks(raw);
  const flags = raw.optionalFlags ?? {};
  const apiVersion = raw.apiVersion;
  return {
    apiVersion: apiVersion === 0 ? undefined : apiVersion,
    listed: listedPolicies(raw),
    masquerade: raw.ipMasq ?? (mode.masqueradeByNetwork && networks.length > 0),
    masqueradeNetworks: networks,
    macPrefix: macPrefix(raw.endpointMacPrefix),
    mac: macAddress(raw.runtimeConfig?.mac),
    dns: dnsOf(mode, raw, call.args['K8S_POD_NAMESPACE']),
    portMappings: portMappings(raw),
    gateways: gateways(raw),
    subnets: subnets(raw),
    loopbackDsr: flags.loopbackDSR ? 'demand' : raw.loopbackDSR ? 'wish' : 'off',
    localRoutedPortMapping: flags.localRoutedPortMapping ?? false,
    aclPortMapping: flags.allowAclPortMapping ?? false,
    secondAddressGateway: flags.forceBridgeGateway ?? false,
    dualStack: flags.enableDualStack ?? false,
    routeGateways: flags.gatewayFromAdditionalRoutes ? routeGateways(raw) : [],
    createNetwork: raw.createNetwork ?? false,
    adapter: raw.master || undefined,
    vni: raw.vni,
    networkGateway: canonicalAddress(raw.ipam?.routes?.[0]?.gw ?? ''),
  };
}

function invalid(where: string, complaint: string, remedy = ''): CniError {
  const message = `invalid network configuration: ${where}: ${complaint}`;
  return new CniError(code.invalidConfig, message, remedy);
}

function listedPolicies(raw: WrittenConfig): ListedPolicy[] {
  const named = (key: string, entries: WrittenConfig['policies']) =>
    (entries ?? []).flatMap((entry, index) =>
      // Other names (NetworkPolicy) are for other consumers of the same file.
      entry.name.toLowerCase() === 'endpointpolicy'
        ? [listedPolicy(`${key}[${index}]`, entry.value)]
        : [],
    );
  return [
    ...named('policies', raw.policies),
    ...named('AdditionalArgs', raw.AdditionalArgs),
    ...(raw.HcnPolicyArgs ?? []).map((value, index) =>
      listedPolicy(`HcnPolicyArgs[${index}]`, value),
    ),
  ];
}

function listedPolicy(where: string, value: unknown): ListedPolicy {
  if (!isJsonObject(value)) throw invalid(`${where}.value`, 'expected object');
  return { where, policy: inWords(() => readPolicy(value), where) };
}

/** What a reader of HNS's policies gives; what it cannot read is code 7, and says where. */
export function inWords<Value>(read: () => Value, ...where: readonly string[]): Value {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error;
    throw invalid([...where, error.field].join(': '), error.what, error.details);
  }
}

function masqueradeNetworks(raw: WrittenConfig): Cidr[] {
  const given = raw.ipMasqNetwork ?? [];
  const texts = typeof given === 'string' ? [given] : given;
  return texts
    .filter((text) => text !== '')
    .map((text) => {
      const cidr = parseCidr(text);
      if (!cidr) throw invalid('ipMasqNetwork', `expected a CIDR, found ${JSON.stringify(text)}`);
      return cidr;
    });
}

function macPrefix(text: string | undefined): string {
  if (text === undefined || text === '') return '0E-2A';
  if (!/^[0-9a-f]{2}-[0-9a-f]{2}$/i.test(text)) {
    throw invalid(
      'endpointMacPrefix',
      `expected two hex pairs such as 0E-2A, found ${JSON.stringify(text)}`,
    );
  }
  return text.toUpperCase();
}

function macAddress(text: string | undefined): string | undefined {
  if (text === undefined || text === '') return undefined;
  if (!/^[0-9a-f]{2}(?:[-:][0-9a-f]{2}){5}$/i.test(text)) {
    throw invalid('runtimeConfig.mac', `expected six hex pairs, found ${JSON.stringify(text)}`);
  }
  return text.replaceAll(':', '-').toUpperCase();
}

function portMappings(raw: WrittenConfig): PortMapping[] {
  return (raw.runtimeConfig?.portMappings ?? []).flatMap((entry, index) => {
    // A container port without a host port asks for nothing.
    if (entry.hostPort === 0) return [];
    const where = `runtimeConfig.portMappings[${index}]`;
    const protocol = inWords(() => protocolNumber(`${where}.protocol`, entry.protocol ?? 'tcp'));
    const mapping = { hostPort: entry.hostPort, containerPort: entry.containerPort, protocol };
    if (entry.hostIP === undefined || entry.hostIP === '') return [mapping];
    const hostIp = canonicalAddress(entry.hostIP);
    if (hostIp === undefined) {
      throw invalid(
        `${where}.hostIP`,
        `expected an IP address, found ${JSON.stringify(entry.hostIP)}`,
      );
    }
    return [{ ...mapping, hostIp }];
  });
}

/** Everywhere IPAM's subnets and gateways may be written. */
function rangesOf(raw: WrittenConfig) {
  const sets = [...(raw.runtimeConfig?.ipRanges ?? []), ...(raw.ipam?.ranges ?? [])];
  return [...(raw.ipam ? [raw.ipam] : []), ...sets.flat()];
}

function gateways(raw: WrittenConfig): string[] {
  return rangesOf(raw).flatMap(({ gateway }) => {
    if (gateway === undefined || gateway === '') return [];
    const address = canonicalAddress(gateway);
    if (address !== undefined) return [address];
    throw invalid('ipam.gateway', `expected an IP address, found ${JSON.stringify(gateway)}`);
  });
}

function routeGateways(raw: WrittenConfig): string[] {
  return (raw.additionalRoutes ?? []).flatMap(({ dst, gw }) => {
    const anywhere = dst === '0.0.0.0/0' || dst === '::/0';
    return (anywhere && canonicalAddress(gw ?? '')) || [];
  });
}

/** What is not a subnet here is left for IPAM to complain of: it may be another's own notation. */
function subnets(raw: WrittenConfig): Cidr[] {
  return rangesOf(raw).flatMap(({ subnet }) => parseCidr(subnet ?? '') ?? []);
}

function dnsOf(mode: Mode, raw: WrittenConfig, podNamespace: string | undefined): Dns {
  const dns = raw.dns ?? {};
  const runtime = raw.runtimeConfig?.dns ?? {};
  const filled = (list: readonly string[] | undefined) => (list?.length ? list : undefined);
  const search = podSearch(mode, dns.search ?? [], podNamespace);
  return {
    nameservers: filled(runtime.servers) ?? dns.nameservers ?? [],
    search: filled(runtime.searches) ?? search,
    options: filled(runtime.options) ?? dns.options ?? [],
    ...(dns.domain ? { domain: dns.domain } : {}),
  };
}

/** Microsoft's plugins make `svc.cluster.local` the pod's own `<namespace>.svc.cluster.local`. */
function podSearch(mode: Mode, search: readonly string[], podNamespace: string | undefined) {
  const [first, ...rest] = search;
  if (!mode.podNamespaceInSearch || !podNamespace || !first?.startsWith('svc.')) return search;
  return [`${podNamespace}.${first}`, ...rest];
}
