import { describe, expect } from 'vitest';
import { sandboxes } from '../../helpers/trial-node.ts';
import { macOfHns, playExamples } from './example.ts';

const eth0 = { name: 'eth0', mac: macOfHns, sandbox: sandboxes.first };
const docker = { ...eth0, sandbox: 'none' };
const nat = (...Exceptions: string[]) => ({ Type: 'OutBoundNAT', Settings: { Exceptions } });
const route = (DestinationPrefix: string) => ({
  Type: 'SDNRoute',
  Settings: { DestinationPrefix, NeedEncap: true },
});
const via = (NextHop: string) => ({
  NextHop,
  DestinationPrefix: NextHop.includes(':') ? '::/0' : '0.0.0.0/0',
});
const aclIn = (Protocols: string, LocalPorts: string, Priority: number) => ({
  Type: 'ACL',
  Settings: { Protocols, Action: 'Allow', Direction: 'In', LocalPorts, Priority },
});
const portMapping = (Settings: object) => ({ Type: 'PortMapping', Settings });

describe('win-bridge', () => {
  playExamples([
    {
      conf: 'win-bridge-l2tunnel',
      fixture: 'every-type',
      ipam: {
        ADD: {
          says: {
            cniVersion: '0.3.1',
            ips: [{ version: '4', address: '10.241.0.15/16', gateway: '10.241.0.1' }],
          },
        },
      },
      endpoint: {
        Name: 'pod1_azure-tunnel',
        Policies: [nat('10.0.0.0/8'), route('10.0.0.0/8')],
        IpConfigurations: [{ IpAddress: '10.241.0.15', PrefixLength: 16 }],
        Dns: { ServerList: ['10.0.0.10'] },
        Routes: [via('10.241.0.2')],
        MacAddress: macOfHns,
        HostComputeNamespace: sandboxes.first.toUpperCase(),
      },
      result: {
        interfaces: [eth0],
        ips: [{ address: '10.241.0.15/16', interface: 0, gateway: '10.241.0.2' }],
        routes: [{ dst: '0.0.0.0/0', gw: '10.241.0.2' }],
        dns: { nameservers: ['10.0.0.10'] },
      },
    },
    {
      conf: 'win-bridge-docker',
      fixture: 'alone',
      request: { netns: 'none', containerId: 'pod1' },
      asked: {
        Name: 'pod1_l2br',
        VirtualNetwork: 'b7a0e4f2-51c8-4d3a-8f19-2d6c3b1ec12b',
        IPAddress: '10.244.4.3',
        PrefixLength: 24,
        GatewayAddress: '10.244.4.2',
        DNSServerList: '10.96.0.10',
        DNSSuffix: 'svc.cluster.local',
        Policies: [
          {
            Type: 'OutBoundNAT',
            ExceptionList: ['10.244.0.0/16', '10.96.0.0/12', '192.168.10.0/24'],
          },
          { Type: 'ROUTE', DestinationPrefix: '10.96.0.0/12', NeedEncap: true },
          { Type: 'ROUTE', DestinationPrefix: '192.168.10.5/32', NeedEncap: true },
          { Type: 'OutBoundNAT', Destinations: ['10.244.4.3'] },
        ],
      },
      endpoint: { Name: 'pod1_l2br', SharedContainers: ['pod1'] },
      result: {
        interfaces: [docker],
        ips: [{ version: '4', address: '10.244.4.3/24', interface: 0, gateway: '10.244.4.2' }],
        routes: [{ dst: '0.0.0.0/0', gw: '10.244.4.2' }],
        dns: { nameservers: ['10.96.0.10'], search: ['svc.cluster.local'] },
      },
    },
    {
      conf: 'win-bridge-dual-stack',
      fixture: 'every-type',
      endpoint: {
        Name: 'pod1_dual',
        Policies: [nat('10.96.0.0/12', '10.244.0.0/16'), nat('fd00:96::/112', 'fd00:10:244::/48')],
        // The first addresses are the network's gateways, the second ones the host's.
        IpConfigurations: [
          { IpAddress: '10.244.7.3', PrefixLength: 24 },
          { IpAddress: 'fd00:10:244:7::3', PrefixLength: 64 },
        ],
        Dns: {},
        Routes: [via('10.244.7.2'), via('fd00:10:244:7::1')],
      },
      result: {
        interfaces: [eth0],
        ips: [
          { address: '10.244.7.3/24', interface: 0, gateway: '10.244.7.2' },
          { address: 'fd00:10:244:7::3/64', interface: 0, gateway: 'fd00:10:244:7::1' },
        ],
        routes: [
          { dst: '0.0.0.0/0', gw: '10.244.7.2' },
          { dst: '::/0', gw: 'fd00:10:244:7::1' },
        ],
        dns: {},
      },
    },
    {
      conf: 'win-bridge-port-mappings',
      fixture: 'alone',
      keys: {
        runtimeConfig: {
          portMappings: [
            { hostPort: 8080, containerPort: 80, protocol: 'TCP' },
            { hostPort: 0, containerPort: 81, protocol: 'tcp' },
            { hostPort: 53, containerPort: 5353, protocol: 'udp', hostIP: '192.168.10.5' },
          ],
        },
      },
      endpoint: {
        Name: 'pod1_l2br',
        Policies: [
          portMapping({ Protocol: 6, InternalPort: 80, ExternalPort: 8080, Flags: 1 }),
          portMapping({
            Protocol: 17,
            InternalPort: 5353,
            ExternalPort: 53,
            VIP: '192.168.10.5',
            Flags: 1,
          }),
          aclIn('6', '80', 1000),
          aclIn('17', '5353', 1001),
        ],
        IpConfigurations: [{ IpAddress: '10.244.4.3', PrefixLength: 24 }],
        Routes: [via('10.244.4.2')],
      },
      result: {
        interfaces: [eth0],
        ips: [{ address: '10.244.4.3/24', interface: 0, gateway: '10.244.4.2' }],
        routes: [{ dst: '0.0.0.0/0', gw: '10.244.4.2' }],
        dns: {},
      },
    },
  ]);
});

