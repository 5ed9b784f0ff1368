import { describe, expect, it } from 'vitest';
import type { EndpointPolicy, Network } from '../../../hns-bridge/model.ts';
import { readAttachConfig } from '../../../plugins/attach/config.ts';
import { type Mode, modes } from '../../../plugins/attach/modes.ts';
import { planEndpoint, reservedAddresses } from '../../../plugins/attach/plan.ts';
import type { Call, JsonObject } from '../../../plugins/cni/plugin.ts';

const overlayNetwork: Network = {
  id: 'a1b2c3d4-0000-4000-8000-000000000001',
  name: 'flannel.4096',
  type: 'Overlay',
  subnets: [{ prefix: '10.244.1.0/24', gateway: '10.244.1.1' }],
  managementAddress: '192.168.10.5',
};
const bridgeNetwork: Network = {
  id: 'a1b2c3d4-0000-4000-8000-000000000002',
  name: 'cbr0',
  type: 'L2Bridge',
  subnets: [{ prefix: '10.244.1.0/24', gateway: '10.244.1.1' }],
  managementAddress: '192.168.10.5',
};

const callWith = (config: JsonObject, args: Record<string, string> = {}): Call => ({
  command: 'ADD',
  containerId: 'pod1',
  netns: '8e3b6a40-1111-4222-8333-444455556666',
  ifName: 'eth0',
  args,
  path: [],
  version: '1.0.0',
  network: 'net',
  config: { cniVersion: '1.0.0', name: 'net', type: 'x', ...config },
});

interface Options {
  readonly network?: Network;
  readonly ips?: readonly string[];
  readonly gateway?: string;
  readonly args?: Record<string, string>;
  readonly loopbackDsr?: boolean;
}

function planFor(mode: Mode, config: JsonObject, options: Options = {}) {
  return planEndpoint({
    mode,
    config: readAttachConfig(mode, callWith(config, options.args)),
    network: options.network ?? (mode === modes.overlay ? overlayNetwork : bridgeNetwork),
    id: 'ffffffff-0000-5000-8000-000000000001',
    name: 'pod1_net',
    ips: (options.ips ?? ['10.244.1.7/24']).map((address) => ({
      address,
      gateway: options.gateway ?? '10.244.1.1',
    })),
    loopbackDsr: options.loopbackDsr ?? false,
  });
}

const policy = (value: JsonObject, name = 'EndpointPolicy') => ({ name, value });
const nat = (...exceptions: string[]): EndpointPolicy => ({
  kind: 'outbound-nat',
  exceptions,
  destinations: [],
});
const snatOf = (plan: ReturnType<typeof planFor>) =>
  plan.spec.policies.filter((entry) => entry.kind === 'outbound-nat');

