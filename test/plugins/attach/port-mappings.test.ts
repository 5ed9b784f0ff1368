import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../cni/json-object.ts';
import { policyDocument } from '../../../hns-bridge/policy/policy.ts';
import { modes } from '../../../plugins/attach/modes.ts';
import { allowOut, letIn } from './documents.ts';
import { type Options, planFor, policiesOf } from './plan-trial.ts';

/** hcsshim's NatFlags: 2 is a mapping of IPv6. */
const isIPv6 = ({ Settings }: JsonObject) => JSON.stringify(Settings).includes('"Flags":2');

describe('port mappings', () => {
  const mapping = (entry: JsonObject) => ({ runtimeConfig: { portMappings: [entry] } });
  const mapped = (config: JsonObject, options?: Options) =>
    policiesOf(planFor(modes.bridge, config, options));

  it.each<[string, JsonObject, JsonObject]>([
    ['tcp', { hostPort: 8080, containerPort: 80, protocol: 'tcp' }, { Protocol: 6 }],
    ['UDP', { hostPort: 8080, containerPort: 80, protocol: 'UDP' }, { Protocol: 17 }],
    ['icmpv4', { hostPort: 8080, containerPort: 80, protocol: 'ICMPv4' }, { Protocol: 1 }],
    ['igmp', { hostPort: 8080, containerPort: 80, protocol: 'IGMP' }, { Protocol: 2 }],
    ['icmpv6', { hostPort: 8080, containerPort: 80, protocol: 'icmpv6' }, { Protocol: 58 }],
    ['a number that is one', { hostPort: 8080, containerPort: 80, protocol: 6 }, { Protocol: 6 }],
    ['a number', { hostPort: 8080, containerPort: 80, protocol: '17' }, { Protocol: 17 }],
    [
      'a number in hexadecimal',
      { hostPort: 8080, containerPort: 80, protocol: '0x11' },
      { Protocol: 17 },
    ],
    ['a number in octal', { hostPort: 8080, containerPort: 80, protocol: '021' }, { Protocol: 17 }],
    ['none said', { hostPort: 8080, containerPort: 80 }, { Protocol: 6 }],
    [
      'a host address',
      { hostPort: 8080, containerPort: 80, protocol: 'tcp', hostIP: '192.168.10.5' },
      { Protocol: 6, VIP: '192.168.10.5' },
    ],
  ])('%s', (_, entry, expected) => {
    expect(mapped(mapping(entry))).toEqual([
      { Type: 'PortMapping', Settings: { InternalPort: 80, ExternalPort: 8080, ...expected } },
    ]);
  });

  it('are on an overlay too', () => {
    const config = mapping({ hostPort: 8080, containerPort: 80, protocol: 'tcp' });
    const types = policiesOf(planFor(modes.overlay, config)).map(({ Type }) => Type);
    expect(types).toContain('PortMapping');
  });

  it('without a host port ask for nothing', () => {
    expect(mapped(mapping({ hostPort: 0, containerPort: 80, protocol: 'tcp' }))).toEqual([]);
    expect(mapped(mapping({ containerPort: 80, protocol: 'tcp' }))).toEqual([]);
  });

  it.each<[string, keyof typeof modes, string[]]>([
    ['192.168.10.5', 'bridge', ['10.244.1.7/24']],
    ['fd00::5', 'bridge', ['10.244.1.7/24']],
    ['::', 'bridge', ['10.244.1.7/24']],
    ['fd00::5', 'bridge', ['10.244.1.7/24', 'fd00::7/64']],
    ['fd00::5', 'bridge', []],
    ['fd00::5', 'overlay', ['10.244.1.7/24']],
  ])('of the host’s %s are on each of its addresses in V1: %s %o', (hostIP, mode, ips) => {
    const config = mapping({ hostPort: 8080, containerPort: 80, protocol: 'tcp', hostIP });
    const { endpoint, notes } = planFor(modes[mode], config, { dialect: 'v1', ips });
    const sent = (endpoint.Policies ?? []).map((planned) => policyDocument(planned, 'v1'));
    expect(sent.filter(({ Type }) => Type === 'NAT')).toEqual([
      { Type: 'NAT', InternalPort: 80, ExternalPort: 8080, Protocol: 'tcp' },
    ]);
    expect(notes).toEqual(['V1 maps a host port on every address of the node: 8080 too']);
  });

  it('are of no family in V1: one is enough for a dual-stack pod', () => {
    const ips = ['10.244.1.7/24', 'fd00::7/64'];
    const config = mapping({ hostPort: 8080, containerPort: 80, protocol: 'tcp' });
    const { endpoint } = planFor(modes.bridge, config, { dialect: 'v1', ips });
    expect(endpoint.Policies?.map((planned) => policyDocument(planned, 'v1'))).toEqual([
      { Type: 'NAT', InternalPort: 80, ExternalPort: 8080, Protocol: 'tcp' },
    ]);
  });

  const [four, six] = ['10.244.1.7/24', 'fd00::7/64'];
  it.each<[keyof typeof modes, string[], boolean, boolean]>([
    ['bridge', [four], false, false],
    ['bridge', [four], true, false],
    ['bridge', [four, six], false, true],
    // HNS chooses the address.
    ['bridge', [], false, false],
    ['bridge', [], true, true],
    ['sdnBridge', [four], true, false],
    ['sdnBridge', [four, six], true, true],
    ['transparent', [four], false, false],
    ['transparent', [six], false, true],
    ['overlay', [four], false, false],
    ['overlay', [], true, false],
    ['sdnOverlay', [], true, false],
    ['nat', [], true, false],
  ])(
    'of the host’s IPv6 address are for pods with IPv6 only: %s, %o, told of both: %o',
    (...row) => {
      const [mode, ips, enableDualStack, led] = row;
      const hostIP = 'fd00::5';
      const config = {
        ...mapping({ hostPort: 8080, containerPort: 80, protocol: 'tcp', hostIP }),
        optionalFlags: { enableDualStack, allowAclPortMapping: true },
      };
      const plan = planFor(modes[mode], config, { ips });
      const made = policiesOf(plan).filter(({ Type }) => Type === 'PortMapping' || Type === 'ACL');
      const Settings = { InternalPort: 80, ExternalPort: 8080, Protocol: 6, VIP: hostIP, Flags: 2 };
      const mapped = [{ Type: 'PortMapping', Settings }, letIn('6', '80'), allowOut];
      expect(made).toEqual(led ? mapped : []);
      const note = 'the endpoint has no IPv6 address: host port 8080 of fd00::5 is not mapped';
      expect(plan.notes.includes(note)).toBe(!led);
    },
  );

  it.each(['sctp', 'SCTP', 132])('of protocol %s are skipped: Windows has none', (protocol) => {
    const config = mapping({ hostPort: 8080, containerPort: 80, protocol });
    const { endpoint, notes } = planFor(modes.bridge, config);
    expect(endpoint.Policies).toEqual([]);
    expect(notes).toEqual([
      'runtimeConfig.portMappings[0]: Windows has no sctp: the port is not mapped',
    ]);
  });

  it.each(['tcp', 'TCP', '6'])('are sent to V1 in the runtime’s own word: %s', (protocol) => {
    const entry = { hostPort: 8080, containerPort: 80, protocol, hostIP: '192.168.10.5' };
    const { endpoint, notes } = planFor(modes.bridge, mapping(entry), { dialect: 'v1' });
    const ports = { InternalPort: 80, ExternalPort: 8080 };
    expect(endpoint.Policies?.map((planned) => policyDocument(planned, 'v1'))).toEqual([
      { Type: 'NAT', ...ports, Protocol: protocol },
    ]);
    expect(notes).toEqual(['V1 maps a host port on every address of the node: 8080 too']);
  });

  it('come twice on a dual-stack pod, and once when the host address says which', () => {
    const ips = ['10.244.1.7/24', 'fd00::7/64'];
    const entry = { hostPort: 8080, containerPort: 80, protocol: 'tcp' };
    const families = (config: JsonObject) => mapped(config, { ips }).map(isIPv6);
    expect(families(mapping(entry))).toEqual([false, true]);
    expect(families(mapping({ ...entry, hostIP: 'fd00::1' }))).toEqual([true]);
  });

  it('come twice when HNS chooses the addresses, and the configuration says of both families', () => {
    const entry = { hostPort: 8080, containerPort: 80, protocol: 'tcp' };
    const flags = (enableDualStack: boolean, ips: readonly string[]) =>
      mapped({ ...mapping(entry), optionalFlags: { enableDualStack } }, { ips }).map(isIPv6);
    expect(flags(true, [])).toEqual([false, true]);
    expect(flags(false, [])).toEqual([false]);
    // What IPAM answered tells more than the flag.
    expect(flags(true, ['10.244.1.7/24'])).toEqual([false]);
  });

  it('open the firewall when told to, and let the pod reach anybody all the same', () => {
    const rules = mapped({
      optionalFlags: { allowAclPortMapping: true, localRoutedPortMapping: true },
      runtimeConfig: {
        portMappings: [
          { hostPort: 1, containerPort: 11, protocol: 'tcp' },
          { hostPort: 2, containerPort: 22, protocol: 'udp' },
        ],
      },
    });
    const rule = { Action: 'Allow', Direction: 'In' };
    expect(rules).toMatchObject([
      { Type: 'PortMapping', Settings: { Flags: 1 } },
      { Type: 'ACL', Settings: { ...rule, Protocols: '6', LocalPorts: '11', Priority: 1000 } },
      { Type: 'PortMapping', Settings: { Flags: 1 } },
      { Type: 'ACL', Settings: { ...rule, Protocols: '17', LocalPorts: '22', Priority: 1000 } },
      allowOut,
    ]);
  });

  it.each<[string, JsonObject, JsonObject[]]>([
    ['is listed', { Type: 'ACL', Action: 'Allow', Direction: 'Out', Priority: 300 }, []],
    [
      'is none, and an outward rule is listed: it comes last',
      { Type: 'ACL', Action: 'Block', Direction: 'Out', Priority: 3000 },
      [{ Type: 'ACL', Settings: { ...allowOut.Settings, Priority: 3001 } }],
    ],
    ['is none', { Type: 'ACL', Action: 'Allow', Direction: 'In', Priority: 300 }, [allowOut]],
  ])('let the pod out by a rule of their own, unless one that does %s', (_, rule, expected) => {
    const policies = mapped({
      ...mapping({ hostPort: 1, containerPort: 11, protocol: 'tcp' }),
      optionalFlags: { allowAclPortMapping: true },
      policies: [{ name: 'EndpointPolicy', value: rule }],
    });
    expect(policies.slice(3)).toEqual(expected);
  });

  it.each([{ protocol: 'gre' }, { protocol: 300 }, { protocol: '' }])('refuse %o', (odd) => {
    expect(() => mapped(mapping({ hostPort: 1, containerPort: 1, ...odd }))).toThrow(
      'runtimeConfig.portMappings[0].protocol',
    );
  });
});
