import { describe, expect, it } from 'vitest';
import { formatAddress, formatWithPrefix } from '../../../cni/address.ts';
import type { JsonObject } from '../../../cni/json-object.ts';
import { readAttachConfig } from '../../../plugins/attach/config.ts';
import { type Mode, modes } from '../../../plugins/attach/modes.ts';
import { reservedAddresses, usableIps } from '../../../plugins/attach/plan.ts';
import { callWith, cidr, planFor, policiesOf, policy, snatOf } from './plan-trial.ts';

describe('the gateway', () => {
  it.each<[string, Mode, JsonObject, string]>([
    ['the second address on a bridge', modes.bridge, {}, '10.244.1.2'],
    ["the network's own on an overlay", modes.overlay, {}, '10.244.1.1'],
    ['the network’s own on a NAT', modes.nat, {}, '10.244.1.1'],
    ['the one IPAM names on a transparent network', modes.transparent, {}, '10.244.1.5'],
    ['the one IPAM names for sdnbridge', modes.sdnBridge, {}, '10.244.1.5'],
    [
      'the second for sdnbridge, when told to',
      modes.sdnBridge,
      { optionalFlags: { forceBridgeGateway: true } },
      '10.244.1.2',
    ],
    ["the network's own for sdnoverlay", modes.sdnOverlay, {}, '10.244.1.1'],
    ...[modes.transparent, modes.sdnBridge].map((mode): [string, Mode, JsonObject, string] => [
      `ipam.gateway beats ${mode.name}`,
      mode,
      { ipam: { gateway: '10.244.1.9' }, optionalFlags: { forceBridgeGateway: true } },
      '10.244.1.9',
    ]),
    [
      'a gateway of the runtime’s ranges',
      modes.transparent,
      { runtimeConfig: { ipRanges: [[{ subnet: '10.244.1.0/24', gateway: '10.244.1.8' }]] } },
      '10.244.1.8',
    ],
    [
      'a gateway of a range',
      modes.transparent,
      { ipam: { ranges: [[{ subnet: '10.244.1.0/24', gateway: '10.244.1.8' }]] } },
      '10.244.1.8',
    ],
    [
      'not the gateway of another range',
      modes.transparent,
      { ipam: { ranges: [[{ subnet: '10.9.0.0/24', gateway: '10.9.0.8' }]] } },
      '10.244.1.5',
    ],
  ])('%s', (_, mode, config, NextHop) => {
    const { endpoint } = planFor(mode, config, { gateway: '10.244.1.5' });
    expect(endpoint.Routes).toEqual([{ DestinationPrefix: '0.0.0.0/0', NextHop }]);
  });

  it.each<[Mode, string]>([
    [modes.bridge, '10.244.1.2'],
    [modes.overlay, '10.244.1.1'],
    [modes.nat, '10.244.1.1'],
    [modes.sdnOverlay, '10.244.1.1'],
  ])('is not ipam.gateway on a network of HNS’s, and the log says so: $name', (mode, NextHop) => {
    const { endpoint, notes } = planFor(mode, { ipam: { gateway: '10.244.1.9' } });
    expect(endpoint.Routes).toEqual([{ DestinationPrefix: '0.0.0.0/0', NextHop }]);
    expect(notes).toEqual([
      `ipam.gateway 10.244.1.9 is not the pods' gateway on a network of this kind (${mode.name})`,
    ]);
    expect(planFor(mode, { ipam: { gateway: NextHop } }).notes).toEqual([]);
  });

  it.each(['10.244.1.7/16', '10.244.1.7/32'])(
    'is of the HNS subnet that holds the pod, whatever prefix IPAM answers: %s',
    (ip) => {
      const { endpoint } = planFor(modes.bridge, {}, { ips: [ip] });
      expect(endpoint.Routes?.[0]?.NextHop).toBe('10.244.1.2');
      expect(endpoint.IpConfigurations).toEqual([{ IpAddress: '10.244.1.7', PrefixLength: 24 }]);
    },
  );

  it('keeps the host address of a bridge out of the pool', () => {
    const config = readAttachConfig(
      modes.bridge,
      callWith({ ipam: { type: 'host-local', subnet: '10.244.1.0/24' } }),
    );
    expect(reservedAddresses(modes.bridge, config).map(formatAddress)).toEqual(['10.244.1.2']);
    expect(reservedAddresses(modes.overlay, config)).toEqual([]);
  });
});

