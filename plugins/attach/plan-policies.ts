import { addressOf, type Cidr, formatAddress, formatCidr } from '../../cni/address.ts';
import { texts, textsField } from '../../hns-bridge/json-document.ts';
import { type Policy, writtenValue } from '../../hns-bridge/policy/policy.ts';
import type { Dialect } from '../../hns-bridge/policy/types.ts';
import { portMappingFlags } from '../../hns-bridge/policy/types.ts';
import type { AllocatedIp } from '../../ipam/allocation.ts';
import { defined } from '../../system/defined.ts';
import type { AttachConfig, PortMapping } from './config.ts';
import { exceptionLists, exceptionsIn, isExceptionList } from './exception-lists.ts';
import type { From } from './from.ts';
import type { Mode } from './modes.ts';
import type { Network } from './network.ts';

/** What the policies of an endpoint are made from. */
export interface PolicyFacts {
  readonly mode: Mode;
  readonly config: AttachConfig;
  readonly network: Network;
  /** What IPAM gave; empty when HNS chooses the address. */
  readonly ips: readonly AllocatedIp[];
  /** Whether a pod may reach itself through a service (loopback DSR), as the HNS version allows. */
  readonly loopbackDsr: boolean;
  /** The dialect that the endpoint is asked for in. */
  readonly dialect: Dialect;
}

interface PlannedPolicies {
  readonly policies: readonly From<Policy>[];
  readonly notes: readonly string[];
}

/**
 * The policies of an endpoint: what is listed, one exception list for each family, and what mode,
 * port mappings and addresses ask for.
 */
export function planPolicies(facts: PolicyFacts): PlannedPolicies {
  const { policies } = facts.config;
  const lists = policies.filter(({ value }) => isExceptionList(value));
  const merged = exceptionLists(lists, facts.config.addExceptions ? addedExceptions(facts) : []);
  // What is listed keeps its order, the exceptions where their first list stood.
  const [first] = lists;
  const listed = policies.flatMap((entry) => {
    if (entry === first) return merged;
    return isExceptionList(entry.value) ? [] : [entry];
  });
  const others = listed.map(({ value }) => value);
  const ports = portMappings(facts);
  return {
    policies: [
      ...listed,
      ...providerAddress(facts, others),
      ...(first ? [] : merged),
      ...ports.policies,
      ...loopback(facts, others),
    ],
    notes: [
      ...lists.flatMap(clearedExceptions),
      ...policies.flatMap(clearedDestination),
      ...ports.notes,
    ],
  };
}

function clearedExceptions({ from, value }: From<Policy>): readonly string[] {
  const written = writtenValue(value, 'Exceptions');
  const said = texts(typeof written === 'string' && written !== '' ? written.split(',') : written);
  const read = exceptionsIn(value);
  return (said ?? []).flatMap((text, index) =>
    text.trim() === read[index] ? [] : [`${from}: exception ${text} was read as ${read[index]}`],
  );
}

function clearedDestination({ from, value }: From<Policy>): readonly string[] {
  const written = writtenValue(value, 'DestinationPrefix');
  const sent = value.Settings['DestinationPrefix'];
  if (value.Type !== 'SDNRoute' || written === sent) return [];
  return [`${from}: destination ${written} was read as ${sent}`];
}

/** Of the networks that are not masqueraded, those of IPv6 are nothing to an endpoint of IPv4 alone. */
function usefulExceptions({ config: { exceptions }, ips }: PolicyFacts): readonly Cidr[] {
  const has = (family: 4 | 6) => ips.some(({ cidr }) => cidr.family === family);
  const ofIpv4 = exceptions.filter(({ family }) => family === 4);
  return has(4) && !has(6) && ofIpv4.length > 0 ? ofIpv4 : exceptions;
}

function addedExceptions(facts: PolicyFacts): readonly From<string>[] {
  const { mode, network } = facts;
  const all = (from: string, cidrs: readonly Cidr[]) =>
    cidrs.map((cidr) => ({ from, value: formatCidr(cidr) }));
  const ofNetwork = all(
    "network's subnets",
    network.subnets.map(({ cidr }) => cidr),
  );
  const ofConfig = all('ipMasqNetwork', usefulExceptions(facts));
  switch (mode.addedExceptions) {
    case 'none':
      return [];
    case 'configured':
      return ofConfig;
    case 'configured-and-subnets':
      return [...ofNetwork, ...ofConfig];
  }
}

/** Whether the endpoints of a configuration name the management address of their network. */
export function needsManagementAddress(mode: Mode, { policies }: AttachConfig): boolean {
  return mode.providerAddress && !policies.some(({ value }) => value.Type === 'ProviderAddress');
}

function providerAddress(
  { mode, network }: PolicyFacts,
  listed: readonly Policy[],
): readonly From<Policy>[] {
  if (!mode.providerAddress || network.managementAddress === undefined) return [];
  if (listed.some(({ Type }) => Type === 'ProviderAddress')) return [];
  const Settings = { ProviderAddress: network.managementAddress };
  return [{ value: { Type: 'ProviderAddress', Settings }, from: "network's management address" }];
}

/** The priority of the rules that let mapped ports in, and, of its template, of one that allows out (Microsoft's). */
const aclPriority = { mappedPort: 1000, allowOut: 2000 };

