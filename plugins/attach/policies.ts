import {
  type Address,
  type Cidr,
  cidrOf,
  formatCidr,
  parseAddress,
  parseCidr,
} from '../../cni/address.ts';
import { CniError, code } from '../../cni/error.ts';
import type { EndpointPolicy, Network, OutboundNatPolicy } from '../../hns-bridge/model.ts';
import { writePolicyV1, writePolicyV2 } from '../../hns-bridge/policy-documents.ts';
import { type AttachConfig, inWords, type ListedPolicy } from './config.ts';
import type { Mode } from './modes.ts';

/** What the policies of an endpoint are made from. */
export interface PolicyFacts {
  readonly mode: Mode;
  readonly config: AttachConfig;
  readonly network: Network;
  /** The pod's addresses; empty when HNS chooses. */
  readonly addresses: readonly Address[];
  /** Whether a pod may reach itself through a service (loopback DSR), as the HNS version allows. */
  readonly loopbackDsr: boolean;
}

export interface PlannedPolicies {
  readonly policies: readonly EndpointPolicy[];
  /** What was changed of what was written, for the log. */
  readonly notes: readonly string[];
}

/**
 * The policies of an endpoint: what is listed, one exception list for each family, and what mode,
 * port mappings and addresses ask for. Throws code 7 for what cannot be understood.
 */
export function planPolicies(facts: PolicyFacts): PlannedPolicies {
  const snat = facts.config.listed.filter(isExceptionList);
  const others = facts.config.listed.filter((listed) => !isExceptionList(listed));
  const exceptions = mergedExceptions(facts, snat);
  const listed = others.map((entry) => entry.policy);
  return {
    policies: [
      ...exceptions.policies,
      ...listed,
      ...providerAddress(facts, listed),
      ...portMappings(facts),
      ...loopback(facts, listed),
    ],
    notes: exceptions.notes,
  };
}

type ListedNat = ListedPolicy & { readonly policy: OutboundNatPolicy };

/** An OutBoundNAT with destinations or a virtual IP is no exception list: it stays apart. */
function isExceptionList(listed: ListedPolicy): listed is ListedNat {
  const policy = listed.policy;
  return (
    policy.kind === 'outbound-nat' &&
    policy.destinations.length === 0 &&
    policy.virtualIp === undefined
  );
}

/**
 * One OutBoundNAT a family, with every exception once: listed ones first, then those masquerading
 * adds. HNS refuses or ignores a second one.
 */
function mergedExceptions(facts: PolicyFacts, listed: readonly ListedNat[]): PlannedPolicies {
  const notes: string[] = [];
  const given = listed.flatMap(({ where, policy }) =>
    policy.exceptions.map((text) => {
      const cidr = exceptionOf(where, text);
      const plain = formatCidr(cidr);
      if (plain !== text) notes.push(`${where}: exception ${text} was read as ${plain}`);
      return cidr;
    }),
  );
  const added = facts.config.masquerade ? masqueraded(facts) : [];
  const all = [...given, ...added];
  const settings = mergedSettings(listed.map((entry) => entry.policy));
  const policies = ([4, 6] as const).flatMap((family): EndpointPolicy[] => {
    const exceptions = [...new Set(all.filter((cidr) => cidr.family === family).map(formatCidr))];
    // An empty list is a wish too: masquerade everything. It says nothing of a family: IPv4.
    const wished = family === 4 && listed.some((entry) => entry.policy.exceptions.length === 0);
    if (exceptions.length === 0 && !wished) return [];
    return [{ ...settings, kind: 'outbound-nat', exceptions, destinations: [] }];
  });
  return { policies, notes };
}

