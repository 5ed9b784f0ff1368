import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { codeOf, ids, type Json, nodeState, trialFolder } from './trial.ts';

let node = trialFolder();
beforeEach(() => {
  node.remove();
  node = trialFolder();
});
afterEach(() => node.remove());

const at = (...addresses: readonly string[]): Json => ({
  IpConfigurations: addresses.map((IpAddress) => ({ IpAddress })),
});
const policy = (Type: string, Settings: Json): Json => ({ Policies: [{ Type, Settings }] });
const nat = (...Exceptions: readonly string[]): Json => ({
  Type: 'OutBoundNAT',
  Settings: { Exceptions },
});
const port = (changes: Json = {}): Json =>
  policy('PortMapping', { Protocol: 6, InternalPort: 80, ExternalPort: 8080, ...changes });

describe('an endpoint', () => {
  it('is answered as HNS holds it, without what counts as nothing', async () => {
    const asked = {
      ...at('10.244.2.9'),
      MacAddress: '0e:2a:0a:f4:02:09',
      Routes: [{ NextHop: '10.244.2.2', DestinationPrefix: '0.0.0.0/0' }],
      Dns: { ServerList: ['10.96.0.10'] },
      Policies: [
        nat('10.244.0.0/16'),
        { Type: 'ACL', Settings: { Action: 'Allow', Direction: 'In', LocalPorts: '80' } },
        { Type: 'ACL', Settings: { Action: 'Block', Direction: 'Out' } },
        { Type: 'PortMapping', Settings: { Protocol: 6, InternalPort: 80, ExternalPort: 8080 } },
      ],
    };
    expect(await node.createEndpoint(asked)).toEqual({
      ID: ids.pod.toUpperCase(),
      Name: 'pod',
      HostComputeNetwork: ids.bridge.toUpperCase(),
      IpConfigurations: [{ IpAddress: '10.244.2.9', PrefixLength: 24 }],
      MacAddress: '0E-2A-0A-F4-02-09',
      Routes: asked.Routes,
      Dns: asked.Dns,
      Policies: [
        nat('10.244.0.0/16'),
        { Type: 'ACL', Settings: { LocalPorts: '80' } },
        { Type: 'ACL', Settings: { Action: 'Block', Direction: 'Out' } },
        { Settings: { Protocol: 6, InternalPort: 80, ExternalPort: 8080 } },
      ],
      Health: { Data: null, Extra: null },
      SchemaVersion: { Major: 2, Minor: 0 },
    });
  });

  it('that asks for nothing gets the lowest free address, a MAC and the default route', async () => {
    await node.createEndpoint(at('10.244.2.3'), ids.otherPod);
    expect(await node.createEndpoint()).toMatchObject({
      IpConfigurations: [{ IpAddress: '10.244.2.4', PrefixLength: 24 }],
      MacAddress: '00-15-5D-2F-3A-01',
      Routes: [{ NextHop: '10.244.2.1', DestinationPrefix: '0.0.0.0/0' }],
    });
  });

  it('gets another MAC than its neighbour, and an id when it has none', async () => {
    const first = await node.createEndpoint();
    const twin = await node.createEndpoint({}, ids.pod.replace('1f0c', '2f0c'));
    const zeros = await node.createEndpoint({}, '00000000-0000-0000-0000-000000000000');
    expect(twin.MacAddress).not.toBe(first.MacAddress);
    expect(zeros.ID).toMatch(/^(?!0{8})[\dA-F]{8}-/);
  });

  it.each<[rule: string, asked: Json, code: string, network?: string]>([
    ['malformed address', at('10.244.2'), '0x803B001E'],
    ['an address in no subnet', at('10.244.9.9'), '0x803B001E'],
    ['the network address', at('10.244.2.0'), '0x803B002F'],
    ['the broadcast address', at('10.244.2.255'), '0x803B002F'],
    ['the gateway', at('10.244.2.1'), '0x803B002F'],
    ["the host endpoint's address", at('10.244.2.2'), '0x80071392'],
    ['one address twice', at('10.244.2.9', '10.244.2.9'), '0x80071392'],
    ['IPv6 on an overlay', at('fd00::9'), '0x803B0015', ids.overlay],
    ['a malformed MAC', { MacAddress: '0E-2A' }, '0x80070057'],
    ["another's MAC", { MacAddress: '00-15-5d-77-20-01' }, '0x80071392'],
    ['a namespace at creation', { HostComputeNamespace: ids.sandbox }, '0x80070057'],
    ['another network in the document', { HostComputeNetwork: ids.overlay }, '0x803B000C'],
    ['a network that is not', {}, '0x803B0001', ids.nowhere],
    [
      'a route without next hop',
      { Routes: [{ DestinationPrefix: '0.0.0.0/0', NextHop: '' }] },
      '0x80070057',
    ],
    ['two exception lists', { Policies: [nat('10.0.0.0/8'), nat('10.1.0.0/16')] }, '0x803B000D'],
    ['a malformed exception', { Policies: [nat('10.0.0.0')] }, '0x803B000D'],
    ['a malformed virtual IP', policy('OutBoundNAT', { VirtualIP: '1.2.3' }), '0x803B000D'],
    ['an unknown policy', policy('OutboundNat2', {}), '0x803B000E'],
    ['a V1 policy', policy('ROUTE', { DestinationPrefix: '10.0.0.0/8' }), '0x803B000E'],
    ['a route nowhere', policy('SDNRoute', { DestinationPrefix: '' }), '0x803B000D'],
    [
      'a malformed next hop',
      policy('SDNRoute', { DestinationPrefix: '10.0.0.0/8', NextHop: 'x' }),
      '0x803B000D',
    ],
    [
      'a provider address on a bridge',
      policy('ProviderAddress', { ProviderAddress: '192.168.10.5' }),
      '0x803B000D',
    ],
    ['an unknown protocol', port({ Protocol: 200 }), '0x803B000D'],
    ['no internal port', port({ InternalPort: 0 }), '0x803B000D'],
    ['a port out of range', port({ ExternalPort: 70_000 }), '0x803B000D'],
    ['a malformed VIP', port({ VIP: 'any' }), '0x803B000D'],
    ['an ACL without direction', policy('ACL', { Action: 'Allow' }), '0x803B000D'],
  ])('is refused: %s', async (_, asked, code, network) => {
    const before = node.state();
    expect(await codeOf(node.createEndpoint(asked, ids.pod, network))).toBe(code);
    expect(node.state()).toEqual(before);
  });

  it.each<[what: string, asked: Json, network?: string]>([
    ['an exception list a family', { Policies: [nat('10.0.0.0/8'), nat('fd00::/8')] }],
    ['an empty exception list', { Policies: [nat()] }],
    [
      'loopback DSR beside the exceptions',
      {
        Policies: [
          nat('10.0.0.0/8'),
          { Type: 'OutBoundNAT', Settings: { Destinations: ['10.244.2.9'] } },
        ],
      },
    ],
    ['a port mapping', port()],
    [
      'a provider address on an overlay',
      policy('ProviderAddress', { ProviderAddress: '192.168.10.5' }),
      ids.overlay,
    ],
  ])('is taken: %s', async (_, asked, network) => {
    expect(await codeOf(node.createEndpoint(asked, ids.pod, network))).toBe('none');
  });

  it('is refused: its id is taken, its port is taken, its id is none', async () => {
    await node.createEndpoint(port());
    expect(await codeOf(node.createEndpoint())).toBe('0x80071392');
    expect(await codeOf(node.createEndpoint(port(), ids.otherPod))).toBe('0x803B0013');
    expect(await codeOf(node.createEndpoint(port({ Protocol: 17 }), ids.otherPod))).toBe('none');
    expect(await codeOf(node.createEndpoint({}, '../pod'))).toBe('0x80070057');
  });

  it.each([
    ['dual stack', 11, 9, at('10.244.2.9', 'fd00:2::9'), '0x803B0015'],
    ['dual stack', 11, 10, at('10.244.2.9', 'fd00:2::9'), '0x803B001E'],
    ['DSR', 10, 1, policy('OutBoundNAT', { Destinations: ['10.244.2.9'] }), '0x803B0015'],
    ['DSR', 10, 2, policy('OutBoundNAT', { Destinations: ['10.244.2.9'] }), 'none'],
  ])('needs a version: %s on %i.%i', async (_, Major, Minor, asked, code) => {
    const old = trialFolder(nodeState({ Major, Minor }));
    // On a version that has it, an IPv6 address only misses its subnet.
    expect(await codeOf(old.createEndpoint(asked))).toBe(code);
    old.remove();
  });

  it('changes its policies', async () => {
    await node.createEndpoint(port());
    const request = (RequestType: string, Settings: Json) =>
      node.hns.modify(
        'Endpoint',
        ids.pod,
        JSON.stringify({ ResourceType: 'Policy', RequestType, Settings }),
      );
    await request('Add', { Policies: [nat('10.0.0.0/8')] });
    expect(await codeOf(request('Add', { Policies: [nat()] }))).toBe('0x803B000D');
    await request('Remove', port());
    expect(await codeOf(request('Remove', port()))).toBe('0x803B0008');
    const document = JSON.parse(await node.hns.query('Endpoint', ids.pod, ''));
    expect(document.Policies).toEqual([nat('10.0.0.0/8')]);
  });
});

