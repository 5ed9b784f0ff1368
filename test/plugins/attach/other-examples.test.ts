import { describe } from 'vitest';
import { eth0, macOfHns, natPolicy, providerPolicy, routePolicy, via } from './documents.ts';
import { playExamples } from './example.ts';

describe('win-overlay', () => {
  playExamples([
    {
      conf: 'win-overlay-docker',
      fixture: 'alone',
      request: { netns: 'none' },
      // HNS chooses the address, and with it the route and the MAC address.
      asked: {
        Name: 'pod1_vxlan0',
        VirtualNetwork: '5c1b0a64-7d0e-4f7b-9a55-6a4f0f6f5000',
        DNSServerList: '10.96.0.10',
        DNSSuffix: 'svc.cluster.local',
        Policies: [
          {
            Type: 'OutBoundNAT',
            ExceptionList: ['10.244.0.0/16', '10.96.0.0/12', '10.244.3.0/24'],
          },
          { Type: 'ROUTE', DestinationPrefix: '10.96.0.0/12', NeedEncap: true },
          { Type: 'PA', PA: '192.168.10.5' },
        ],
      },
      endpoint: {
        Name: 'pod1_vxlan0',
        SharedContainers: ['pod1'],
        IpConfigurations: [{ IpAddress: '10.244.3.3', PrefixLength: 24 }],
      },
      result: {
        ip4: {
          ip: '10.244.3.3/24',
          gateway: '10.244.3.1',
          routes: [{ dst: '0.0.0.0/0', gw: '10.244.3.1' }],
        },
        dns: { nameservers: ['10.96.0.10'], search: ['svc.cluster.local'] },
      },
    },
    {
      conf: 'win-overlay-policies',
      fixture: 'alone',
      endpoint: {
        Name: 'pod1_vxlan0',
        Policies: [
          // Listed first, then the network's subnet, then ipMasqNetwork; host bits cleared.
          natPolicy(
            '10.96.0.0/12',
            '192.168.10.0/24',
            '172.16.0.0/12',
            '10.244.3.0/24',
            '10.244.0.0/16',
          ),
          routePolicy('10.96.0.0/12'),
          routePolicy('192.168.10.5/32'),
          providerPolicy('192.168.10.77'),
          { Type: 'PortMapping', Settings: { Protocol: 6, InternalPort: 80, ExternalPort: 30080 } },
          {
            Type: 'ACL',
            Settings: {
              Protocols: '17',
              Action: 'Allow',
              Direction: 'In',
              LocalPorts: '53',
              Priority: 210,
            },
          },
          {
            Type: 'L4WFPPROXY',
            Settings: {
              OutboundProxyPort: '15001',
              FilterTuple: { Protocols: '6' },
              UserSID: 'S-1-5-18',
            },
          },
          { Type: 'QOS', Settings: { MaximumOutgoingBandwidthInBytes: 12_500_000 } },
        ],
        MacAddress: '0E-2A-0A-F4-03-02',
      },
      result: {
        interfaces: [{ ...eth0, mac: '0E-2A-0A-F4-03-02' }],
        ips: [{ address: '10.244.3.2/24', interface: 0, gateway: '10.244.3.1' }],
        routes: [{ dst: '0.0.0.0/0', gw: '10.244.3.1' }],
      },
    },
  ]);
});

describe('sdnoverlay', () => {
  playExamples([
    {
      conf: 'sdnoverlay',
      fixture: 'every-type',
      endpoint: {
        Name: 'pod1_vxlan1',
        Policies: [
          natPolicy('10.244.0.0/16', '10.96.0.0/12'),
          routePolicy('10.96.0.0/12'),
          providerPolicy('192.168.10.77'),
          { Type: 'OutBoundNAT', Settings: { Destinations: ['10.244.6.3'] } },
        ],
        // kube-proxy's source address has the second address here: HNS says so.
        IpConfigurations: [{ IpAddress: '10.244.6.3', PrefixLength: 24 }],
        Routes: [via('10.244.6.1')],
        MacAddress: macOfHns,
      },
      result: {
        ip4: {
          ip: '10.244.6.3/24',
          gateway: '10.244.6.1',
          routes: [{ dst: '0.0.0.0/0', gw: '10.244.6.1' }],
        },
        dns: { nameservers: ['10.96.0.10'], search: ['svc.cluster.local'] },
      },
    },
    {
      conf: 'flannel-sdnoverlay',
      fixture: 'overlay',
      endpoint: {
        Name: 'pod1_flannel.4096',
        // The provider address is listed.
        Policies: [
          natPolicy('10.96.0.0/12'),
          routePolicy('10.96.0.0/12'),
          providerPolicy('192.168.10.5'),
        ],
        Routes: [via('10.244.1.1')],
        MacAddress: macOfHns,
      },
      result: {
        ip4: {
          ip: '10.244.1.2/24',
          gateway: '10.244.1.1',
          routes: [{ dst: '0.0.0.0/0', gw: '10.244.1.1' }],
        },
        dns: {},
      },
    },
  ]);
});