describe('the MAC address', () => {
  it.each<[Mode, JsonObject, string | undefined]>([
    // As the reference writes it: the prefix as it stands, the address in small letters.
    [modes.overlay, {}, '0E-2A-0a-f4-01-07'],
    [modes.overlay, { endpointMacPrefix: '0e-3B' }, '0e-3B-0a-f4-01-07'],
    [modes.bridge, {}, undefined],
    [modes.bridge, { runtimeConfig: { mac: '00:15:5d:01:02:03' } }, undefined],
    [modes.sdnBridge, {}, undefined],
    [modes.nat, {}, undefined],
    [modes.sdnOverlay, { endpointMacPrefix: '0E-3C' }, undefined],
    [modes.transparent, {}, undefined],
    [modes.transparent, { runtimeConfig: { mac: '00:15:5d:0a:0b:0c' } }, '00-15-5D-0A-0B-0C'],
  ])('$name with %o', (mode, config, mac) => {
    expect(planFor(mode, config).endpoint.MacAddress).toBe(mac);
  });

  it.each(['0E2A', '0E-2G', '0E-2A-33', 'xx-yy'])('refuses the prefix %s', (endpointMacPrefix) => {
    expect(() => planFor(modes.overlay, { endpointMacPrefix })).toThrow('endpointMacPrefix');
  });
});

describe('the second address of a subnet', () => {
  it.each<[Mode, string[]]>([
    [modes.bridge, ['10.244.1.2', '10.244.9.2', 'fd00:9::2']],
    [modes.sdnBridge, ['10.244.1.2', '10.244.9.2', 'fd00:9::2']],
    [modes.overlay, []],
    [modes.sdnOverlay, []],
    [modes.nat, []],
    [modes.transparent, []],
  ])('is reserved on a bridge, wherever the subnet is written: $name', (mode, reserved) => {
    const config = callWith({
      ipam: { subnet: '10.244.1.0/24', ranges: [[{ subnet: '10.244.9.0/24' }]] },
      runtimeConfig: { ipRanges: [[{ subnet: 'fd00:9::/64' }]] },
    });
    const found = reservedAddresses(mode, readAttachConfig(mode, config)).map(formatAddress);
    expect(found.toSorted()).toEqual(reserved);
  });
});

describe('other policies', () => {
  it('carries the node address on an overlay, unless one is listed', () => {
    const addresses = (config: JsonObject) =>
      policiesOf(planFor(modes.overlay, config)).filter(({ Type }) => Type === 'ProviderAddress');
    const provider = (ProviderAddress: string) => ({
      Type: 'ProviderAddress',
      Settings: { ProviderAddress },
    });
    expect(addresses({})).toEqual([provider('192.168.10.5')]);
    expect(addresses({ policies: [policy({ Type: 'PA', PA: '192.168.10.9' })] })).toEqual([
      provider('192.168.10.9'),
    ]);
  });

  it('lets a pod reach itself when HNS can', () => {
    const plan = planFor(modes.bridge, { loopbackDSR: true }, { loopbackDsr: true });
    expect(snatOf(plan)).toEqual([
      { Type: 'OutBoundNAT', Settings: { Destinations: ['10.244.1.7'] } },
    ]);
  });

  it('lets a pod reach itself, whatever other policies call their destinations', () => {
    const odd = policy({ Type: 'Newest', Settings: { Destinations: ['10.244.1.7'] } });
    const plan = planFor(modes.bridge, { policies: [odd] }, { loopbackDsr: true });
    expect(snatOf(plan)).toHaveLength(1);
  });

  it('leaves policies for others alone', () => {
    const config = { policies: [policy({ Type: 'VLAN', VLAN: 3 }, 'NetworkPolicy')] };
    expect(policiesOf(planFor(modes.bridge, config))).toEqual([]);
  });
});

describe('IPv6', () => {
  it.each<[Mode, string[], string]>([
    [modes.overlay, ['fd00::7/64'], 'wincni does not do IPv6 on networks of type Overlay'],
    [modes.bridge, ['fd00::7/64'], 'only beside IPv4'],
  ])('is refused where Windows has none: $name', (mode, ips, message) => {
    expect(() => planFor(mode, {}, { ips })).toThrow(message);
  });
});

