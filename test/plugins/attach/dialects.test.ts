import { describe, expect, it } from 'vitest';
import type { Json } from '../../helpers/trial-node.ts';
import { silent, type TrialOptions, trial } from './trial.ts';

const policy = (value: Json) => ({ name: 'EndpointPolicy', value });
const docker = (conf: string, fixture: string, keys: Json = {}) =>
  trial({ conf, fixture, keys: { cniVersion: '1.1.0', ...keys }, request: { netns: 'none' } });
const asked = (play: ReturnType<typeof trial>) =>
  play.node.calls().find(({ operation }) => operation === 'POST /endpoints')?.body;

/** Each shape, as V2 and as V1 say it. */
const shapes: readonly [string, Json, Json, Json][] = [
  [
    'SNAT, flat, of V1',
    { Type: 'OutBoundNAT', ExceptionList: ['10.96.0.0/12'] },
    { Type: 'OutBoundNAT', Settings: { Exceptions: ['10.96.0.0/12'] } },
    { Type: 'OutBoundNAT', ExceptionList: ['10.96.0.0/12'] },
  ],
  [
    'SNAT, with settings, of V2',
    { Type: 'OutBoundNAT', Settings: { Exceptions: ['10.96.0.0/12'] } },
    { Type: 'OutBoundNAT', Settings: { Exceptions: ['10.96.0.0/12'] } },
    { Type: 'OutBoundNAT', ExceptionList: ['10.96.0.0/12'] },
  ],
  [
    'SNAT, flat, with V2’s names and odd letters',
    { type: 'OutboundNat', exceptions: ['10.96.0.0/12'] },
    { Type: 'OutBoundNAT', Settings: { Exceptions: ['10.96.0.0/12'] } },
    { Type: 'OutBoundNAT', ExceptionList: ['10.96.0.0/12'] },
  ],
  [
    'SNAT with an empty list',
    { Type: 'OutBoundNAT', ExceptionList: [] },
    { Type: 'OutBoundNAT', Settings: { Exceptions: [] } },
    { Type: 'OutBoundNAT', ExceptionList: [] },
  ],
  [
    'a route of V1',
    { Type: 'ROUTE', DestinationPrefix: '10.96.0.0/12', NeedEncap: true },
    { Type: 'SDNRoute', Settings: { DestinationPrefix: '10.96.0.0/12', NeedEncap: true } },
    { Type: 'ROUTE', DestinationPrefix: '10.96.0.0/12', NeedEncap: true },
  ],
  [
    'a route with host bits, of V1',
    { Type: 'ROUTE', DestinationPrefix: '10.96.0.1/12', NeedEncap: true },
    { Type: 'SDNRoute', Settings: { DestinationPrefix: '10.96.0.0/12', NeedEncap: true } },
    { Type: 'ROUTE', DestinationPrefix: '10.96.0.0/12', NeedEncap: true },
  ],
  [
    'a route with host bits, of V2',
    { Type: 'SDNRoute', Settings: { destinationprefix: '10.96.0.1/12', NextHop: '10.244.4.1' } },
    { Type: 'SDNRoute', Settings: { DestinationPrefix: '10.96.0.0/12', NextHop: '10.244.4.1' } },
    { Type: 'ROUTE', DestinationPrefix: '10.96.0.0/12', NextHop: '10.244.4.1', NeedEncap: false },
  ],
  [
    'a route of V2 in capitals',
    { Type: 'SDNROUTE', Settings: { DestinationPrefix: '10.96.0.0/12', NextHop: '10.244.4.1' } },
    { Type: 'SDNRoute', Settings: { DestinationPrefix: '10.96.0.0/12', NextHop: '10.244.4.1' } },
    { Type: 'ROUTE', DestinationPrefix: '10.96.0.0/12', NextHop: '10.244.4.1', NeedEncap: false },
  ],
  [
    'a port mapping of V1',
    { Type: 'NAT', InternalPort: 80, ExternalPort: 8080, Protocol: 'udp' },
    { Type: 'PortMapping', Settings: { Protocol: 17, InternalPort: 80, ExternalPort: 8080 } },
    { Type: 'NAT', Protocol: 'udp', InternalPort: 80, ExternalPort: 8080 },
  ],
  [
    'a port mapping of V2',
    { Type: 'PortMapping', Settings: { Protocol: 6, InternalPort: 80, ExternalPort: 8080 } },
    { Type: 'PortMapping', Settings: { Protocol: 6, InternalPort: 80, ExternalPort: 8080 } },
    { Type: 'NAT', Protocol: 'TCP', InternalPort: 80, ExternalPort: 8080 },
  ],
  [
    'an ACL',
    { Type: 'ACL', Action: 'Block', Direction: 'Out', Protocol: 6, RemotePorts: '25' },
    {
      Type: 'ACL',
      Settings: { Action: 'Block', Direction: 'Out', Protocols: '6', RemotePorts: '25' },
    },
    { Type: 'ACL', Action: 'Block', Direction: 'Out', Protocol: 6, RemotePorts: '25' },
  ],
  [
    'a bandwidth, with settings',
    { Type: 'QOS', Settings: { MaximumOutgoingBandwidthInBytes: 1000 } },
    { Type: 'QOS', Settings: { MaximumOutgoingBandwidthInBytes: 1000 } },
    { Type: 'QOS', MaximumOutgoingBandwidthInBytes: 1000 },
  ],
];