function portMappings({ config, dialect, ips, mode }: PolicyFacts): PlannedPolicies {
  const assignedByHns = ips.length === 0;
  const dual = assignedByHns
    ? config.flags.enableDualStack
    : ips.some(({ cidr }) => cidr.family === 6);
  const familiesOf = dialect === 'v1' ? () => familiesInV1 : familiesInV2(mode, dual);
  const everywhere = config.portMappings.filter(({ hostIp }) => hostIp && dialect === 'v1');
  const unmapped = config.portMappings.filter((mapping) => familiesOf(mapping).length === 0);
  const policies = config.portMappings.flatMap((mapping, index) => {
    if (unmapped.includes(mapping)) return [];
    const from = `runtimeConfig.portMappings[${index}]`;
    const mapped = familiesOf(mapping).map((family) => ({
      value: portMapping(config, dialect, mapping, family),
      from,
    }));
    return config.flags.allowAclPortMapping ? [...mapped, letIn(mapping, from)] : mapped;
  });
  const outward = policies.some(({ value }) => value.Type === 'ACL') ? allowOut(config) : [];
  return {
    policies: [...policies, ...outward],
    notes: [
      ...everywhere.map(
        ({ hostPort }) => `V1 maps a host port on every address of the node: ${hostPort} too`,
      ),
      ...unmapped.map(
        ({ hostIp, hostPort }) =>
          `the endpoint has no IPv6 address: host port ${hostPort} of ${hostIp && formatAddress(hostIp)} is not mapped`,
      ),
      ...outward.map(
        () =>
          'allowAclPortMapping: an ACL that allows all outward traffic is added, none is listed',
      ),
    ],
  };
}

function letIn({ containerPort, protocol }: PortMapping, from: string): From<Policy> {
  const Settings = {
    Protocols: String(protocol),
    Action: 'Allow',
    Direction: 'In',
    LocalPorts: String(containerPort),
    Priority: aclPriority.mappedPort,
  };
  return { value: { Type: 'ACL', Settings }, from: `${from}, optionalFlags.allowAclPortMapping` };
}

/** What an endpoint with any ACL lacks: no other rule allows it to reach anybody. The last of all rules. */
function allowOut({ policies }: AttachConfig): From<Policy>[] {
  const rules = policies.filter(({ value }) => value.Type === 'ACL');
  const isOut = ({ value: { Settings } }: From<Policy>) =>
    Settings['Action'] === 'Allow' && Settings['Direction'] === 'Out';
  if (rules.some(isOut)) return [];
  const behind = rules.map(({ value }) => Number(value.Settings['Priority'] ?? 0) + 1);
  const Priority = Math.max(aclPriority.allowOut, ...behind);
  const Settings = { Action: 'Allow', Direction: 'Out', Priority };
  return [{ value: { Type: 'ACL', Settings }, from: 'optionalFlags.allowAclPortMapping' }];
}

/** V1's mapping has neither an address of the node nor a family: one is for all of them. */
const familiesInV1: readonly (4 | 6)[] = [4];

/** The families that a host port is mapped in. One of an IPv6 address leads to nothing on an endpoint without IPv6. */
function familiesInV2(mode: Mode, dual = false) {
  return ({ hostIp }: PortMapping): readonly (4 | 6)[] => {
    if (hostIp?.family === 6) return dual && mode.ipv6 !== 'never' ? [6] : [];
    return dual && !hostIp ? [4, 6] : [4];
  };
}

function portMapping(
  config: AttachConfig,
  dialect: Dialect,
  { containerPort, hostIp, hostPort, protocol, protocolName }: PortMapping,
  family: 4 | 6,
): Policy {
  const { ipv6, localRouted } = portMappingFlags;
  const Flags = (config.flags.localRoutedPortMapping ? localRouted : 0) | (family === 6 ? ipv6 : 0);
  const ports = { InternalPort: containerPort, ExternalPort: hostPort };
  if (dialect === 'v1' && Flags === 0) {
    // V1 has names of protocols: it is sent the runtime's own word. It knows no address of the node.
    const settings = { ...ports, Protocol: protocolName };
    const Settings = { ...ports, Protocol: protocol };
    return { Type: 'PortMapping', Settings, written: { dialect, settings } };
  }
  const VIP = hostIp && formatAddress(hostIp);
  return {
    Type: 'PortMapping',
    Settings: defined({ Protocol: protocol, ...ports, VIP, Flags: Flags || undefined }),
  };
}

function loopback(
  { ips, loopbackDsr }: PolicyFacts,
  listed: readonly Policy[],
): readonly From<Policy>[] {
  if (!loopbackDsr) return [];
  const there = listed
    .filter(({ Type }) => Type === 'OutBoundNAT')
    .flatMap(({ Settings }) => textsField(Settings, 'Destinations'));
  const Destinations = ips
    .filter(({ cidr }) => cidr.family === 4)
    .map(({ cidr }) => formatAddress(addressOf(cidr)))
    .filter((text) => !there.includes(text));
  if (Destinations.length === 0) return [];
  return [{ value: { Type: 'OutBoundNAT', Settings: { Destinations } }, from: 'loopbackDSR' }];
}
