import { describe, expect, it } from 'vitest';
import { type Json, sandboxes } from '../../helpers/trial-node.ts';
import { silent, trial } from './trial.ts';

const dns = {
  nameservers: ['10.96.0.10'],
  search: ['lan'],
  domain: 'lan',
  options: ['ndots:5'],
};
const place = () =>
  trial({ conf: 'win-overlay-policies', fixture: 'alone', keys: { cniVersion: '1.1.0', dns } });
const change = (play: ReturnType<typeof place>, how: (pod: Json) => Json) =>
  play.node.setHns((state) => ({ ...state, endpoints: state.endpoints.map(how) }));
const without = (type: string) => (pod: Json) => ({
  ...pod,
  Policies: JSON.parse(JSON.stringify(pod['Policies'])).filter(({ Type }: Json) => Type !== type),
});

describe('CHECK', () => {
  it.each<[string, (pod: Json) => Json, string]>([
    [
      'the network',
      (pod) => ({ ...pod, HostComputeNetwork: 'b7a0e4f2-51c8-4d3a-8f19-2d6c3b1ec12b' }),
      'network: expected 5c1b0a64-7d0e-4f7b-9a55-6a4f0f6f5000, found b7a0e4f2-51c8-4d3a-8f19-2d6c3b1ec12b',
    ],
    [
      'the DNS settings, each on a line',
      (pod) => ({ ...pod, Dns: { ServerList: ['10.9.9.9'] } }),
      [
        'DNS servers: expected 10.96.0.10, found 10.9.9.9',
        'DNS options: expected ndots:5, found none',
        'DNS search list: expected lan, found none',
        'DNS domain: expected lan, found none',
      ].join('\n'),
    ],
    [
      'a route',
      (pod) => ({ ...pod, Routes: [{ NextHop: '10.244.3.9', DestinationPrefix: '0.0.0.0/0' }] }),
      'route to 0.0.0.0/0: expected 10.244.3.1, found 10.244.3.9',
    ],
    [
      'the provider address',
      without('ProviderAddress'),
      'policy: expected provider address 192.168.10.77, found none',
    ],
    ['an ACL', without('ACL'), 'policy: expected ACL Allow In 17 ports 53, found none'],
    [
      'a port mapping',
      without('PortMapping'),
      'policy: expected port mapping :30080 to 80, protocol 6, found none',
    ],
    [
      'a policy without words of ours',
      without('QOS'),
      expect.stringContaining('policy: expected QOS {"MaximumOutgoingBandwidthInBytes":12500000}'),
    ],
  ])('says what differs: %s', async (_, how, details) => {
    const play = place();
    const prevResult = await play.added();
    change(play, how);
    const { document } = await play.run('CHECK', { prevResult });
    expect(document).toMatchObject({ code: 100, details });
  });

  it('is content with more than was asked for, in another order and notation', async () => {
    const play = place();
    const prevResult = await play.added();
    change(play, (pod) => ({
      ...pod,
      ID: `{${pod['ID']}}`,
      MacAddress: String(pod['MacAddress']).toLowerCase(),
      Policies: [
        { Type: 'PortName', Settings: { Name: 'x' } },
        ...JSON.parse(JSON.stringify(pod['Policies'])).reverse(),
      ],
    }));
    expect(await play.run('CHECK', { prevResult })).toEqual(silent);
  });

  it('says that the namespace is gone that the endpoint was put into, and DEL deletes it', async () => {
    const play = place();
    const prevResult = await play.added();
    play.node.setHns((state) => ({ ...state, namespaces: [] }));
    expect((await play.run('CHECK', { prevResult })).document).toMatchObject({
      code: 100,
      details: `namespace: expected ${sandboxes.first}, found none of that id in HNS`,
    });
    expect(await play.run('DEL', { prevResult })).toEqual(silent);
    expect(play.pods()).toEqual([]);
    expect(play.node.allLeases()).toEqual([]);
  });

  it('tells a second exception list beside the one that was made: HNS goes by one', async () => {
    const play = place();
    const prevResult = await play.added();
    const spare = { Type: 'OutBoundNAT', Settings: { Exceptions: [] } };
    change(play, (pod) => ({ ...pod, Policies: [...Object(pod['Policies']), spare] }));
    expect((await play.run('CHECK', { prevResult })).document).toMatchObject({
      code: 100,
      details: expect.stringMatching(/^exception lists: expected 1, found 2: /),
    });
  });

  it('says that the endpoint is gone', async () => {
    const play = place();
    const prevResult = await play.added();
    play.node.setHns((state) => ({ ...state, endpoints: [] }));
    expect((await play.run('CHECK', { prevResult })).document).toMatchObject({
      code: 100,
      details: 'endpoint: expected pod1_vxlan0, found none',
    });
  });

  it('says that the lease is gone, or another’s, though the endpoint is whole', async () => {
    const play = place();
    const prevResult = await play.added();
    const empty = { type: 'host-local', subnet: '10.244.3.0/24', dataDir: `${play.node.folder}/x` };
    const gone = await play.run('CHECK', { prevResult, ipam: empty });
    expect(gone.document).toMatchObject({ code: 112 });
  });

  it.each<[string, Json, number, string]>([
    ['no prevResult', { prevResult: undefined }, 7, 'CHECK needs prevResult'],
    ['one that is none', { prevResult: [] }, 6, 'a result cannot be read'],
    ['one of another address', {}, 100, 'addresses: expected 10.244.3.77, found 10.244.3.2'],
  ])('wants the result of ADD: %s', async (_, keys, code, words) => {
    const play = place();
    const made = await play.added();
    const prevResult = { ...made, ips: [{ address: '10.244.3.77/24', interface: 0 }] };
    const { document } = await play.run('CHECK', { prevResult, ...keys });
    expect(document).toMatchObject({ code, msg: expect.stringContaining(words) });
  });

  it.each<[string, Json, string]>([
    ['is gone', {}, 'network vxlan0 is not found in HNS'],
    ['is of another type', { Name: 'vxlan0', Type: 'L2Bridge' }, 'is of type L2Bridge'],
  ])('says that the network %s', async (_, network, words) => {
    const play = place();
    const prevResult = await play.added();
    play.node.setHns((state) => ({
      ...state,
      networks: state.networks.flatMap((entry) =>
        entry['Name'] === 'vxlan0' ? (network['Name'] ? [{ ...entry, ...network }] : []) : [entry],
      ),
    }));
    const { document } = await play.run('CHECK', { prevResult });
    expect(document).toMatchObject({ code: 100, msg: expect.stringContaining(words) });
  });

  it('looks at its own interface alone: later plugins of a chain add others', async () => {
    const play = trial({ conf: 'win-overlay', fixture: 'alone', keys: { dns: {} } });
    const made = JSON.parse(JSON.stringify(await play.added()));
    const prevResult = {
      ...made,
      interfaces: [{ name: 'veth9', mac: '02:00:00:00:00:01' }, ...made.interfaces],
      ips: [
        ...made.ips.map((ip: Json) => ({ ...ip, interface: 1 })),
        { address: '10.99.0.1/24', interface: 0 },
      ],
      dns: { nameservers: ['10.99.0.53'] },
    };
    expect(await play.run('CHECK', { prevResult })).toEqual(silent);
  });

  it('compares the MAC address that HNS chose with what the runtime was told', async () => {
    const play = trial({ conf: 'win-bridge', fixture: 'alone' });
    const prevResult = await play.added();
    const { MacAddress } = play.pod();
    change(play, (pod) => ({ ...pod, MacAddress: '00-15-5D-00-00-01' }));
    expect((await play.run('CHECK', { prevResult })).document).toMatchObject({
      code: 100,
      details: `MAC address: expected ${MacAddress}, found 00-15-5D-00-00-01`,
    });
  });
});