describe('a policy', () => {
  const keys = (value: Json) => ({ policies: [policy(value)], ipMasqNetwork: '' });

  it.each(shapes)('is made in V2 for a namespace: %s', async (_, value, inV2) => {
    const play = trial({ conf: 'win-bridge', fixture: 'alone', keys: keys(value) });
    const prevResult = await play.added();
    expect(play.pod()['Policies']).toEqual([inV2]);
    expect(await play.run('CHECK', { prevResult })).toEqual(silent);
  });

  it.each(shapes)('is made in V1 for Docker: %s', async (_, value, _v2, inV1) => {
    const play = docker('win-bridge', 'alone', keys(value));
    const prevResult = await play.added();
    expect(asked(play)).toMatchObject({ Policies: [inV1] });
    expect(await play.run('CHECK', { prevResult })).toEqual(silent);
  });

  it.each<[string, Json]>([
    ['policies', { policies: [policy({ Type: 'QOS', Settings: {} })] }],
    [
      'Policies, in other letters',
      { Policies: [{ NAME: 'endpointpolicy', VALUE: { Type: 'QOS' } }] },
    ],
    ['AdditionalArgs', { AdditionalArgs: [{ Name: 'EndpointPolicy', Value: { Type: 'QOS' } }] }],
    ['HcnPolicyArgs', { HcnPolicyArgs: [{ Type: 'QOS' }] }],
  ])('is found in %s', async (_, listed) => {
    const keys = { policies: undefined, ipMasqNetwork: '', ...listed };
    const play = trial({ conf: 'win-bridge', fixture: 'alone', keys });
    await play.added();
    expect(play.pod()['Policies']).toEqual([{ Type: 'QOS', Settings: {} }]);
  });
});

describe('what V1 cannot say', () => {
  it.each<[string, Json, string]>([
    [
      'a local-routed port mapping',
      {
        optionalFlags: { localRoutedPortMapping: true },
        runtimeConfig: { portMappings: [{ hostPort: 80, containerPort: 80 }] },
      },
      'V1 has no way to say 1, in the policy PortMapping',
    ],
  ])('is refused in words, and nothing is left: %s', async (_, keys, words) => {
    const play = docker('win-bridge', 'alone', keys);
    const { document } = await play.run('ADD');
    expect(document).toMatchObject({ code: 7, msg: expect.stringContaining(words) });
    expect(play.pods()).toEqual([]);
    expect(play.node.leases('l2br')).toEqual([]);
  });
});

