import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../cni/json-object.ts';
import { type Mode, modes } from '../../../plugins/attach/modes.ts';
import { planFor, policy } from './plan-trial.ts';

/** What is not of a kind. */
const not = {
  flag: ['true', 1, [], {}],
  text: [7, true, [], {}],
  number: ['2', true, [], {}],
  texts: ['text', 7, {}, [7]],
  objects: ['text', 7, {}, ['text']],
  object: ['text', 7, []],
  cidrs: ['abc', 7, {}, ['10.0.0.0/8', 'abc']],
  macPrefix: ['zz', '0E-2A-3B', 7, {}],
  mac: ['00:15:5d', 7, {}],
  address: ['nowhere', 7, []],
  addresses: ['10.0.0.1', 7, ['nowhere']],
} as const satisfies Readonly<Record<string, readonly unknown[]>>;

const { bridge, nat, overlay, sdnBridge, sdnOverlay, transparent } = modes;
const microsofts = [nat, sdnBridge, sdnOverlay];
const winPlugins = [bridge, overlay];
const reference = [...winPlugins, ...microsofts];

/**
 * Every key of a configuration that the engine reads, what is not of its kind, and the names under which
 * the reference decodes it: containernetworking's NetConf (pkg/hns and the plugin's own), and Microsoft's
 * NetworkConfig (cni/cni.go).
 */
const keys: readonly [string, readonly unknown[], readonly Mode[]][] = [
  ['apiVersion', not.number, winPlugins],
  ['policies', not.objects, winPlugins],
  ['AdditionalArgs', not.objects, microsofts],
  ['HcnPolicyArgs', ['text', 7, {}], []],
  ['ipMasq', not.flag, [overlay]],
  ['ipMasqNetwork', not.cidrs, [bridge]],
  ['otherIpMasqNetworks', not.cidrs, []],
  ['endpointMacPrefix', not.macPrefix, [overlay]],
  ['loopbackDSR', not.flag, winPlugins],
  ['hns', ['Native', 7, []], []],
  ['createNetwork', not.flag, []],
  ['master', not.text, []],
  ['vni', [...not.number, 4095, 16777216], []],
  ['additionalRoutes', not.objects, microsofts],
  ['optionalFlags', not.object, microsofts],
  ['optionalFlags.localRoutedPortMapping', not.flag, microsofts],
  ['optionalFlags.allowAclPortMapping', not.flag, microsofts],
  ['optionalFlags.forceBridgeGateway', not.flag, microsofts],
  ['optionalFlags.enableDualStack', not.flag, microsofts],
  ['optionalFlags.gatewayFromAdditionalRoutes', not.flag, microsofts],
  ['optionalFlags.loopbackDSR', not.flag, microsofts],
  ['dns', not.object, reference],
  ['dns.nameservers', not.texts, reference],
  ['dns.domain', not.text, reference],
  ['dns.search', not.texts, reference],
  ['dns.options', not.texts, reference],
  ['ipam', not.object, reference],
  ['ipam.subnet', not.text, microsofts],
  ['ipam.routes', not.objects, microsofts],
  // What host-local reads, it complains of itself.
  ['ipam.gateway', not.address, []],
  ['ipam.ranges', [...not.objects, [[{ gateway: 'nowhere' }]]], []],
  ['args', not.object, []],
  ['args.cni.ips', not.addresses, []],
  ['runtimeConfig', not.object, reference],
  ['runtimeConfig.mac', not.mac, []],
  ['runtimeConfig.ips', not.addresses, []],
  ['runtimeConfig.ipRanges', not.objects, []],
  ['runtimeConfig.portMappings', not.objects, reference],
  ['runtimeConfig.dns', not.object, reference],
  ['runtimeConfig.dns.servers', not.texts, reference],
  ['runtimeConfig.dns.searches', not.texts, reference],
  ['runtimeConfig.dns.options', not.texts, microsofts],
];

/** A configuration with a value under a path of keys. */
const withValue = (path: string, value: unknown): JsonObject =>
  path.split('.').reduceRight<unknown>((inner, key) => ({ [key]: inner }), value) as JsonObject;