describe('sdnbridge', () => {
  playExamples([
    {
      conf: 'sdnbridge',
      fixture: 'every-type',
      request: { env: { CNI_ARGS: 'IgnoreUnknown=1;K8S_POD_NAMESPACE=shop' } },
      ipam: {
        ADD: {
          says: {
            cniVersion: '0.2.0',
            ip4: {
              ip: '10.240.0.15/16',
              gateway: '10.240.0.1',
              routes: [{ dst: '0.0.0.0/0', gw: '10.240.0.1' }],
            },
          },
        },
      },
      keys: {
        runtimeConfig: {
          portMappings: [{ hostPort: 8080, containerPort: 80, protocol: 'tcp' }],
          dns: { servers: ['10.0.0.11'] },
        },
      },
      endpoint: {
        Name: 'pod1_azure',
        Policies: [
          nat('10.240.0.0/16', '192.168.10.5/32'),
          route('10.0.0.0/16'),
          {
            Type: 'ACL',
            Settings: {
              Protocols: '6',
              Action: 'Block',
              Direction: 'Out',
              RemoteAddresses: '168.63.129.16',
              RemotePorts: '80',
              Priority: 200,
            },
          },
          { Type: 'ACL', Settings: { Action: 'Allow', Direction: 'Out', Priority: 2000 } },
          portMapping({ Protocol: 6, InternalPort: 80, ExternalPort: 8080, Flags: 1 }),
          aclIn('6', '80', 1000),
        ],
        IpConfigurations: [{ IpAddress: '10.240.0.15', PrefixLength: 16 }],
        Dns: { Search: ['shop.svc.cluster.local'], ServerList: ['10.0.0.11'] },
        Routes: [via('10.240.0.1')],
      },
      result: {
        interfaces: [eth0],
        ips: [{ version: '4', address: '10.240.0.15/16', interface: 0, gateway: '10.240.0.1' }],
        routes: [{ dst: '0.0.0.0/0', gw: '10.240.0.1' }],
        dns: { nameservers: ['10.0.0.11'], search: ['shop.svc.cluster.local'] },
      },
    },
    {
      conf: 'sdnbridge-hns',
      fixture: 'bare',
      network: {
        Name: 'edge',
        Type: 'L2Bridge',
        Policies: expect.arrayContaining([
          { Type: 'NetAdapterName', Settings: { NetworkAdapterName: 'Ethernet' } },
        ]),
        Ipams: [
          {
            Type: 'Static',
            Subnets: [{ IpAddressPrefix: '10.250.1.0/24', Routes: [via('10.250.1.2')] }],
          },
        ],
      },
      endpoint: {
        Name: 'pod1_edge',
        Policies: [nat('10.250.0.0/16', '10.96.0.0/12'), route('10.96.0.0/12')],
        IpConfigurations: [{ IpAddress: '10.250.1.3', PrefixLength: 24 }],
        Dns: { Search: ['svc.cluster.local'], ServerList: ['10.96.0.10'] },
        Routes: [via('10.250.1.2')],
      },
      result: {
        ip4: {
          ip: '10.250.1.3/24',
          gateway: '10.250.1.2',
          routes: [{ dst: '0.0.0.0/0', gw: '10.250.1.2' }],
        },
        dns: { nameservers: ['10.96.0.10'], search: ['svc.cluster.local'] },
      },
    },
    {
      conf: 'sdnbridge-dual-stack',
      fixture: 'every-type',
      keys: {
        runtimeConfig: { portMappings: [{ hostPort: 8080, containerPort: 80, protocol: 'tcp' }] },
      },
      endpoint: {
        Name: 'pod1_dual',
        Policies: [
          nat('10.244.0.0/16', '10.96.0.0/12'),
          {
            Type: 'OutBoundNAT',
            Settings: {
              VirtualIP: 'fd00:96::99',
              Exceptions: ['fd00:10:244::/48'],
              Destinations: ['fd00:10:244:7::21'],
            },
          },
          route('fd00:96::/112'),
          portMapping({ Protocol: 6, InternalPort: 80, ExternalPort: 8080, Flags: 1 }),
          portMapping({ Protocol: 6, InternalPort: 80, ExternalPort: 8080, Flags: 3 }),
          aclIn('6', '80', 1000),
        ],
        IpConfigurations: [
          { IpAddress: '10.244.7.20', PrefixLength: 24 },
          { IpAddress: 'fd00:10:244:7::20', PrefixLength: 64 },
        ],
        Routes: [via('10.244.7.2'), via('fd00:10:244:7::2')],
      },
      result: {
        interfaces: [eth0],
        ips: [
          { version: '4', address: '10.244.7.20/24', interface: 0, gateway: '10.244.7.2' },
          {
            version: '6',
            address: 'fd00:10:244:7::20/64',
            interface: 0,
            gateway: 'fd00:10:244:7::2',
          },
        ],
        routes: [
          { dst: '0.0.0.0/0', gw: '10.244.7.2' },
          { dst: '::/0', gw: 'fd00:10:244:7::2' },
        ],
        dns: { nameservers: ['10.96.0.10'], search: ['svc.cluster.local'] },
      },
    },
    {
      conf: 'flannel-sdnbridge',
      fixture: 'host-gw',
      endpoint: {
        Name: 'pod1_cbr0',
        Policies: [
          nat('10.96.0.0/12', '10.244.0.0/16'),
          route('10.96.0.0/12'),
          route('192.168.10.5/32'),
        ],
        IpConfigurations: [{ IpAddress: '10.244.2.3', PrefixLength: 24 }],
        Routes: [via('10.244.2.2')],
      },
      result: {
        ip4: {
          ip: '10.244.2.3/24',
          gateway: '10.244.2.2',
          routes: [{ dst: '0.0.0.0/0', gw: '10.244.2.2' }],
        },
        dns: {},
      },
    },
  ]);
});