describe('the exception list', () => {
  const services = policy({ Type: 'OutBoundNAT', ExceptionList: ['10.96.0.0/12'] });
  const management = policy({
    Type: 'OutBoundNAT',
    Settings: { Exceptions: ['192.168.10.0/24', '10.96.0.0/12'] },
  });
  const both = [services, management];
  it.each<[string, Mode, JsonObject, EndpointPolicy[]]>([
    [
      'overlay, masqueraded: listed first, then subnets and networks, each once',
      modes.overlay,
      { policies: both, ipMasq: true, ipMasqNetwork: '10.244.0.0/16' },
      [nat('10.96.0.0/12', '192.168.10.0/24', '10.244.1.0/24', '10.244.0.0/16')],
    ],
    [
      'overlay, not masqueraded: only what was listed',
      modes.overlay,
      { policies: both, ipMasq: false, ipMasqNetwork: '10.244.0.0/16' },
      [nat('10.96.0.0/12', '192.168.10.0/24')],
    ],
    [
      'bridge, masqueraded: listed first, then networks',
      modes.bridge,
      { policies: [services], ipMasq: true, ipMasqNetwork: ['10.244.0.0/16', '10.245.0.0/16'] },
      [nat('10.96.0.0/12', '10.244.0.0/16', '10.245.0.0/16')],
    ],
    [
      'bridge, not masqueraded, though a network is named',
      modes.bridge,
      { ipMasq: false, ipMasqNetwork: '10.244.0.0/16' },
      [],
    ],
    [
      'bridge, a network named and nothing said of masquerading',
      modes.bridge,
      { ipMasqNetwork: '10.244.0.0/16' },
      [nat('10.244.0.0/16')],
    ],
    [
      'overlay, a network named and nothing said of masquerading',
      modes.overlay,
      { ipMasqNetwork: '10.244.0.0/16' },
      [],
    ],
    [
      'an empty list masquerades everything',
      modes.bridge,
      { policies: [policy({ Type: 'OutBoundNAT', ExceptionList: [] })] },
      [nat()],
    ],
    ['nothing said, nothing done', modes.bridge, {}, []],
    [
      'one list a family',
      modes.bridge,
      {
        policies: [
          policy({ Type: 'OutBoundNAT', ExceptionList: ['10.96.0.0/12', 'fd00:10::/48'] }),
        ],
      },
      [nat('10.96.0.0/12'), nat('fd00:10::/48')],
    ],
    [
      'destinations stay apart',
      modes.bridge,
      {
        policies: [services, policy({ Type: 'OutBoundNAT', Destinations: ['10.244.1.9'] })],
      },
      [nat('10.96.0.0/12'), { kind: 'outbound-nat', exceptions: [], destinations: ['10.244.1.9'] }],
    ],
  ])('%s', (_, mode, config, expected) => {
    expect(snatOf(planFor(mode, config))).toEqual(expected);
  });

  it('clears host bits, and says so', () => {
    const plan = planFor(modes.bridge, {
      policies: [policy({ Type: 'OutBoundNAT', ExceptionList: ['10.244.1.1/16'] })],
    });
    expect(snatOf(plan)).toEqual([nat('10.244.0.0/16')]);
    expect(plan.notes).toEqual(['policies[0]: exception 10.244.1.1/16 was read as 10.244.0.0/16']);
  });

  it.each([
    ['policies', 'policies[1]'],
    ['AdditionalArgs', 'AdditionalArgs[1]'],
  ])('names the entry of %s that cannot be read', (key, where) => {
    const list = [services, policy({ Type: 'OutBoundNAT', ExceptionList: ['10.96.0.0/33'] })];
    expect(() => planFor(modes.bridge, { [key]: list })).toThrow(where);
  });
});

describe('the gateway', () => {
  it.each<[string, Mode, JsonObject, string]>([
    ['the second address on a bridge', modes.bridge, {}, '10.244.1.2'],
    ["the network's own on an overlay", modes.overlay, {}, '10.244.1.1'],
    [
      'ipam.gateway beats a bridge',
      modes.bridge,
      { ipam: { gateway: '10.244.1.9' } },
      '10.244.1.9',
    ],
    [
      'ipam.gateway beats an overlay',
      modes.overlay,
      { ipam: { gateway: '10.244.1.9' } },
      '10.244.1.9',
    ],
    [
      'a gateway of a range',
      modes.bridge,
      { ipam: { ranges: [[{ subnet: '10.244.1.0/24', gateway: '10.244.1.8' }]] } },
      '10.244.1.8',
    ],
    [
      'not the gateway of another range',
      modes.bridge,
      { ipam: { ranges: [[{ subnet: '10.9.0.0/24', gateway: '10.9.0.8' }]] } },
      '10.244.1.2',
    ],
  ])('%s', (_, mode, config, nextHop) => {
    expect(planFor(mode, config).spec.routes).toEqual([{ destination: '0.0.0.0/0', nextHop }]);
  });

  it('keeps the host address of a bridge out of the pool', () => {
    const config = readAttachConfig(
      modes.bridge,
      callWith({ ipam: { type: 'host-local', subnet: '10.244.1.0/24' } }),
    );
    expect(reservedAddresses(modes.bridge, config)).toEqual(['10.244.1.2']);
    expect(reservedAddresses(modes.overlay, config)).toEqual([]);
  });
});