const rows = keys.flatMap(([key, wrongs, readBy]) =>
  [...reference, transparent].flatMap((mode) =>
    wrongs.map((wrong) => ({
      name: mode.name,
      key,
      wrong: JSON.stringify(wrong),
      mode,
      config: withValue(key, wrong),
      // win-transparent is ours: there is nothing that worked before.
      fails: mode === transparent || readBy.includes(mode),
    })),
  ),
);

describe('a key that the reference plugin of that name reads, or that is ours alone', () => {
  it.each(rows.filter(({ fails }) => fails))('is named by $name: $key $wrong', (row) => {
    expect(() => planFor(row.mode, row.config)).toThrow(`: ${row.key}`);
  });
});

describe('a key that the reference plugin of that name never reads', () => {
  it.each(rows.filter(({ fails }) => !fails))(
    'fails no pod, and is told to the log, by $name: $key $wrong',
    ({ config, key, mode }) => {
      const { endpoint, notes } = planFor(mode, config);
      expect(endpoint).toEqual(planFor(mode, {}).endpoint);
      expect(notes).toEqual([expect.stringMatching(new RegExp(`^${key}\\b`))]);
    },
  );

  it.each([...reference, transparent])(
    'is of the table above: $name',
    ({ keysWithoutEffect, unreadKeys }) => {
      const listed = keys.map(([key]) => key.toLowerCase());
      for (const key of [...unreadKeys, ...keysWithoutEffect])
        expect(listed).toContain(key.toLowerCase());
    },
  );

  it.each(microsofts)('has no effect where it could have one, either: $name', (mode) => {
    const config = { apiVersion: 1, ipMasq: true, loopbackDSR: true, MASTER: 'Ethernet' };
    const { endpoint, notes } = planFor(mode, config);
    expect(endpoint).toEqual(planFor(mode, {}).endpoint);
    expect(notes).toHaveLength(4);
  });

  it('leaves what can be used beside it in effect', () => {
    const optionalFlags = { allowAclPortMapping: 'yes', localRoutedPortMapping: true };
    const runtimeConfig = { portMappings: [{ hostPort: 80, containerPort: 80 }] };
    const plan = planFor(bridge, { optionalFlags, runtimeConfig });
    expect(plan.endpoint.Policies).toMatchObject([{ Type: 'PortMapping', Settings: { Flags: 1 } }]);
    expect(plan.notes).toEqual([expect.stringContaining('optionalFlags.allowAclPortMapping')]);
  });
});

describe('a policy under a key that the reference plugin of that name never reads', () => {
  const wrong = [
    ['of no type', { Settings: {} }],
    ['that is no object', 'text'],
    ['with a value that cannot be', { Type: 'ROUTE', DestinationPrefix: '' }],
    ['that this dialect has not', { Type: 'Elsewhere', Setting: 1 }],
  ] as const;
  const places: readonly [Mode, string, (value: unknown) => unknown][] = [
    [bridge, 'AdditionalArgs', (value) => ({ Name: 'EndpointPolicy', Value: value })],
    [overlay, 'AdditionalArgs', (value) => ({ Name: 'EndpointPolicy', Value: value })],
    [bridge, 'HcnPolicyArgs', (value) => value],
    [nat, 'policies', (value) => ({ name: 'EndpointPolicy', value })],
    [sdnBridge, 'policies', (value) => ({ name: 'EndpointPolicy', value })],
    [sdnOverlay, 'HcnPolicyArgs', (value) => value],
  ];
  const cases = places.flatMap(([mode, key, entry]) =>
    wrong.map(([says, value]) => ({ name: mode.name, mode, key, says, entry: entry(value) })),
  );

  it.each(cases)('fails no pod: $name, $key, one $says', ({ entry, key, mode }) => {
    const fine = { Type: 'QOS', Settings: {} };
    const listed = key === 'HcnPolicyArgs' ? fine : policy(fine);
    const { endpoint, notes } = planFor(mode, { [key]: [entry, listed] });
    const types = (endpoint.Policies ?? []).map(({ Type }) => Type);
    expect(types.filter((type) => type !== 'ProviderAddress')).toEqual(['QOS']);
    expect(notes).toEqual([expect.stringContaining(`${key}[0]`)]);
  });

  it.each(places)('is named elsewhere: under win-transparent, %#', (_, key, entry) => {
    const config = { [key]: [entry({ Settings: {} })] };
    expect(() => planFor(transparent, config)).toThrow(`${key}[0]`);
  });
});