describe('a configuration that is wrong', () => {
  it.each<[JsonObject, string]>([
    [{ policies: {} }, 'policies: expected array, found an object'],
    [{ policies: [{ name: 5, value: {} }] }, 'policies[0].name: expected string, found 5'],
    [
      { policies: [policy({ Type: 'ROUTE', DestinationPrefix: '', NeedEncap: true })] },
      'policies[0]',
    ],
    [{ ipMasqNetwork: '10.244.0.0' }, 'ipMasqNetwork: expected a CIDR'],
    [
      { runtimeConfig: { portMappings: [{ hostPort: 70000, containerPort: 1 }] } },
      'hostPort: expected at most 65535',
    ],
    [{ ipam: { gateway: 'nowhere' } }, 'ipam.gateway: expected an IP address'],
    [{ apiVersion: '2' }, 'apiVersion: expected number, found "2"'],
    [{ runtimeConfig: { mac: '00:15:5d' } }, 'runtimeConfig.mac: expected six hex pairs'],
    [{ optionalFlags: { loopbackDSR: 1 } }, 'optionalFlags.loopbackDSR: expected boolean, found 1'],
    [{ AdditionalArgs: [{ Name: 'EndpointPolicy', Value: [] }] }, 'AdditionalArgs[0].value'],
    [{ HcnPolicyArgs: [{ Settings: {} }] }, 'HcnPolicyArgs[0]: Type'],
    [{ additionalRoutes: 'none' }, 'additionalRoutes: expected array, found "none"'],
    [{ vni: 16777216 }, 'vni: expected at most 16777215'],
    [
      { runtimeConfig: { portMappings: [{ hostPort: 1, containerPort: 1, hostIP: 'here' }] } },
      'runtimeConfig.portMappings[0].hostIP: expected an IP address, found "here"',
    ],
  ])('%o', (config, message) => {
    expect(() => planFor(modes.transparent, config)).toThrow(message);
  });
});

describe('what says nothing', () => {
  it.each<[Mode, JsonObject, string]>([
    [modes.bridge, { policies: [{ value: { Type: 'ACL' } }] }, 'policies[0] has no name'],
    [
      modes.bridge,
      { policies: [{ name: 'EndpointPolicy', value: null }] },
      'policies[0] has no value',
    ],
  ])('does not fail a pod, and is told to the log: $name %o', (mode, config, note) => {
    const usual = planFor(mode, {});
    const { endpoint, notes } = planFor(mode, config);
    expect(endpoint).toEqual(usual.endpoint);
    expect(notes).toEqual([expect.stringContaining(note)]);
  });

  it('apiVersion insists on a dialect only where it names one', () => {
    expect(readAttachConfig(modes.bridge, callWith({ apiVersion: 3 })).apiVersion).toBeUndefined();
    expect(readAttachConfig(modes.bridge, callWith({ apiVersion: 1 })).apiVersion).toBe(1);
  });
});

describe('the addresses that an endpoint gets of IPAM’s', () => {
  const usable = (mode: Mode, texts: readonly string[], config: JsonObject = {}) =>
    usableIps(
      mode,
      readAttachConfig(mode, callWith(config)),
      texts.map((text) => ({ cidr: cidr(text) })),
    ).map(({ cidr }) => formatWithPrefix(cidr));
  it.each<[Mode, string[], string[]]>([
    [modes.bridge, ['10.0.0.7/24', '10.0.1.7/24'], ['10.0.0.7/24']],
    [modes.bridge, ['fd00::7/64', '10.0.0.7/24', 'fd00::8/64'], ['fd00::7/64', '10.0.0.7/24']],
    [modes.overlay, ['fd00::7/64', '10.0.0.7/24'], ['10.0.0.7/24']],
    [modes.overlay, ['fd00::7/64'], ['fd00::7/64']],
    [modes.transparent, ['fd00::7/64'], ['fd00::7/64']],
    [modes.nat, [], []],
  ])('are the first of each family that the mode can do: $name %o', (mode, given, expected) => {
    expect(usable(mode, given)).toEqual(expected);
  });

  it('are of both families on Microsoft’s bridge where enableDualStack says so', () => {
    const given = ['10.0.0.7/24', 'fd00::7/64'];
    const told = (enableDualStack: boolean) => ({ optionalFlags: { enableDualStack } });
    expect(usable(modes.sdnBridge, given, told(true))).toEqual(given);
    expect(usable(modes.sdnBridge, given, told(false))).toEqual(['10.0.0.7/24']);
  });
});
