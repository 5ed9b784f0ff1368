import { type Part, policies, policy, same } from './parts.ts';

/** Policies in every shape that operators write; the first entry is of none. */
export const policyTable: readonly Part[] = [
  same('no policies', {}),
  same('an empty list', { policies: [] }),
  policies('V1 exceptions', [{ Type: 'OutBoundNAT', ExceptionList: ['10.96.0.0/12'] }], 'v1'),
  policies(
    'V2 exceptions',
    [{ Type: 'OutBoundNAT', Settings: { Exceptions: ['10.96.0.0/12', '192.168.10.0/24'] } }],
    'v2',
  ),
  policies('V1 exceptions under both', [{ Type: 'OutBoundNAT', ExceptionList: ['10.96.0.0/12'] }]),
  policies('V2 exceptions under both', [
    { Type: 'OutBoundNAT', Settings: { Exceptions: ['10.96.0.0/12'] } },
  ]),
  policies(
    'exceptions with host bits',
    [{ Type: 'OutBoundNAT', Settings: { Exceptions: ['10.96.0.1/12'] } }],
    'v2',
  ),
  policies(
    'V1 exceptions with host bits',
    [{ Type: 'OutBoundNAT', ExceptionList: ['10.96.0.1/12', '10.96.0.0/12'] }],
    'v1',
  ),
  policies(
    'an empty exception list',
    [{ Type: 'OutBoundNAT', Settings: { Exceptions: [] } }],
    'v2',
  ),
  policies('an empty V1 exception list', [{ Type: 'OutBoundNAT', ExceptionList: [] }], 'v1'),
  policies(
    'two V2 exception lists',
    [
      { Type: 'OutBoundNAT', Settings: { Exceptions: ['10.96.0.0/12'] } },
      { Type: 'OutBoundNAT', Settings: { Exceptions: ['192.168.10.0/24', '10.96.0.0/12'] } },
    ],
    'v2',
  ),
  policies(
    'destinations of loopback DSR',
    [{ Type: 'OutBoundNAT', Settings: { Destinations: ['10.0.0.9'] } }],
    'v2',
  ),
  policies(
    'a V1 route',
    [{ Type: 'ROUTE', DestinationPrefix: '10.96.0.0/12', NeedEncap: true }],
    'v1',
  ),
  policies(
    'V1 routes, exceptions and a key of nobody’s',
    [
      { Type: 'OutBoundNAT', ExceptionList: ['10.244.0.0/16', '10.96.0.0/12'], Odd: 1 },
      { Type: 'ROUTE', DestinationPrefix: '10.96.0.0/12', NeedEncap: true },
      { Type: 'ROUTE', DestinationPrefix: '192.168.10.5/32', NeedEncap: true },
    ],
    'v1',
  ),
  policies(
    'a V2 route',
    [{ Type: 'SDNRoute', Settings: { DestinationPrefix: '10.96.0.0/12', NeedEncap: true } }],
    'v2',
  ),
  policies(
    'a V2 route with host bits',
    [{ Type: 'SDNRoute', Settings: { DestinationPrefix: '10.96.0.1/12', NeedEncap: true } }],
    'v2',
  ),
  policies(
    'a V1 route with host bits',
    [{ Type: 'ROUTE', DestinationPrefix: '10.96.0.1/12', NeedEncap: true }],
    'v1',
  ),
  policies(
    'a route without encapsulation, next hop given',
    [{ Type: 'SDNRoute', Settings: { DestinationPrefix: '10.9.0.0/16', NextHop: '10.9.9.9' } }],
    'v2',
  ),
  policies(
    'types in capitals',
    [{ Type: 'SDNROUTE', Settings: { DestinationPrefix: '10.96.0.0/12', NeedEncap: true } }],
    'v2',
  ),
  policies(
    'a V2 ACL',
    [
      {
        Type: 'ACL',
        Settings: {
          Protocols: '6',
          Action: 'Block',
          Direction: 'In',
          RemoteAddresses: '10.0.0.0/8',
          LocalPorts: '80',
          Priority: 200,
          RuleType: 'Switch',
        },
      },
      { Type: 'ACL', Settings: { Action: 'Allow', Direction: 'Out', Priority: 201 } },
    ],
    'v2',
  ),
  policies(
    'a V1 ACL',
    [{ Type: 'ACL', Protocol: 6, Action: 'Allow', Direction: 'In', LocalPort: 80, Priority: 1 }],
    'v1',
  ),
  policies(
    'a V1 ACL of any port',
    [
      {
        Type: 'ACL',
        Protocol: 17,
        Action: 'Block',
        Direction: 'Out',
        LocalPort: 0,
        InternalPort: 9,
      },
    ],
    'v1',
  ),
  policies(
    'a V2 port mapping',
    [{ Type: 'PortMapping', Settings: { Protocol: 6, InternalPort: 80, ExternalPort: 8080 } }],
    'v2',
  ),
  policies(
    'a V1 port mapping',
    [{ Type: 'NAT', Protocol: 'TCP', InternalPort: 80, ExternalPort: 8080 }],
    'v1',
  ),
  policies('QOS', [{ Type: 'QOS', Settings: { MaximumOutgoingBandwidthInBytes: 1000000 } }], 'v2'),
  policies('V1 QOS', [{ Type: 'QOS', MaximumOutgoingBandwidthInBytes: 1000000 }], 'v1'),
  policies('L2Driver', [{ Type: 'L2Driver' }], 'v1'),
  policies(
    'a V2 proxy',
    [{ Type: 'L4Proxy', Settings: { IP: '10.0.0.3', Port: '15001', Destination: '0.0.0.0/0' } }],
    'v2',
  ),
  policies(
    'a V1 proxy',
    [{ Type: 'PROXY', IP: '10.0.0.3', Port: '15001', ExceptionList: ['10.96.0.1'] }],
    'v1',
  ),
  policies('a policy that HNS refuses', [{ Type: 'Nonsense', Settings: {} }], 'v2'),
  policies('an OutBoundNAT of nothing', [{ Type: 'OutBoundNAT' }]),
  policies(
    'an exception without a length',
    [{ Type: 'OutBoundNAT', Settings: { Exceptions: ['10.96.0.1'] } }],
    'v2',
  ),
  policies(
    'a V1 exception without a length',
    [{ Type: 'OutBoundNAT', ExceptionList: ['10.96.0.1'] }],
    'v1',
  ),
  policies(
    'IPv6 exceptions beside',
    [{ Type: 'OutBoundNAT', Settings: { Exceptions: ['10.96.0.0/12', 'fd00::/8'] } }],
    'v2',
  ),
  policies(
    'a V1 route under V2',
    [{ Type: 'ROUTE', DestinationPrefix: '10.96.0.0/12', NeedEncap: true }],
    'v2',
  ),
  policies(
    'a V2 route under V1',
    [{ Type: 'SDNRoute', Settings: { DestinationPrefix: '10.96.0.0/12', NeedEncap: true } }],
    'v1',
  ),
  policies(
    'another provider address',
    [{ Type: 'ProviderAddress', Settings: { ProviderAddress: '192.168.10.77' } }],
    'v2',
  ),
  policies('another V1 provider address', [{ Type: 'PA', PA: '192.168.10.77' }], 'v1'),
  policies(
    'a virtual address',
    [{ Type: 'OutBoundNAT', Settings: { VirtualIP: '10.0.0.9', Exceptions: ['10.96.0.0/12'] } }],
    'v2',
  ),
  same('a network policy', {
    policies: [policy({ Type: 'NetAdapterName', Settings: {} }, 'NetworkPolicy')],
  }),
  same(
    'the name in another letter case',
    {
      policies: [
        policy(
          { Type: 'OutBoundNAT', Settings: { Exceptions: ['10.96.0.0/12'] } },
          'endpointpolicy',
        ),
      ],
    },
    'v2',
  ),
  same('an apiVersion of nobody’s', { apiVersion: 3 }, 'v1'),
  same('an entry without a value', { policies: [{ name: 'EndpointPolicy' }] }),
  same(
    'an entry without a name',
    {
      policies: [{ value: { Type: 'OutBoundNAT', Settings: { Exceptions: ['10.96.0.0/12'] } } }],
    },
    'v2',
  ),
  same(
    'keys in another letter case',
    {
      Policies: [
        {
          Name: 'EndpointPolicy',
          Value: { Type: 'OutBoundNAT', Settings: { Exceptions: ['10.96.0.0/12'] } },
        },
      ],
    },
    'v2',
  ),
  same(
    'AdditionalArgs, which is Microsoft’s',
    {
      AdditionalArgs: [policy({ Type: 'OutBoundNAT', Settings: { Exceptions: ['10.96.0.0/12'] } })],
    },
    'v2',
  ),
];
