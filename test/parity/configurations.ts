import { firstAddress, ipam, type Part, range, same } from './parts.ts';
import { policyTable } from './policy-table.ts';

/** What a plugin before ours answered. */
export const earlier = {
  cniVersion: '1.0.0',
  interfaces: [{ name: 'host0', mac: '02:00:00:00:00:01' }],
  ips: [{ address: '10.99.0.5/24', interface: 0 }],
  dns: {},
};

/** One table a key or a group of keys; the first entry of each is what a case has that says nothing else. */
export const tables: Readonly<Record<string, readonly Part[]>> = {
  policies: policyTable,
  masquerade: [
    same('nothing of masquerading', {}),
    same('ipMasq', { ipMasq: true }),
    same('no ipMasq', { ipMasq: false }),
    same('ipMasqNetwork alone', { ipMasqNetwork: '10.244.0.0/16' }),
    same('ipMasq and ipMasqNetwork', { ipMasq: true, ipMasqNetwork: '10.244.0.0/16' }),
    same('ipMasqNetwork and no ipMasq', { ipMasq: false, ipMasqNetwork: '10.244.0.0/16' }),
    same('an ipMasqNetwork with host bits', { ipMasq: true, ipMasqNetwork: '10.244.2.1/16' }),
    same('an empty ipMasqNetwork', { ipMasq: true, ipMasqNetwork: '' }),
    same('ipMasq as a text', { ipMasq: 'true' }, 'win-bridge'),
    same('an ipMasqNetwork that is none', { ipMasqNetwork: 'abc' }, 'win-overlay'),
  ],
  dns: [
    same('no DNS', {}),
    same('servers', { dns: { nameservers: ['10.96.0.10'] } }),
    same('servers and a search list', {
      dns: {
        nameservers: ['10.96.0.10', '10.96.0.11'],
        search: ['svc.cluster.local', 'corp.test'],
      },
    }),
    same('all of DNS', {
      dns: {
        nameservers: ['10.96.0.10'],
        search: ['svc.cluster.local'],
        domain: 'cluster.local',
        options: ['ndots:5'],
      },
    }),
    same('DNS keys in another letter case', {
      DNS: { Nameservers: ['10.96.0.10'], Search: ['svc.cluster.local'] },
    }),
    same('the runtime’s servers', {
      dns: { nameservers: ['10.96.0.10'], search: ['svc.cluster.local'] },
      runtimeConfig: { dns: { servers: ['10.0.0.53'] } },
    }),
    same('the runtime’s DNS', {
      dns: { nameservers: ['10.96.0.10'], search: ['svc.cluster.local'], domain: 'x.test' },
      runtimeConfig: { dns: { servers: ['10.0.0.53'], searches: ['a.test', 'b.test'] } },
    }),
  ],
  ports: [
    same('no host ports', {}),
    ...[
      ['TCP', { hostPort: 8080, containerPort: 80, protocol: 'tcp' }],
      ['UDP in capitals', { hostPort: 5353, containerPort: 53, protocol: 'UDP' }],
      [
        'an address of the node',
        { hostPort: 81, containerPort: 80, protocol: 'tcp', hostIP: '192.168.10.5' },
      ],
      ['a number for a protocol', { hostPort: 82, containerPort: 80, protocol: '6' }],
      ['hexadecimal for a protocol', { hostPort: 85, containerPort: 53, protocol: '0x11' }],
      ['sctp', { hostPort: 83, containerPort: 80, protocol: 'sctp' }],
      ['a protocol of nobody’s', { hostPort: 84, containerPort: 80, protocol: 'gre' }],
      ['none', { hostPort: 0, containerPort: 80, protocol: 'tcp' }],
    ].map(([says, mapping]) =>
      same(`a host port: ${says}`, { runtimeConfig: { portMappings: [mapping] } }),
    ),
    same('two host ports', {
      runtimeConfig: {
        portMappings: [
          { hostPort: 8080, containerPort: 80, protocol: 'tcp' },
          { hostPort: 8443, containerPort: 443, protocol: 'tcp' },
        ],
      },
    }),
  ],
  ipam: [
    { says: 'a range', keys: ipam(() => ({})) },
    {
      says: 'two sets of ranges',
      keys: (place) => ({
        ipam: {
          type: 'host-local',
          ranges: [
            [{ ...range(place), rangeEnd: firstAddress(place, 19) }],
            [{ ...range(place), rangeStart: firstAddress(place, 20) }],
          ],
        },
      }),
    },
    { says: 'its own gateway', keys: ipam((place) => ({ gateway: firstAddress(place, 1) })) },
    { says: 'another gateway', keys: ipam((place) => ({ gateway: firstAddress(place, 200) })) },
    {
      says: 'routes',
      keys: ipam(() => ({ routes: [{ dst: '0.0.0.0/0' }, { dst: '10.96.0.0/12' }] })),
    },
    {
      says: 'a list of ranges',
      keys: (place) => ({ ipam: { type: 'host-local', ranges: [[range(place)]] } }),
    },
    {
      says: 'a range inside a wider subnet',
      keys: (place) => ({
        ipam: {
          type: 'host-local',
          subnet: place.subnet.replace(/\d+\.\d+\/\d+$/, '0.0/16'),
          rangeStart: firstAddress(place),
          rangeEnd: firstAddress(place, 20),
        },
      }),
    },
    {
      says: 'the whole subnet',
      keys: ({ subnet }) => ({ ipam: { type: 'host-local', subnet } }),
    },
    same('no ipam', {}),
  ],
  others: [
    same('nothing else', {}),
    same('keys that are null', {
      dns: null,
      policies: null,
      ipMasq: null,
      loopbackDSR: null,
      prevResult: null,
      capabilities: null,
      args: null,
    }),
    same('lists that are null', {
      dns: { nameservers: null, search: null },
      runtimeConfig: { portMappings: null, dns: null },
    }),
    same('the runtime’s DNS options', {
      dns: { nameservers: ['10.96.0.10'], search: ['a.test'] },
      runtimeConfig: {
        dns: { servers: ['10.0.0.53'], searches: ['b.test'], options: ['ndots:5'] },
      },
    }),
    same('keys of others that are of another kind', {
      AdditionalArgs: 'none',
      HcnPolicyArgs: 7,
      additionalRoutes: {},
      createNetwork: 'yes',
      hns: 7,
      master: ['Ethernet'],
      optionalFlags: { enableDualStack: 'yes', allowAclPortMapping: 1 },
      otherIpMasqNetworks: 'none',
      vni: '4096',
    }),
    same(
      'no ipam type, and keys that nobody reads',
      {
        ipam: { ranges: 'none', routes: 7, gateway: [] },
        args: 'none',
        runtimeConfig: { ips: 7, mac: 7 },
      },
      'v1',
    ),
    same('an earlier plugin’s result', { prevResult: earlier }),
    {
      says: 'no ipam, an address asked for',
      keys: (place) => ({ ipam: undefined, runtimeConfig: { ips: [firstAddress(place, 79)] } }),
    },
    same('bandwidth', {
      capabilities: { bandwidth: true },
      runtimeConfig: { bandwidth: { egressRate: 1_000_000, egressBurst: 1000 } },
    }),
    {
      says: 'an address asked for by the runtime',
      keys: (place) => ({ runtimeConfig: { ips: [firstAddress(place, 77)] } }),
    },
    {
      says: 'an address asked for by args',
      keys: (place) => ({ args: { cni: { ips: [firstAddress(place, 78)] } } }),
    },
    {
      says: 'ranges of the runtime',
      keys: (place) => ({
        ipam: { type: 'host-local' },
        runtimeConfig: { ipRanges: [[range(place)]] },
      }),
    },
    {
      says: 'a range of IPv6 beside',
      keys: (place) => ({
        ipam: { type: 'host-local', ranges: [[range(place)], [{ subnet: 'fd00:244::/64' }]] },
      }),
    },
    same('a host port: no protocol', {
      runtimeConfig: { portMappings: [{ hostPort: 8080, containerPort: 80 }] },
    }),
    same('an address of the node that is empty', {
      runtimeConfig: {
        portMappings: [{ hostPort: 8080, containerPort: 80, protocol: 'tcp', hostIP: '' }],
      },
    }),
    same(
      'local-routed host ports',
      {
        optionalFlags: { localRoutedPortMapping: true },
        runtimeConfig: {
          portMappings: [{ hostPort: 8080, containerPort: 80, protocol: 'tcp' }],
        },
      },
      'v2',
    ),
    same('no ipam, and loopback DSR', { ipam: undefined, loopbackDSR: true }),
    same('an earlier plugin’s result, broken', {
      prevResult: { cniVersion: '1.0.0', ips: [{ address: 'abc' }] },
    }),
  ],
  mac: [
    same('no MAC prefix', {}),
    same('a MAC prefix', { endpointMacPrefix: '0A-2B' }),
    same('a MAC prefix in small letters', { endpointMacPrefix: '0e-2a' }),
    same('a MAC prefix of no hex', { endpointMacPrefix: 'zz-zz' }, 'win-overlay'),
    same('a MAC prefix too long', { endpointMacPrefix: '0E-2A-3B' }, 'win-overlay'),
  ],
  dsr: [same('no loopback DSR', {}), same('loopback DSR', { loopbackDSR: true })],
  version: [
    same('1.0.0', { cniVersion: '1.0.0' }),
    ...['0.1.0', '0.2.0', '0.3.0', '0.3.1', '0.4.0', '1.1.0'].map((cniVersion) =>
      same(cniVersion, { cniVersion }),
    ),
  ],
};
