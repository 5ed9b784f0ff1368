import { type Address, addressOf, type Cidr, parseAddress, parseCidr } from '../../cni/address.ts';
import { isDefaultRoute } from '../../cni/default-route.ts';
import { CniError, code, invalidConfig } from '../../cni/error.ts';
import { isJsonObject, type JsonObject } from '../../cni/json-object.ts';
import { keyValue } from '../../cni/keys.ts';
import type { Call } from '../../cni/plugin.ts';
import type { Dns } from '../../cni/result.ts';
import type { Policy } from '../../hns-bridge/policy/policy.ts';
import { PolicyError, protocolNumber } from '../../hns-bridge/policy/values.ts';
import { type HnsWay, hnsWay } from '../../hns-bridge/ways.ts';
import { withRangeSets } from '../../ipam/range-sets.ts';
import { defined } from '../../system/defined.ts';
import type { From } from './from.ts';
import { listedPolicies } from './listed-policies.ts';
import type { Mode } from './modes.ts';
import { readSandbox } from './sandbox.ts';
import type { WrittenConfig } from './schema.ts';
import { readWritten } from './written-config.ts';

export interface PortMapping {
  readonly hostPort: number;
  readonly containerPort: number;
  /** IANA protocol number. */
  readonly protocol: number;
  /** As the runtime wrote it. */
  readonly protocolName: string;
  readonly hostIp?: Address;
}

/** What a network configuration says to the attach engine, validated: values, no text to parse. */
export interface AttachConfig {
  readonly apiVersion: 1 | 2 | undefined;
  /** How HNS is to be reached; undefined: the usual way. */
  readonly hns: HnsWay | undefined;
  readonly policies: readonly From<Policy>[];
  /** Whether exceptions are added to those that are listed (ipMasq). */
  readonly addExceptions: boolean;
  /** What SNAT leaves alone beside what is listed: ipMasqNetwork. */
  readonly exceptions: readonly Cidr[];
  /** `0E-2A`; undefined: the usual. */
  readonly macPrefix: string | undefined;
  /** The MAC address a runtime asks for, dashes between its pairs. */
  readonly mac: string | undefined;
  /** DNS settings, those that go before others first. */
  readonly dns: readonly From<Dns>[];
  readonly portMappings: readonly PortMapping[];
  /** Gateways the configuration insists on. */
  readonly gateways: readonly From<Address>[];
  /** Addresses that are asked for where HNS chooses: elsewhere that is IPAM's. */
  readonly asked: readonly From<Address>[];
  /** The subnets IPAM is told to give addresses from, as far as they are written here. */
  readonly subnets: readonly Cidr[];
  /** What is preferred is left out where HNS cannot do it; what is required is an error there. */
  readonly loopbackDsr: 'off' | 'preferred' | 'required';
  /** As they are written: `forceBridgeGateway`, `allowAclPortMapping`, …. */
  readonly flags: NonNullable<WrittenConfig['optionalFlags']>;
  /** Default routes to take a gateway from when nobody else names one. */
  readonly routeGateways: readonly From<Address>[];
  /** Whether the configuration asks for its network to be made when it is missing. */
  readonly createNetwork: boolean;
  /** The adapter a network is made on. */
  readonly adapter: string | undefined;
  /** Policies of a network that is made, as they are written. */
  readonly networkPolicies: readonly From<JsonObject>[];
  /** The DNS settings of a network that is made: those of every pod. */
  readonly networkDns: From<Dns>;
  /** The VXLAN network identifier of an overlay that is made. */
  readonly vni: number | undefined;
  /** The gateway of a network that is made, when the configuration says it. */
  readonly networkGateway: From<Address> | undefined;
  /** What was passed over of what is written, for the log. */
  readonly notes: readonly string[];
}

/** Reads the configuration of a Windows plugin. Throws code 7, naming the key that is wrong. */
export function readAttachConfig(mode: Mode, call: Call): AttachConfig {
  const { notes, written: raw } = readWritten(mode, withRangeSets(call.config));
  const listed = listedPolicies(mode, raw, readSandbox(call)?.dialect);
  const ports = portMappings(raw);
  const exceptions = exceptionsOf(raw);
  const flags = raw.optionalFlags ?? {};
  const networkGateway = parseAddress(raw.ipam?.routes?.[0]?.gw ?? '');
  return {
    apiVersion: raw.apiVersion === 1 || raw.apiVersion === 2 ? raw.apiVersion : undefined,
    hns: raw.hns,
    policies: listed.policies,
    addExceptions: raw.ipMasq ?? (mode.ipMasqNetworkSuffices && exceptions.length > 0),
    exceptions,
    macPrefix: raw.endpointMacPrefix || undefined,
    mac: raw.runtimeConfig?.mac?.replaceAll(':', '-').toUpperCase() || undefined,
    dns: dnsOf(mode, raw, call.args['K8S_POD_NAMESPACE']),
    portMappings: ports.mappings,
    gateways: gateways(raw),
    asked: hnsChooses(call) ? askedAddresses(raw, call) : [],
    subnets: subnets(raw),
    loopbackDsr: flags.loopbackDSR ? 'required' : raw.loopbackDSR ? 'preferred' : 'off',
    flags,
    routeGateways: flags.gatewayFromAdditionalRoutes ? routeGateways(raw) : [],
    createNetwork: raw.createNetwork ?? false,
    adapter: raw.master || undefined,
    networkPolicies: listed.networkPolicies,
    networkDns: { from: 'dns', value: defined({ ...raw.dns }) },
    vni: raw.vni,
    networkGateway: networkGateway && { from: 'ipam.routes[0].gw', value: networkGateway },
    notes: [...notes, ...listed.notes, ...ports.notes],
  };
}

