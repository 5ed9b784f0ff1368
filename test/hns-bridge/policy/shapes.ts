export type Json = Readonly<Record<string, unknown>>;

/** A policy in all its shapes: what V2 and V1 are written, and what operators write for it. */
export interface Shapes {
  readonly what: string;
  readonly v2: Json;
  readonly v1: Json;
  readonly written: readonly Json[];
}

type Row = readonly [what: string, v2: Json, v1: Json, ...written: Json[]];

const rows: readonly Row[] = [
  [
    'an exception list',
    { Type: 'OutBoundNAT', Settings: { Exceptions: ['10.244.0.0/16', '10.96.0.0/12'] } },
    { Type: 'OutBoundNAT', ExceptionList: ['10.244.0.0/16', '10.96.0.0/12'] },
    { Type: 'OutboundNat', Exceptions: ['10.244.0.0/16', '10.96.0.0/12'] },
    { type: 'OUTBOUNDNAT', exceptionList: ['10.244.0.0/16', '10.96.0.0/12'] },
    { type: 'outboundnat', settings: { exceptions: ['10.244.0.0/16', '10.96.0.0/12'] } },
    { Type: 'OutBoundNAT', Settings: { ExceptionList: '10.244.0.0/16, 10.96.0.0/12' } },
  ],
  [
    'an empty exception list',
    { Type: 'OutBoundNAT', Settings: { Exceptions: [] } },
    { Type: 'OutBoundNAT', ExceptionList: [] },
    { Type: 'OutBoundNAT' },
    { Type: 'OutBoundNAT', Settings: {} },
    { Type: 'OutBoundNAT', Settings: null, ExceptionList: null },
    { Type: 'OutBoundNAT', Exceptions: '' },
  ],
  [
    'destinations (loopback DSR)',
    { Type: 'OutBoundNAT', Settings: { Destinations: ['10.244.1.7'] } },
    { Type: 'OutBoundNAT', Destinations: ['10.244.1.7'] },
    { Type: 'OutBoundNAT', DestinationList: ['10.244.1.7'] },
  ],
  [
    'a virtual IP and a limit of ports',
    {
      Type: 'OutBoundNAT',
      Settings: { VirtualIP: '10.0.0.9', Exceptions: ['10.0.0.0/8'], MaxPortPoolUsage: 64 },
    },
    {
      Type: 'OutBoundNAT',
      VIP: '10.0.0.9',
      ExceptionList: ['10.0.0.0/8'],
      MaxPortPoolUsage: 64,
    },
    {
      Type: 'OutBoundNAT',
      Settings: { VIP: '10.0.0.9', Exceptions: ['10.0.0.0/8'], MaxPortPoolUsage: '64', Flags: 0 },
    },
  ],
  [
    'a route',
    { Type: 'SDNRoute', Settings: { DestinationPrefix: '10.96.0.0/12', NeedEncap: true } },
    { Type: 'ROUTE', DestinationPrefix: '10.96.0.0/12', NeedEncap: true },
    { Type: 'SDNROUTE', destinationPrefix: '10.96.0.0/12', needEncap: true },
    { Type: 'Route', Settings: { DestinationPrefix: '10.96.0.0/12', NeedEncap: 'True' } },
  ],
  [
    'a route without encapsulation',
    { Type: 'SDNRoute', Settings: { DestinationPrefix: '0.0.0.0/0', NextHop: '10.0.0.2' } },
    { Type: 'ROUTE', DestinationPrefix: '0.0.0.0/0', NextHop: '10.0.0.2', NeedEncap: false },
  ],
  [
    'a provider address',
    { Type: 'ProviderAddress', Settings: { ProviderAddress: '192.168.10.5' } },
    { Type: 'PA', PA: '192.168.10.5' },
    { Type: 'PROVIDERADDRESS', PA: '192.168.10.5' },
    { Type: 'pa', Settings: { providerAddress: '192.168.10.5' } },
  ],
  [
    'a port mapping',
    { Type: 'PortMapping', Settings: { Protocol: 6, InternalPort: 80, ExternalPort: 8080 } },
    { Type: 'NAT', InternalPort: 80, ExternalPort: 8080, Protocol: 'TCP' },
    { Type: 'nat', internalport: '80', externalport: 8080, protocol: 'Tcp', VIP: '' },
    { Type: 'NAT', InternalPort: 80, ExternalPort: 8080 },
    { Type: 'PortMapping', Settings: { Protocol: '6', InternalPort: 80, ExternalPort: 8080 } },
  ],
  [
    'a port mapping whose port HNS chooses',
    { Type: 'PortMapping', Settings: { Protocol: 17, InternalPort: 53 } },
    { Type: 'NAT', InternalPort: 53, Protocol: 'UDP' },
    { Type: 'NAT', InternalPort: 53, ExternalPort: 0, Protocol: 'udp' },
  ],
  ...(
    [
      ['ICMPV4', 1],
      ['IGMP', 2],
      ['ICMPV6', 58],
      ['SCTP', 132],
      ['47', 47],
    ] as const
  ).map(
    ([Protocol, number]): Row => [
      `a port mapping of protocol ${Protocol}`,
      { Type: 'PortMapping', Settings: { Protocol: number, InternalPort: 1, ExternalPort: 2 } },
      { Type: 'NAT', InternalPort: 1, ExternalPort: 2, Protocol },
      { Type: 'NAT', InternalPort: 1, ExternalPort: 2, Protocol: Protocol.toLowerCase() },
    ],
  ),
  [
    'an ACL',
    {
      Type: 'ACL',
      Settings: {
        Protocols: '6,17',
        Action: 'Block',
        Direction: 'Out',
        LocalAddresses: '10.0.0.1',
        RemoteAddresses: '10.0.0.0/8,172.16.0.0/12',
        LocalPorts: '80',
        RemotePorts: '1-100',
        RuleType: 'Switch',
        Priority: 200,
      },
    },
    {
      Type: 'ACL',
      Protocols: '6,17',
      Action: 'Block',
      Direction: 'Out',
      LocalAddresses: '10.0.0.1',
      RemoteAddresses: '10.0.0.0/8,172.16.0.0/12',
      LocalPorts: '80',
      RemotePorts: '1-100',
      RuleType: 'Switch',
      Priority: 200,
    },
    {
      Type: 'acl',
      Protocols: 'TCP,udp',
      Action: 'BLOCK',
      Direction: 'out',
      LocalAddresses: '10.0.0.1',
      RemoteAddresses: ['10.0.0.0/8', '172.16.0.0/12'],
      LocalPort: 80,
      RemotePort: '1-100',
      RuleType: 'Switch',
      Priority: '200',
    },
  ],
  [
    'an ACL with one protocol by number',
    { Type: 'ACL', Settings: { Protocols: '6', Action: 'Allow', Direction: 'In' } },
    { Type: 'ACL', Protocols: '6', Action: 'Allow', Direction: 'In' },
    { Type: 'ACL', Protocol: 6, Action: 'allow', Direction: 'IN', LocalPorts: '' },
  ],
  [
    'QOS',
    { Type: 'QOS', Settings: { MaximumOutgoingBandwidthInBytes: 1_000_000 } },
    { Type: 'QOS', MaximumOutgoingBandwidthInBytes: 1_000_000 },
    { Type: 'Qos', maximumOutgoingBandwidthInBytes: 1_000_000 },
  ],
  ['L2Driver', { Type: 'L2Driver', Settings: {} }, { Type: 'L2Driver' }],
  [
    'VLAN',
    { Type: 'VLAN', Settings: { IsolationId: 5 } },
    { Type: 'VLAN', VLAN: 5 },
    { Type: 'vlan', isolationId: 5 },
    { Type: 'vlan', Settings: { vlan: 5 } },
  ],
  [
    'VSID',
    { Type: 'VSID', Settings: { IsolationId: 4096 } },
    { Type: 'VSID', VSID: 4096 },
    { Type: 'VSID', IsolationId: 4096 },
  ],
  [
    'a proxy',
    {
      Type: 'L4Proxy',
      Settings: { IP: '10.0.0.1', Port: '80', Exceptions: ['10.0.0.2'], OutboundNAT: true },
    },
    {
      Type: 'PROXY',
      IP: '10.0.0.1',
      Port: '80',
      ExceptionList: ['10.0.0.2'],
      OutboundNat: true,
    },
    {
      type: 'l4proxy',
      ip: '10.0.0.1',
      port: '80',
      exceptions: ['10.0.0.2'],
      outboundNat: true,
    },
  ],
];

/** The policies that both dialects can say. */
export const policyShapes: readonly Shapes[] = rows.map(([what, v2, v1, ...written]) => ({
  what,
  v2,
  v1,
  written,
}));