describe('CHECK, of an endpoint that the reference made', () => {
  const id = '6f0d6a5e-6a0d-4b1c-9d2e-0c1f2a3b4c5d';
  const mappings = [{ hostPort: 8080, containerPort: 80, protocol: 'tcp' }];
  const masquerade = { ipMasq: true, ipMasqNetwork: '10.244.0.0/16', policies: [] };
  const added = async (keys: Json) => {
    const play = trial({ conf: 'win-overlay', fixture: 'alone', keys: { dns: {}, ...keys } });
    const prevResult = await play.added();
    return { play, prevResult, check: () => play.run('CHECK', { prevResult }) };
  };
  const list = (...Exceptions: readonly string[]) => ({
    Type: 'OutBoundNAT',
    Settings: { Exceptions },
  });

  it('is content with several exception lists, and an exception in two of them', async () => {
    const { check, play } = await added(masquerade);
    const lists = [list('10.244.3.0/24', '10.244.3.7/24'), list('10.244.0.0/16', '10.244.3.0/24')];
    change(play, (pod) => ({
      ...pod,
      ID: id,
      Policies: [...lists, ...without('OutBoundNAT')(pod).Policies],
    }));
    expect(await check()).toEqual(silent);
  });

  it.each([
    ['ipMasqNetwork', masquerade, 'OutBoundNAT', [list('10.244.3.0/24')]],
    ['host ports', { runtimeConfig: { portMappings: mappings } }, 'PortMapping', []],
  ])('does not miss what the reference does nothing for: %s', async (_, keys, type, instead) => {
    const { check, play } = await added(keys);
    const reduced = (pod: Json) => {
      const rest = without(type)(pod);
      return { ...rest, Policies: [...instead, ...JSON.parse(JSON.stringify(rest.Policies))] };
    };
    change(play, reduced);
    // One of ours has all of it.
    expect((await check()).document).toMatchObject({ code: 100 });
    change(play, (pod) => ({ ...pod, ID: id }));
    expect(await check()).toEqual(silent);
  });

  it('says what it lacks that the reference does make', async () => {
    const { check, play } = await added({
      ...masquerade,
      runtimeConfig: { portMappings: mappings },
    });
    change(play, (pod) => ({ ...pod, ID: id, Policies: [list('10.9.0.0/16')] }));
    expect((await check()).document).toMatchObject({
      code: 100,
      details: [
        'policy: expected provider address 192.168.10.5, found none',
        'policy: expected OutBoundNAT except 10.244.3.0/24, found OutBoundNAT except 10.9.0.0/16',
      ].join('\n'),
    });
  });
});

