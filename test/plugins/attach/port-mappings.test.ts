import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../cni/plugin.ts';
import { modes } from '../../../plugins/attach/modes.ts';
import { type Options, planFor } from './plan-trial.ts';

describe('port mappings', () => {
  const mapping = (entry: JsonObject) => ({ runtimeConfig: { portMappings: [entry] } });
  const mapped = (config: JsonObject, options?: Options) =>
    planFor(modes.bridge, config, options).spec.policies;

  it.each<[string, JsonObject, JsonObject]>([
    ['tcp', { hostPort: 8080, containerPort: 80, protocol: 'tcp' }, { protocol: 6 }],
    ['UDP', { hostPort: 8080, containerPort: 80, protocol: 'UDP' }, { protocol: 17 }],
    ['sctp', { hostPort: 8080, containerPort: 80, protocol: 'sctp' }, { protocol: 132 }],
    ['icmpv4', { hostPort: 8080, containerPort: 80, protocol: 'ICMPv4' }, { protocol: 1 }],
    ['igmp', { hostPort: 8080, containerPort: 80, protocol: 'IGMP' }, { protocol: 2 }],
    ['icmpv6', { hostPort: 8080, containerPort: 80, protocol: 'icmpv6' }, { protocol: 58 }],
    ['a number that is one', { hostPort: 8080, containerPort: 80, protocol: 6 }, { protocol: 6 }],
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

  it('come twice when HNS chooses the addresses, and the configuration says of both families', () => {
    const entry = { hostPort: 8080, containerPort: 80, protocol: 'tcp' };
    const flags = (enableDualStack: boolean, ips: readonly string[]) =>
      mapped({ ...mapping(entry), optionalFlags: { enableDualStack } }, { ips }).map(
        (made) => made.kind === 'port-mapping' && made.ipv6,
      );
    expect(flags(true, [])).toEqual([false, true]);
    expect(flags(false, [])).toEqual([false]);
    // What IPAM answered tells more than the flag.
    expect(flags(true, ['10.244.1.7/24'])).toEqual([false]);
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