describe('the MAC address', () => {
  it.each<[Mode, JsonObject, string | undefined]>([
    [modes.overlay, {}, '0E-2A-0A-F4-01-07'],
    [modes.overlay, { endpointMacPrefix: '0e-3b' }, '0E-3B-0A-F4-01-07'],
    [modes.bridge, {}, undefined],
  ])('$name with %o', (mode, config, mac) => {
    expect(planFor(mode, config).spec.mac).toBe(mac);
  });

  it.each(['0E2A', '0E-2G', '0E-2A-33', 'xx-yy'])('refuses the prefix %s', (endpointMacPrefix) => {
    expect(() => planFor(modes.overlay, { endpointMacPrefix })).toThrow('endpointMacPrefix');
  });
});

describe('port mappings', () => {
  const mapping = (entry: JsonObject) => ({ runtimeConfig: { portMappings: [entry] } });
  const mapped = (config: JsonObject, options?: Options) =>
    planFor(modes.bridge, config, options).spec.policies;

  it.each<[string, JsonObject, JsonObject]>([
    ['tcp', { hostPort: 8080, containerPort: 80, protocol: 'tcp' }, { protocol: 6 }],
    ['UDP', { hostPort: 8080, containerPort: 80, protocol: 'UDP' }, { protocol: 17 }],
    ['sctp', { hostPort: 8080, containerPort: 80, protocol: 'sctp' }, { protocol: 132 }],
    ['a number', { hostPort: 8080, containerPort: 80, protocol: '17' }, { protocol: 17 }],
    ['none said', { hostPort: 8080, containerPort: 80 }, { protocol: 6 }],
    [
      'a host address',
      { hostPort: 8080, containerPort: 80, protocol: 'tcp', hostIP: '192.168.10.5' },
      { protocol: 6, vip: '192.168.10.5' },
    ],
  ])('%s', (_, entry, expected) => {
    expect(mapped(mapping(entry))).toEqual([
      {
        kind: 'port-mapping',
        internalPort: 80,
        externalPort: 8080,
        localRouted: false,
        ipv6: false,
        ...expected,
      },
    ]);
  });

  it('are on an overlay too', () => {
    const config = mapping({ hostPort: 8080, containerPort: 80, protocol: 'tcp' });
    const kinds = planFor(modes.overlay, config).spec.policies.map(({ kind }) => kind);
    expect(kinds).toContain('port-mapping');
  });

  it('without a host port ask for nothing', () => {
    expect(mapped(mapping({ hostPort: 0, containerPort: 80, protocol: 'tcp' }))).toEqual([]);
  });

  it('come twice on a dual-stack pod, and once when the host address says which', () => {
    const ips = ['10.244.1.7/24', 'fd00::7/64'];
    const entry = { hostPort: 8080, containerPort: 80, protocol: 'tcp' };
    const families = (config: JsonObject) =>
      mapped(config, { ips }).map((entry) => entry.kind === 'port-mapping' && entry.ipv6);
    expect(families(mapping(entry))).toEqual([false, true]);
    expect(families(mapping({ ...entry, hostIP: 'fd00::1' }))).toEqual([true]);
  });

  it('open the firewall when told to, with rising priorities', () => {
    const rules = mapped({
      optionalFlags: { allowAclPortMapping: true, localRoutedPortMapping: true },
      runtimeConfig: {
        portMappings: [
          { hostPort: 1, containerPort: 11, protocol: 'tcp' },
          { hostPort: 2, containerPort: 22, protocol: 'udp' },
        ],
      },
    });
    expect(rules).toMatchObject([
      { kind: 'port-mapping', localRouted: true },
      { kind: 'port-mapping', localRouted: true },
      {
        kind: 'acl',
        action: 'Allow',
        direction: 'In',
        protocols: '6',
        localPorts: '11',
        priority: 1000,
      },
      {
        kind: 'acl',
        action: 'Allow',
        direction: 'In',
        protocols: '17',
        localPorts: '22',
        priority: 1001,
      },
    ]);
  });

  it.each([{ protocol: 'gre' }, { protocol: 300 }, { protocol: '' }])('refuse %o', (odd) => {
    expect(() => mapped(mapping({ hostPort: 1, containerPort: 1, ...odd }))).toThrow(
      'runtimeConfig.portMappings[0].protocol',
    );
  });
});