describe('CHECK and a repeated ADD', () => {
  const shown = (play: ReturnType<typeof place>, change: Json) => {
    const answer = JSON.stringify({ ...play.pod(), ...change });
    play.node.orderFaults([{ operation: 'QueryEndpointProperties', answer }]);
  };

  it.each<[string, Json]>([
    [
      'entries without an address, and routes that lead nowhere',
      {
        IpConfigurations: [{ IpAddress: '', PrefixLength: 0 }, { IpAddress: '10.244.3.2' }],
        Routes: [{}, { NextHop: '10.244.3.1', DestinationPrefix: '0.0.0.0/0' }],
      },
    ],
    ['what V1 alone says of a state', { State: 5, SharedContainers: ['other'] }],
  ])('pass over %s', async (_, change) => {
    const play = place();
    const prevResult = await play.added();
    shown(play, change);
    expect(await play.run('CHECK', { prevResult })).toEqual(silent);
    expect(await play.added()).toEqual(prevResult);
  });
});

it('CHECK takes no offence at a gateway of prevResult that it cannot read', async () => {
  const play = trial({ conf: 'win-bridge', fixture: 'alone', keys: { cniVersion: '1.1.0' } });
  const result = JSON.parse(JSON.stringify(await play.added()));
  result.ips[0].gateway = '10.1.2.300';
  expect(await play.run('CHECK', { prevResult: result })).toEqual(silent);
});

it('CHECK says what differs where the configuration now has what V1 lacks', async () => {
  const play = trial({
    conf: 'win-bridge-docker',
    fixture: 'alone',
    keys: { cniVersion: '1.1.0' },
    request: { netns: 'none' },
  });
  const prevResult = await play.added();
  const value = { Type: 'OutBoundNAT', Settings: { Exceptions: ['10.96.0.0/12'], Flags: 1 } };
  const policies = [{ name: 'EndpointPolicy', value }];
  const { document } = await play.run('CHECK', { prevResult, policies });
  expect(document).toMatchObject({ code: 100, msg: expect.stringContaining('policy: expected') });
});