/** `hns` alone, for what must not fail for the rest of a configuration (DEL, GC): a wrong one is none. */
export function hnsWayOf({ config }: Call): HnsWay | undefined {
  return hnsWay(keyValue(config, 'hns'));
}

function exceptionsOf({ ipMasqNetwork = [], otherIpMasqNetworks = [] }: WrittenConfig): Cidr[] {
  return [ipMasqNetwork, otherIpMasqNetworks].flat().flatMap((text) => parseCidr(text) ?? []);
}

/** Stream control transmission: Kubernetes has it, and Windows has not. */
const sctp = 132;

function portMappings(raw: WrittenConfig): {
  readonly mappings: readonly PortMapping[];
  readonly notes: readonly string[];
} {
  const read = (raw.runtimeConfig?.portMappings ?? []).map((entry, index) => {
    const path = `runtimeConfig.portMappings[${index}]`;
    const { containerPort = 0, hostPort = 0, protocol = 'tcp' } = entry;
    const hostIp = optionalAddress(`${path}.hostIP`, entry.hostIP);
    const number = protocolOf(path, protocol);
    const protocolName = String(protocol);
    return {
      path,
      ...defined({ hostPort, containerPort, protocol: number, protocolName, hostIp }),
    };
  });
  return {
    // A container port without a host port asks for nothing.
    mappings: read.filter(({ hostPort, protocol }) => hostPort !== 0 && protocol !== sctp),
    notes: read
      .filter(({ protocol }) => protocol === sctp)
      .map(({ path }) => `${path}: Windows has no sctp: the port is not mapped`),
  };
}

function protocolOf(path: string, value: string | number): number {
  try {
    return protocolNumber('protocol', value);
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error;
    throw invalidConfig(`${path}.protocol`, error.problem, error.details);
  }
}

/** Everywhere IPAM's subnets and gateways may be written. */
function rangesOf(raw: WrittenConfig) {
  const sets = [...(raw.runtimeConfig?.ipRanges ?? []), ...(raw.ipam?.ranges ?? [])];
  return [...(raw.ipam ? [raw.ipam] : []), ...sets.flat()];
}

function gateways(raw: WrittenConfig): From<Address>[] {
  return rangesOf(raw).flatMap(({ gateway = '' }) => {
    const value = parseAddress(gateway);
    return value ? [{ from: 'ipam.gateway', value }] : [];
  });
}

/** Whether no IPAM is named; one that is wrong is told where IPAM is asked. */
function hnsChooses({ config }: Call): boolean {
  const ipam = keyValue(config, 'ipam');
  return !isJsonObject(ipam) || (keyValue(ipam, 'type') ?? '') === '';
}

/** The places a runtime may ask for addresses in, host-local's. Throws code 4 for what is none in CNI_ARGS. */
function askedAddresses(raw: WrittenConfig, { args }: Call): From<Address>[] {
  const listed = (path: string, texts: readonly string[] = []) =>
    texts.map((text, index) => ({ text, from: `${path}[${index}]` }));
  const { IP = '' } = args;
  const asked = [
    { text: IP, from: 'CNI_ARGS IP' },
    ...listed('args.cni.ips', raw.args?.cni?.ips),
    ...listed('runtimeConfig.ips', raw.runtimeConfig?.ips),
  ];
  return asked.flatMap(({ from, text }) => {
    if (text === '') return [];
    const cidr = parseCidr(text);
    const value = cidr ? addressOf(cidr) : parseAddress(text);
    if (value) return [{ from, value }];
    const found = JSON.stringify(text.slice(0, 80));
    throw new CniError(code.invalidEnvironment, `${from}: expected an IP address, found ${found}`);
  });
}

function optionalAddress(path: string, text: string | undefined): Address | undefined {
  if (text === undefined || text === '') return undefined;
  const address = parseAddress(text);
  if (address) return address;
  throw invalidConfig(path, `expected an IP address, found ${JSON.stringify(text)}`);
}

function routeGateways(raw: WrittenConfig): From<Address>[] {
  return (raw.additionalRoutes ?? []).flatMap(({ dst, gw }, index) => {
    const value = isDefaultRoute(dst) ? parseAddress(gw ?? '') : undefined;
    return value ? [{ from: `additionalRoutes[${index}]`, value }] : [];
  });
}

/** What is not a subnet here is left for IPAM to complain of: it may be another's own notation. */
function subnets(raw: WrittenConfig): Cidr[] {
  return rangesOf(raw).flatMap(({ subnet }) => parseCidr(subnet ?? '') ?? []);
}

function dnsOf(mode: Mode, raw: WrittenConfig, podNamespace: string | undefined): From<Dns>[] {
  const { options, searches, servers } = raw.runtimeConfig?.dns ?? {};
  const search = podSearch(mode, raw.dns?.search ?? [], podNamespace);
  return [
    {
      from: 'runtimeConfig.dns',
      value: defined({ nameservers: servers, search: searches, options }),
    },
    { from: 'dns', value: defined({ ...raw.dns, search }) },
  ];
}

/**
 * Microsoft's plugins make `svc.cluster.local` the pod's own `<namespace>.svc.cluster.local`, and so
 * with whatever comes first.
 */
function podSearch(mode: Mode, search: readonly string[], podNamespace: string | undefined) {
  const [first, ...rest] = search;
  if (!mode.podNamespaceInSearch || !podNamespace || first === undefined) return search;
  return [`${podNamespace}.${first}`, ...rest];
}
