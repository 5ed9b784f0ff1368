import type { JsonDocument } from './document.ts';
import type {
  AclPolicy,
  EndpointPolicy,
  OtherPolicy,
  OutboundNatPolicy,
  PortMappingPolicy,
} from './model.ts';
import { PolicyError, protocolName } from './policy-fields.ts';
import { namedType } from './policy-types.ts';

/** A policy as V2 takes it. Throws PolicyError for one that only V1 has. */
export function writePolicyV2(policy: EndpointPolicy): JsonDocument {
  const [type, settings] = v2Parts(policy);
  return { Type: type, Settings: { ...present(settings), ...extraFor('v2', type, policy) } };
}

type Parts = readonly [type: string, settings: JsonDocument];

function v2Parts(policy: EndpointPolicy): Parts {
  switch (policy.kind) {
    case 'outbound-nat':
      return [
        'OutBoundNAT',
        {
          VirtualIP: policy.virtualIp,
          Exceptions: exceptions(policy),
          Destinations: policy.destinations.length > 0 ? policy.destinations : undefined,
          Flags: policy.flags,
          MaxPortPoolUsage: policy.maxPortPoolUsage,
        },
      ];
    case 'route':
      return [
        'SDNRoute',
        {
          DestinationPrefix: policy.destination,
          NextHop: policy.nextHop,
          NeedEncap: policy.needEncap || undefined,
        },
      ];
    case 'provider-address':
      return ['ProviderAddress', { ProviderAddress: policy.address }];
    case 'port-mapping':
      return [
        'PortMapping',
        {
          Protocol: policy.protocol,
          InternalPort: policy.internalPort,
          ExternalPort: policy.externalPort || undefined,
          VIP: policy.vip,
          Flags: natFlags(policy) || undefined,
        },
      ];
    case 'acl':
      return ['ACL', aclSettings(policy)];
    case 'other':
      return otherV2(policy);
  }
}

/** An exception list is told even if it is empty; a list of destinations has none. */
function exceptions(policy: OutboundNatPolicy): readonly string[] | undefined {
  const { destinations, exceptions } = policy;
  return exceptions.length > 0 || destinations.length === 0 ? exceptions : undefined;
}

/** NatFlags of hcsshim: 1 local-routed VIP, 2 IPv6. */
function natFlags({ ipv6, localRouted, otherFlags = 0 }: PortMappingPolicy): number {
  return ((localRouted ? 1 : 0) | (ipv6 ? 2 : 0) | otherFlags) >>> 0;
}

function otherV2({ dialect, settings, type }: OtherPolicy): Parts {
  if (dialect === 'v2') return [type, settings];
  throw new PolicyError(
    'Type',
    `${type} is a policy of V1 that V2 is not known to have`,
    'if V2 has it, write it with "Settings": it is passed on as it is',
  );
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
  const [type, settings] = v1Parts(policy);
  return { Type: type, ...present(settings), ...extraFor('v1', type, policy) };
}

function v1Parts(policy: EndpointPolicy): Parts {
  switch (policy.kind) {
    case 'outbound-nat':
      if (policy.flags) throw unsayable('OutBoundNAT', 'Flags', String(policy.flags));
      return [
        'OutBoundNAT',
        {
          VIP: policy.virtualIp,
          ExceptionList: exceptions(policy),
          Destinations: policy.destinations.length > 0 ? policy.destinations : undefined,
          MaxPortPoolUsage: policy.maxPortPoolUsage,
        },
      ];
    case 'route':
      return [
        'ROUTE',
        {
          DestinationPrefix: policy.destination,
          NextHop: policy.nextHop,
          NeedEncap: policy.needEncap,
        },
      ];
    case 'provider-address':
      return ['PA', { PA: policy.address }];
    case 'port-mapping':
      return portMappingV1(policy);
    case 'acl':
      if (policy.action === 'Pass') throw unsayable('ACL', 'Action', 'Pass');
      return ['ACL', aclSettings(policy)];
    case 'other':
      return otherV1(policy);
  }
}

/** V1 maps a port on every IPv4 address of the node, and on no other. */
function portMappingV1(policy: PortMappingPolicy): Parts {
  if (policy.ipv6) throw unsayable('PortMapping', 'Flags', '2 (an IPv6 mapping)');
  if (policy.vip !== undefined && policy.vip !== '0.0.0.0') {
    throw unsayable('PortMapping', 'VIP', policy.vip);
  }
  if (natFlags(policy) !== 0) throw unsayable('PortMapping', 'Flags', String(natFlags(policy)));
  return [
    'NAT',
    {
      InternalPort: policy.internalPort,
      ExternalPort: policy.externalPort || undefined,
      Protocol: protocolName(policy.protocol),
    },
  ];
}

function otherV1({ dialect, settings, type }: OtherPolicy): Parts {
  if (dialect === 'v1') return [type, settings];
  const v1 = namedType(type)?.v1;
  if (!v1) {
    throw new PolicyError(
      'Type',
      `${type} is a policy of V2 that V1 is not known to have`,
      'V1 is for Docker; a container runtime with namespaces has V2',
    );
  }
  const renamed = Object.entries(settings).map(([key, value]) => {
    const name = v1.keys[key];
    if (name === undefined) throw unsayable(type, key, JSON.stringify(value));
    return [name, value] as const;
  });
  return [v1.name, Object.fromEntries(renamed)];
}

function unsayable(type: string, key: string, value: string): PolicyError {
  return new PolicyError(
    key,
    `V1 has no way to say ${value}, in the policy ${type}`,
    'take it out, or use a container runtime with namespaces (V2)',
  );
}

/** The settings without a word in the model, if this is the dialect they were written in. */
function extraFor(dialect: 'v1' | 'v2', type: string, { extra }: EndpointPolicy): JsonDocument {
  if (!extra) return {};
  if (extra.dialect === dialect) return extra.settings;
  const [key = ''] = Object.keys(extra.settings);
  throw new PolicyError(
    key,
    `${dialect.toUpperCase()} is not known to have this setting of the policy ${type}`,
    dialect === 'v2'
      ? 'if V2 has it, write the policy with "Settings": it is passed on as it is'
      : 'if V1 has it, write the policy without "Settings": it is passed on as it is',
  );
}

function present(settings: JsonDocument): JsonDocument {
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));
}