/** What exception lists say beside their exceptions; where two differ, the first holds. */
function mergedSettings(policies: readonly OutboundNatPolicy[]): Partial<OutboundNatPolicy> {
  const lastFirst = policies.toReversed();
  const settings: Partial<OutboundNatPolicy> = Object.assign({}, ...lastFirst);
  const extras = lastFirst.flatMap(({ extra }) => extra ?? []);
  if (!settings.extra) return settings;
  const all = Object.assign({}, ...extras.map((extra) => extra.settings));
  return { ...settings, extra: { dialect: settings.extra.dialect, settings: all } };
}

/** Throws code 7, saying which, for a listed policy that a dialect has no words for. */
export function refuseUnsayable(listed: readonly ListedPolicy[], dialect: 'v1' | 'v2'): void {
  const write = dialect === 'v1' ? writePolicyV1 : writePolicyV2;
  for (const { policy, where } of listed) inWords(() => write(policy), where);
}

function exceptionOf(where: string, text: string): Cidr {
  const address = parseAddress(text);
  const cidr = address ? cidrOf(address, address.family === 4 ? 32 : 128) : parseCidr(text);
  if (cidr) return cidr;
  throw new CniError(
    code.invalidConfig,
    `invalid network configuration: ${where}: exception ${JSON.stringify(text)} is not a CIDR`,
    'write exceptions as 10.244.0.0/16',
  );
}

function masqueraded({ mode, config, network }: PolicyFacts): Cidr[] {
  if (mode.masquerade === 'nothing') return [];
  const subnets =
    mode.masquerade === 'networks-and-subnets'
      ? network.subnets.flatMap((subnet) => parseCidr(subnet.prefix) ?? [])
      : [];
  return [...subnets, ...config.masqueradeNetworks];
}

function providerAddress(
  { mode, network }: PolicyFacts,
  listed: readonly EndpointPolicy[],
): EndpointPolicy[] {
  if (!mode.providerAddress || !network.managementAddress) return [];
  if (listed.some((policy) => policy.kind === 'provider-address')) return [];
  return [{ kind: 'provider-address', address: network.managementAddress }];
}

/** The first priority of the rules that let mapped ports in; each takes the next (Microsoft's way). */
const firstAclPriority = 1000;

function portMappings({ config, addresses }: PolicyFacts): EndpointPolicy[] {
  const chosenByHns = addresses.length === 0;
  const dual = chosenByHns ? config.dualStack : addresses.some(({ family }) => family === 6);
  const mappings = config.portMappings.flatMap((mapping): EndpointPolicy[] => {
    const hostFamily = mapping.hostIp?.includes(':') ? 6 : 4;
    const both = mapping.hostIp === undefined && dual;
    const families: readonly (4 | 6)[] = both ? [4, 6] : [hostFamily];
    return families.map((family) => ({
      kind: 'port-mapping',
      internalPort: mapping.containerPort,
      externalPort: mapping.hostPort,
      protocol: mapping.protocol,
      localRouted: config.localRoutedPortMapping,
      ipv6: family === 6,
      ...(mapping.hostIp === undefined ? {} : { vip: mapping.hostIp }),
    }));
  });
  if (!config.aclPortMapping) return mappings;
  const rules = config.portMappings.map(
    (mapping, index): EndpointPolicy => ({
      kind: 'acl',
      action: 'Allow',
      direction: 'In',
      protocols: String(mapping.protocol),
      localPorts: String(mapping.containerPort),
      priority: firstAclPriority + index,
    }),
  );
  return [...mappings, ...rules];
}

function loopback(facts: PolicyFacts, listed: readonly EndpointPolicy[]): EndpointPolicy[] {
  if (!facts.loopbackDsr) return [];
  const destinations = facts.addresses
    .filter(({ family }) => family === 4)
    .map((address) => formatCidr(cidrOf(address, 32)).slice(0, -'/32'.length))
    .filter(
      (text) =>
        !listed.some(
          (policy) => policy.kind === 'outbound-nat' && policy.destinations.includes(text),
        ),
    );
  if (destinations.length === 0) return [];
  return [{ kind: 'outbound-nat', exceptions: [], destinations }];
}