describe('a namespace', () => {
  beforeEach(async () => {
    await node.createEndpoint();
  });

  it('takes an endpoint in and lets it out: both sides know', async () => {
    await node.move('Add');
    const endpoint = JSON.parse(await node.hns.query('Endpoint', ids.pod, ''));
    const sandbox = JSON.parse(await node.hns.query('Namespace', ids.sandbox, ''));
    expect(endpoint.HostComputeNamespace).toBe(ids.sandbox.toUpperCase());
    expect(sandbox.Resources).toEqual([{ Type: 'Endpoint', Data: { Id: ids.pod.toUpperCase() } }]);
    await node.move('Remove');
    expect(JSON.parse(await node.hns.query('Endpoint', ids.pod, ''))).not.toHaveProperty(
      'HostComputeNamespace',
    );
    expect(node.state().namespaces[0].Resources).toEqual([]);
  });

  it.each<[what: string, act: () => Promise<unknown>, code: string]>([
    ['an endpoint it has', () => node.move('Add'), '0x803B0014'],
    ["another's endpoint", () => node.move('Add', ids.pod, ids.otherSandbox), '0x803B002B'],
    ['an endpoint that is not', () => node.move('Add', ids.nowhere), '0x803B0002'],
    ['to let out what it has not', () => node.move('Remove', ids.host), '0x80070490'],
    ["to let out another's", () => node.move('Remove', ids.pod, ids.otherSandbox), '0x80070490'],
    ['to be where it is not', () => node.move('Add', ids.host, ids.nowhere), '0x80070490'],
    ['to lose its endpoint', () => node.hns.delete('Endpoint', ids.pod), '0x803B002C'],
    ['to lose its network', () => node.hns.delete('Network', ids.bridge), '0x803B002C'],
    ['to go while it has one', () => node.hns.delete('Namespace', ids.sandbox), '0x803B002C'],
    ['an id that exists', () => node.hns.create('Namespace', ids.sandbox, '{}'), '0x80071392'],
  ])('refuses %s', async (_, act, code) => {
    await node.move('Add');
    expect(await codeOf(act())).toBe(code);
  });
});