describe('DNS', () => {
  const dns = {
    nameservers: ['10.96.0.10'],
    search: ['svc.cluster.local'],
    domain: 'cluster.local',
    options: ['ndots:5'],
  };
  it.each<[string, JsonObject, JsonObject]>([
    [
      'of the configuration',
      { dns },
      {
        servers: ['10.96.0.10'],
        search: ['svc.cluster.local'],
        domain: 'cluster.local',
        options: ['ndots:5'],
      },
    ],
    [
      'of the runtime, field by field',
      { dns, runtimeConfig: { dns: { servers: ['10.0.0.53'], searches: [] } } },
      {
        servers: ['10.0.0.53'],
        search: ['svc.cluster.local'],
        domain: 'cluster.local',
        options: ['ndots:5'],
      },
    ],
    [
      'in any letter case',
      { DNS: { Nameservers: ['10.96.0.10'] } },
      { servers: ['10.96.0.10'], search: [], options: [] },
    ],
  ])('%s', (_, config, expected) => {
    expect(planFor(modes.bridge, config).spec.dns).toEqual(expected);
  });
});

describe('other policies', () => {
  it('carries the node address on an overlay, unless one is listed', () => {
    const addresses = (config: JsonObject) =>
      planFor(modes.overlay, config).spec.policies.filter(
        ({ kind }) => kind === 'provider-address',
      );
    expect(addresses({})).toEqual([{ kind: 'provider-address', address: '192.168.10.5' }]);
    expect(addresses({ policies: [policy({ Type: 'PA', PA: '192.168.10.9' })] })).toEqual([
      { kind: 'provider-address', address: '192.168.10.9' },
    ]);
  });

  it('lets a pod reach itself when HNS can', () => {
    const plan = planFor(modes.bridge, { loopbackDSR: true }, { loopbackDsr: true });
    expect(snatOf(plan)).toEqual([
      { kind: 'outbound-nat', exceptions: [], destinations: ['10.244.1.7'] },
    ]);
  });

  it('leaves policies for others alone', () => {
    const config = { policies: [policy({ Type: 'VLAN', VLAN: 3 }, 'NetworkPolicy')] };
    expect(planFor(modes.bridge, config).spec.policies).toEqual([]);
  });
});

describe('IPv6', () => {
  it.each<[Mode, string[], string]>([
    [
      modes.overlay,
      ['10.244.1.7/24', 'fd00::7/64'],
      'Windows has no IPv6 on networks of type Overlay',
    ],
    [modes.bridge, ['fd00::7/64'], 'only beside IPv4'],
  ])('is refused where Windows has none: $name', (mode, ips, message) => {
    expect(() => planFor(mode, {}, { ips })).toThrow(message);
  });
});

describe('a configuration that is wrong', () => {
  it.each<[JsonObject, string]>([
    [{ policies: {} }, 'policies: expected array, found an object'],
    [{ policies: [{ value: {} }] }, 'policies[0].name: expected string, found nothing'],
    [
      { policies: [policy({ Type: 'ROUTE', DestinationPrefix: '', NeedEncap: true })] },
      'policies[0]',
    ],
    [{ ipMasqNetwork: '10.244.0.0' }, 'ipMasqNetwork: expected a CIDR'],
    [{ ipMasq: 'yes' }, 'ipMasq: expected boolean, found "yes"'],
    [
      { runtimeConfig: { portMappings: [{ hostPort: 70000, containerPort: 1 }] } },
      'hostPort: expected at most 65535',
    ],
    [{ ipam: { gateway: 'nowhere' } }, 'ipam.gateway: expected an IP address'],
    [{ apiVersion: 3 }, 'apiVersion: expected one of 0, 1, 2'],
  ])('%o', (config, message) => {
    expect(() => planFor(modes.bridge, config)).toThrow(message);
  });
});
