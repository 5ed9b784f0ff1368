import { describe } from 'vitest';
import { allowOut, eth0, letIn, natPolicy, portPolicy, routePolicy, via } from './documents.ts';
import { playExamples } from './example.ts';

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
          natPolicy('10.240.0.0/16', '192.168.10.5/32'),
          routePolicy('10.0.0.0/16'),
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
          portPolicy({ Protocol: 6, InternalPort: 80, ExternalPort: 8080, Flags: 1 }),
          letIn('6', '80'),
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
        Policies: [],
        Ipams: [
          {
            Type: 'Static',
            Subnets: [{ IpAddressPrefix: '10.250.1.0/24', Routes: [via('10.250.1.2')] }],
          },
        ],
      },
      endpoint: {
        Name: 'pod1_edge',
        Policies: [natPolicy('10.250.0.0/16', '10.96.0.0/12'), routePolicy('10.96.0.0/12')],
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
          natPolicy('10.244.0.0/16', '10.96.0.0/12'),
          {
            Type: 'OutBoundNAT',
            Settings: {
              VirtualIP: 'fd00:96::99',
              Exceptions: ['fd00:10:244::/48'],
              Destinations: ['fd00:10:244:7::21'],
            },
          },
          routePolicy('fd00:96::/112'),
          portPolicy({ Protocol: 6, InternalPort: 80, ExternalPort: 8080, Flags: 1 }),
          portPolicy({ Protocol: 6, InternalPort: 80, ExternalPort: 8080, Flags: 3 }),
          letIn('6', '80'),
          allowOut,
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
          natPolicy('10.96.0.0/12'),
          routePolicy('10.96.0.0/12'),
          routePolicy('192.168.10.5/32'),
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