describe('nat', () => {
  playExamples([
    {
      conf: 'nat',
      fixture: 'bare',
      request: { env: { CNI_ARGS: 'IgnoreUnknown=1;K8S_POD_NAMESPACE=shop' } },
      network: {
        Name: 'pods-nat',
        Type: 'NAT',
        // `master` is without effect, as with Microsoft's.
        Policies: [],
        // As configured: what is added for this pod is its endpoint's alone.
        Dns: { Search: ['svc.cluster.local', 'cluster.local'], ServerList: ['192.168.10.53'] },
        Ipams: [
          {
            Type: 'Static',
            Subnets: [{ IpAddressPrefix: '172.30.16.0/20', Routes: [via('172.30.16.1')] }],
          },
        ],
      },
      endpoint: {
        Name: 'pod1_pods-nat',
        Policies: [],
        IpConfigurations: [{ IpAddress: '172.30.16.3', PrefixLength: 20 }],
        Dns: {
          Search: ['shop.svc.cluster.local', 'cluster.local'],
          ServerList: ['192.168.10.53'],
        },
        Routes: [via('172.30.16.1')],
      },
      result: {
        interfaces: [eth0],
        ips: [{ address: '172.30.16.3/20', interface: 0, gateway: '172.30.16.1' }],
        routes: [{ dst: '0.0.0.0/0', gw: '172.30.16.1' }],
        dns: {
          nameservers: ['192.168.10.53'],
          search: ['shop.svc.cluster.local', 'cluster.local'],
        },
      },
    },
    {
      conf: 'nat-hns',
      fixture: 'every-type',
      keys: {
        runtimeConfig: { portMappings: [{ hostPort: 8080, containerPort: 80, protocol: 'tcp' }] },
      },
      endpoint: {
        Name: 'pod1_nat',
        Policies: [
          { Type: 'PortMapping', Settings: { Protocol: 6, InternalPort: 80, ExternalPort: 8080 } },
        ],
        IpConfigurations: [{ IpAddress: '172.28.0.3', PrefixLength: 20 }],
        Routes: [via('172.28.0.1')],
      },
      result: {
        interfaces: [eth0],
        ips: [{ version: '4', address: '172.28.0.3/20', interface: 0, gateway: '172.28.0.1' }],
        routes: [{ dst: '0.0.0.0/0', gw: '172.28.0.1' }],
        dns: {},
      },
    },
  ]);
});

describe('win-transparent', () => {
  playExamples([
    {
      conf: 'win-transparent',
      fixture: 'every-type',
      keys: { runtimeConfig: { mac: '00:15:5d:01:02:03', ips: ['192.168.10.120'] } },
      endpoint: {
        Name: 'pod1_physical',
        Policies: [
          {
            Type: 'ACL',
            Settings: {
              Protocols: '6',
              Action: 'Block',
              Direction: 'In',
              LocalPorts: '445',
              Priority: 300,
            },
          },
        ],
        IpConfigurations: [{ IpAddress: '192.168.10.120', PrefixLength: 24 }],
        Routes: [via('192.168.10.254')],
        MacAddress: '00-15-5D-01-02-03',
      },
      result: {
        interfaces: [{ ...eth0, mac: '00-15-5D-01-02-03' }],
        ips: [{ address: '192.168.10.120/24', interface: 0, gateway: '192.168.10.254' }],
        routes: [{ dst: '0.0.0.0/0', gw: '192.168.10.254' }],
      },
    },
  ]);
});
