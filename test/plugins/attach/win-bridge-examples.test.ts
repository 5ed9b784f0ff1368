import { describe } from 'vitest';
import { sandboxes } from '../../helpers/trial-node.ts';
import {
  allowOut,
  eth0,
  letIn,
  macOfHns,
  natPolicy,
  portPolicy,
  routePolicy,
  via,
} from './documents.ts';
import { playExamples } from './example.ts';

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
        Policies: [natPolicy('10.0.0.0/8'), routePolicy('10.0.0.0/8')],
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
        interfaces: [{ ...eth0, sandbox: 'none' }],
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
        Policies: [
          natPolicy('10.96.0.0/12', '10.244.0.0/16'),
          natPolicy('fd00:96::/112', 'fd00:10:244::/48'),
        ],
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
          portPolicy({ Protocol: 6, InternalPort: 80, ExternalPort: 8080, Flags: 1 }),
          letIn('6', '80'),
          portPolicy({
            Protocol: 17,
            InternalPort: 5353,
            ExternalPort: 53,
            VIP: '192.168.10.5',
            Flags: 1,
          }),
          letIn('17', '5353'),
          allowOut,
        ],
        IpConfigurations: [{ IpAddress: '10.244.4.3', PrefixLength: 24 }],
        Routes: [via('10.244.4.2')],
      },
      result: {
        interfaces: [eth0],
        ips: [{ address: '10.244.4.3/24', interface: 0, gateway: '10.244.4.2' }],
        routes: [{ dst: '0.0.0.0/0', gw: '10.244.4.2' }],
      },
    },
  ]);
});
