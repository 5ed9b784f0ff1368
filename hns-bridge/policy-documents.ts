import type { JsonDocument } from './document.ts';
import type { AclPolicy, EndpointPolicy, OtherPolicy, PortMappingPolicy } from './model.ts';
import { PolicyError } from './policies.ts';

/** The endpoint policies of V2 whose V1 shape, if there is one, has the same keys, flat (hcsshim). */
const v2Types = [
  'QOS',
  'L2Driver',
  'L4Proxy',
  'L4WFPPROXY',
  'PortName',
  'EncapOverhead',
  'Iov',
  'InterfaceConstraint',
  'TierAcl',
  'VLAN',
  'VSID',
];

/** A policy as V2 takes it. Throws PolicyError for one that only V1 has. */
export function writePolicyV2(policy: EndpointPolicy): JsonDocument {
  switch (policy.kind) {
    case 'outbound-nat':
      return v2('OutBoundNAT', {
        VirtualIP: policy.virtualIp,
        // An exception list is told even if it is empty; a list of destinations has none.
        Exceptions:
          policy.exceptions.length > 0 || policy.destinations.length === 0
            ? policy.exceptions
            : undefined,
        Destinations: policy.destinations.length > 0 ? policy.destinations : undefined,
        Flags: policy.flags,
        MaxPortPoolUsage: policy.maxPortPoolUsage,
      });
    case 'route':
      return v2('SDNRoute', {
        DestinationPrefix: policy.destination,
        NextHop: policy.nextHop,
        NeedEncap: policy.needEncap || undefined,
      });
    case 'provider-address':
      return v2('ProviderAddress', { ProviderAddress: policy.address });
    case 'port-mapping':
      return v2('PortMapping', {
        Protocol: policy.protocol,
        InternalPort: policy.internalPort,
        ExternalPort: policy.externalPort,
        VIP: policy.vip,
        Flags: natFlags(policy) || undefined,
      });
    case 'acl':
      return v2('ACL', aclSettings(policy));
    case 'other':
      return otherV2(policy);
  }
}

/** NatFlags of hcsshim: 1 local-routed VIP, 2 IPv6. */
function natFlags({ ipv6, localRouted }: PortMappingPolicy): number {
  return (localRouted ? 1 : 0) | (ipv6 ? 2 : 0);
}

function otherV2({ dialect, settings, type }: OtherPolicy): JsonDocument {
  if (dialect === 'v2') return v2(type, settings);
  const lower = type.toLowerCase();
  if (lower === 'proxy') {
    const { ExceptionList, OutboundNat, ...rest } = settings;
    return v2('L4Proxy', { ...rest, Exceptions: ExceptionList, OutboundNAT: OutboundNat });
  }
  if (lower === 'vlan') return v2('VLAN', { IsolationId: settings['VLAN'] });
  if (lower === 'vsid') return v2('VSID', { IsolationId: settings['VSID'] });
  const known = v2Types.find((name) => name.toLowerCase() === lower);
  if (known) return v2(known, settings);
  throw new PolicyError(
    `Type: ${type} is a policy of V1 with no known V2 form; write it with "Settings" to pass it on as it is`,
  );
}

function v2(type: string, settings: JsonDocument): JsonDocument {
  return { Type: type, Settings: present(settings) };
}

function aclSettings(policy: AclPolicy): JsonDocument {
  return {
    Protocols: policy.protocols,
    Action: policy.action,
    Direction: policy.direction,
    LocalAddresses: policy.localAddresses,
    RemoteAddresses: policy.remoteAddresses,
    LocalPorts: policy.localPorts,
    RemotePorts: policy.remotePorts,
    RuleType: policy.ruleType,
    Priority: policy.priority,
  };
}

/** A policy as V1 takes it. Throws PolicyError for what V1 cannot say. */
export function writePolicyV1(policy: EndpointPolicy): JsonDocument {
  switch (policy.kind) {
    case 'outbound-nat':
      return v1('OutBoundNAT', {
        VIP: policy.virtualIp,
        ExceptionList:
          policy.exceptions.length > 0 || policy.destinations.length === 0
            ? policy.exceptions
            : undefined,
        Destinations: policy.destinations.length > 0 ? policy.destinations : undefined,
        MaxPortPoolUsage: policy.maxPortPoolUsage,
      });
    case 'route':
      return v1('ROUTE', {
        DestinationPrefix: policy.destination,
        NextHop: policy.nextHop,
        NeedEncap: policy.needEncap,
      });
    case 'provider-address':
      return v1('PA', { PA: policy.address });
    case 'port-mapping':
      if (policy.ipv6) throw new PolicyError('an IPv6 port mapping: V1 has none');
      // V1 has no VIP: the reference leaves it out there, and maps every address of the node.
      return v1('NAT', {
        InternalPort: policy.internalPort,
        ExternalPort: policy.externalPort,
        Protocol: protocolNames[policy.protocol] ?? String(policy.protocol),
      });
    case 'acl':
      return v1('ACL', aclSettings(policy));
    case 'other':
      return otherV1(policy);
  }
}

const protocolNames: Readonly<Record<number, string>> = { 6: 'TCP', 17: 'UDP' };

function otherV1({ dialect, settings, type }: OtherPolicy): JsonDocument {
  if (dialect === 'v1') return v1(type, settings);
  switch (type.toLowerCase()) {
    case 'qos':
      return v1('QOS', settings);
    case 'vlan':
      return v1('VLAN', { VLAN: settings['IsolationId'] });
    case 'vsid':
      return v1('VSID', { VSID: settings['IsolationId'] });
    case 'l4proxy': {
      const { Exceptions, OutboundNAT, ...rest } = settings;
      return v1('PROXY', { ...rest, ExceptionList: Exceptions, OutboundNat: OutboundNAT });
    }
    default:
      throw new PolicyError(`Type: ${type} is a policy of V2 with no known V1 form`);
  }
}

function v1(type: string, settings: JsonDocument): JsonDocument {
  return { Type: type, ...present(settings) };
}

function present(settings: JsonDocument): JsonDocument {
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));
}
