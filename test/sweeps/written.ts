import type { JsonObject } from '../../cni/json-object.ts';

/** What people and other programs write, whole: inputs are made of it. */

export const attachKeys: JsonObject = {
  cniVersion: '1.1.0',
  name: 'cbr0',
  type: 'win-bridge',
  apiVersion: 2,
  ipMasq: true,
  ipMasqNetwork: ['10.244.0.0/16'],
  otherIpMasqNetworks: ['10.245.0.0/16'],
  endpointMacPrefix: '0E-2A',
  loopbackDSR: false,
  createNetwork: false,
  master: 'Ethernet',
  vni: 4096,
  optionalFlags: { localRoutedPortMapping: true, allowAclPortMapping: true, loopbackDSR: false },
  additionalRoutes: [{ dst: '10.0.0.0/8', gw: '10.244.3.1' }],
  dns: { nameservers: ['10.96.0.10'], domain: 'd', search: ['svc.cluster.local'], options: ['a'] },
  ipam: {
    type: 'host-local',
    subnet: '10.244.3.0/24',
    gateway: '10.244.3.1',
    ranges: [[{ subnet: '10.244.3.0/24', gateway: '10.244.3.1' }]],
    routes: [{ dst: '0.0.0.0/0', gw: '10.244.3.1' }],
  },
  policies: [{ name: 'EndpointPolicy', value: { Type: 'OutBoundNAT', ExceptionList: [] } }],
  AdditionalArgs: [{ name: 'EndpointPolicy', value: { Type: 'ROUTE' } }],
  HcnPolicyArgs: [{ Type: 'SDNRoute', Settings: { DestinationPrefix: '10.1.0.0/16' } }],
  runtimeConfig: {
    mac: '02-11-22-33-44-55',
    dns: { servers: ['10.96.0.10'], searches: ['svc.cluster.local'], options: ['ndots:5'] },
    portMappings: [{ hostPort: 8080, containerPort: 80, protocol: 'tcp', hostIP: '10.0.0.1' }],
    ipRanges: [[{ subnet: '10.244.3.0/24' }]],
    ips: ['10.244.3.9'],
  },
};

export const flannelKeys: JsonObject = {
  cniVersion: '1.1.0',
  name: 'cbr0',
  type: 'flannel',
  subnetFile: '/run/flannel/subnet.env',
  dataDir: '/var/lib/cni/flannel',
  hns: 'powershell',
  delegate: { type: 'win-overlay', ipMasq: false, dns: { nameservers: ['10.96.0.10'] } },
  ipam: { routes: [{ dst: '0.0.0.0/0' }], dataDir: '/var/lib/cni/networks' },
  runtimeConfig: { portMappings: [] },
};

export const hostLocalKeys: JsonObject = {
  cniVersion: '1.1.0',
  name: 'cbr0',
  type: 'host-local',
  ipam: {
    type: 'host-local',
    subnet: '10.1.2.0/24',
    rangeStart: '10.1.2.10',
    rangeEnd: '10.1.2.20',
    gateway: '10.1.2.1',
    ranges: [[{ subnet: 'fd00::/64', rangeEnd: 'fd00::ff' }], [{ subnet: '10.9.0.0/24' }]],
    routes: [{ dst: '0.0.0.0/0', gw: '10.1.2.1', mtu: 1400 }],
    dataDir: '/node/networks',
    reserved: ['10.1.2.11'],
  },
  runtimeConfig: { ips: ['10.1.2.12'], ipRanges: [[{ subnet: '10.8.0.0/24', gateway: '' }]] },
  args: { cni: { ips: ['fd00::9'] } },
};

export const subnetEnvText = [
  'FLANNEL_NETWORK=10.244.0.0/16',
  'FLANNEL_SUBNET=10.244.1.1/24',
  'FLANNEL_IPV6_NETWORK=fd00:10:244::/56',
  'FLANNEL_IPV6_SUBNET=fd00:10:244:1::1/64',
  'FLANNEL_MTU=1450',
  'FLANNEL_IPMASQ=true',
  '',
].join('\n');

export const scratchText = JSON.stringify({
  cniVersion: '1.1.0',
  name: 'cbr0',
  type: 'win-overlay',
  ipam: { type: 'host-local', subnet: '10.244.1.0/24', ranges: [[{ subnet: 'x' }]] },
  wincni: { sandbox: 'pod1', ifName: 'eth0' },
});