describe('ids and documents', () => {
  it.each<[what: string, act: () => Promise<unknown>, code: string]>([
    ['query network', () => node.hns.query('Network', ids.nowhere, ''), '0x803B0001'],
    ['query endpoint', () => node.hns.query('Endpoint', ids.nowhere, ''), '0x803B0002'],
    ['query namespace', () => node.hns.query('Namespace', ids.nowhere, ''), '0x80070490'],
    ['delete network', () => node.hns.delete('Network', ids.nowhere), '0x803B0001'],
    ['delete endpoint', () => node.hns.delete('Endpoint', ids.nowhere), '0x803B0002'],
    ['delete namespace', () => node.hns.delete('Namespace', ids.nowhere), '0x80070490'],
    ['bad JSON', () => node.hns.create('Network', ids.nowhere, '{"Name"'), '0x803B001B'],
    ['bad query', () => node.hns.enumerate('Network', '{'), '0x803B001B'],
    ['bad filter', () => node.hns.enumerate('Network', '{"Filter":"{"}'), '0x803B001B'],
    ['network id taken', () => node.hns.create('Network', ids.bridge, '{}'), '0x803B0010'],
    [
      'network type',
      () => node.hns.create('Network', ids.nowhere, '{"Type":"Bridge"}'),
      '0x803B000B',
    ],
    ['no such change', () => node.hns.modify('Network', ids.bridge, '{}'), '0x803B0015'],
  ])('%s: refused', async (_, act, code) => {
    expect(await codeOf(act())).toBe(code);
  });

  it('in any letter case and in braces are the same', async () => {
    const document = await node.hns.query('Network', `{${ids.bridge.toUpperCase()}}`, '');
    expect(JSON.parse(document).Name).toBe('cbr0');
  });

  it.each([
    ['Network', {}, [ids.bridge, ids.overlay]],
    ['Network', { Name: 'CBR0' }, [ids.bridge]],
    ['Network', { Name: 'cbr0', Type: 'Overlay' }, []],
    ['Endpoint', { VirtualNetwork: ids.bridge.toUpperCase() }, [ids.host]],
    ['Endpoint', { VirtualNetwork: ids.overlay }, []],
    ['Namespace', { ID: ids.sandbox }, [ids.sandbox]],
  ] as const)('lists %s by %o', async (kind, filter, found) => {
    const query = JSON.stringify({ Filter: JSON.stringify(filter) });
    const answer: string[] = JSON.parse(await node.hns.enumerate(kind, query));
    expect(answer.map((id) => id.toLowerCase())).toEqual(found);
  });

  it('of an overlay: VSIDs from 4096, no IPv6', async () => {
    const overlay = (prefix: string, vsid: number) => {
      const Policies = [{ Type: 'VSID', Settings: { IsolationId: vsid } }];
      const Subnets = [{ IpAddressPrefix: prefix, Policies }];
      const document = { Name: 'o', Type: 'Overlay', Ipams: [{ Subnets }] };
      return codeOf(node.hns.create('Network', ids.nowhere, JSON.stringify(document)));
    };
    expect(await overlay('10.9.0.0/24', 1)).toBe('0x803B000D');
    expect(await overlay('fd00::/64', 4096)).toBe('0x803B0015');
    expect(await overlay('10.9.0.0/24', 4096)).toBe('none');
  });
});