describe('Docker', () => {
  it.each<[string, string, string, Json]>([
    ['win-bridge', 'alone', 'an IPv6 address of the host', { hostIP: 'fd00::5' }],
    ['win-overlay', 'alone', 'an IPv6 address of the host', { hostIP: 'fd00::5' }],
    ['win-bridge-dual-stack', 'every-type', 'an IPv6 address of the host', { hostIP: 'fd00::5' }],
    ['win-bridge-dual-stack', 'every-type', 'no address of the host', {}],
  ])('maps a port on every address, of either family: %s, on %s, %s', async (...row) => {
    const [conf, fixture, , address] = row;
    const portMappings = [{ hostPort: 8080, containerPort: 80, protocol: 'tcp', ...address }];
    const keys = { apiVersion: 1, runtimeConfig: { portMappings } };
    const play = docker(conf, fixture, keys);
    const prevResult = await play.added();
    const policies = (asked(play) as { Policies: Json[] }).Policies;
    expect(policies.filter(({ Type }) => Type === 'NAT')).toEqual([
      { Type: 'NAT', InternalPort: 80, ExternalPort: 8080, Protocol: 'tcp' },
    ]);
    expect(await play.run('CHECK', { prevResult })).toEqual(silent);
  });

  it('on an overlay, is told by CHECK of a host port that its endpoint has lost', async () => {
    const portMappings = [{ hostPort: 8080, containerPort: 80, protocol: 'tcp' }];
    const play = docker('win-overlay-docker', 'alone', { runtimeConfig: { portMappings } });
    const prevResult = await play.added();
    const isMapping = ({ Type }: Json) => Type === 'NAT' || Type === 'PortMapping';
    play.node.setHns((state) => ({
      ...state,
      endpoints: state.endpoints.map((entry) => ({
        ...entry,
        Policies: JSON.parse(JSON.stringify(entry['Policies'])).filter(
          (value: Json) => !isMapping(value),
        ),
      })),
    }));
    expect((await play.run('CHECK', { prevResult })).document).toMatchObject({
      code: 100,
      details: 'policy: expected port mapping :8080 to 80, protocol 6, found none',
    });
    // The reference makes none, and names the interface of its result after the endpoint.
    const theirs = {
      ...prevResult,
      interfaces: [{ name: 'pod1_vxlan0' }],
      ips: [{ address: '10.244.3.2/24' }],
    };
    const answer = await play.run('CHECK', { prevResult: theirs });
    expect(JSON.stringify(answer)).not.toContain('port mapping');
  });

  it('gets two families, too', async () => {
    const play = docker('win-bridge-dual-stack', 'every-type', { apiVersion: 1 });
    const prevResult = await play.added();
    expect(asked(play)).toMatchObject({
      IPAddress: '10.244.7.3',
      GatewayAddress: '10.244.7.2',
      IPv6Address: 'fd00:10:244:7::3',
      GatewayAddressV6: 'fd00:10:244:7::1',
      Policies: [
        { Type: 'OutBoundNAT', ExceptionList: ['10.96.0.0/12', '10.244.0.0/16'] },
        { Type: 'OutBoundNAT', ExceptionList: ['fd00:96::/112', 'fd00:10:244::/48'] },
      ],
    });
    expect(await play.run('CHECK', { prevResult })).toEqual(silent);
  });

  it.each<TrialOptions & { readonly network: string }>([
    { conf: 'nat', fixture: 'bare', network: 'pods-nat' },
    { conf: 'win-transparent', fixture: 'every-type', network: 'physical' },
    { conf: 'sdnbridge-hns', fixture: 'bare', network: 'edge' },
    { conf: 'sdnoverlay', fixture: 'every-type', network: 'vxlan1' },
    { conf: 'flannel-sdnbridge', fixture: 'host-gw', network: 'cbr0' },
    { conf: 'flannel-sdnoverlay', fixture: 'overlay', network: 'flannel.4096' },
  ])('is served on every mode: $conf', async ({ network, ...place }) => {
    const play = trial({ ...place, request: { netns: 'none' } });
    const result = await play.added({ cniVersion: '1.1.0' });
    expect(play.pod()).toMatchObject({ Name: `pod1_${network}`, SharedContainers: ['pod1'] });
    const keys = { cniVersion: '1.1.0', prevResult: result };
    expect(await play.run('CHECK', keys)).toEqual(silent);
    expect(await play.run('DEL', keys)).toEqual(silent);
    expect(play.pods()).toEqual([]);
  });
});
