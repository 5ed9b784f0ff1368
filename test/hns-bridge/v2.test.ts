import { describe, expect, it } from 'vitest';
import type { EndpointSpec, NetworkSpec } from '../../hns-bridge/model.ts';
import { hnsV2 } from '../../hns-bridge/v2.ts';
import { inHex } from '../helpers/in-hex.ts';
import { output, type Recorded, recorder, refused } from './recorder.ts';
import { missing, noDns, refusedWith, specOf } from './specs.ts';

const SchemaVersion = { Major: 2, Minor: 0 };
const id = '1f0c2b3a-4d5e-5f60-8a7b-9c0d1e2f3a01';
const network = 'b7a0e4f2-51c8-4d3a-8f19-2d6c3b1ecb00';
const sandbox = '7e2f9d10-3c55-4b1e-8a27-90c4e5d1b001';

describe('the documents of V2', () => {
  it.each<[what: string, spec: EndpointSpec, document: object]>([
    [
      'an endpoint with everything',
      specOf({
        mac: '0E-2A-0A-F4-01-07',
        dns: {
          domain: 'cluster.local',
          search: ['svc.cluster.local', 'cluster.local'],
          servers: ['10.96.0.10'],
          options: ['ndots:5'],
        },
        policies: [
          { kind: 'outbound-nat', exceptions: ['10.244.0.0/16'], destinations: [] },
          { kind: 'provider-address', address: '192.168.10.5' },
        ],
      }),
      {
        Name: 'pod1_net',
        HostComputeNetwork: network,
        Policies: [
          { Type: 'OutBoundNAT', Settings: { Exceptions: ['10.244.0.0/16'] } },
          { Type: 'ProviderAddress', Settings: { ProviderAddress: '192.168.10.5' } },
        ],
        IpConfigurations: [
          { IpAddress: '10.244.1.7', PrefixLength: 24 },
          { IpAddress: 'fd00:1::7', PrefixLength: 64 },
        ],
        Dns: {
          Domain: 'cluster.local',
          Search: ['svc.cluster.local', 'cluster.local'],
          ServerList: ['10.96.0.10'],
          Options: ['ndots:5'],
        },
        Routes: [
          { NextHop: '10.244.1.2', DestinationPrefix: '0.0.0.0/0' },
          { NextHop: 'fd00:1::1', DestinationPrefix: '::/0' },
        ],
        MacAddress: '0E-2A-0A-F4-01-07',
        SchemaVersion,
      },
    ],
    [
      'an endpoint whose address HNS chooses',
      specOf({ addresses: [], routes: [] }),
      { Name: 'pod1_net', HostComputeNetwork: network, Dns: {}, SchemaVersion },
    ],
  ])('%s', async (_, spec, document) => {
    const { calls, transport } = recorder(JSON.stringify({ ID: id }));
    await hnsV2(transport).createEndpoint(spec);
    expect(calls).toEqual<Recorded[]>([['create', 'Endpoint', id, document, network]]);
  });

  it.each<[what: string, changes: Partial<NetworkSpec>, document: object]>([
    [
      'an overlay',
      {
        adapter: 'Ethernet',
        subnets: [{ prefix: '10.244.1.0/24', gateway: '10.244.1.1', vsid: 4096 }],
        dns: { ...noDns, servers: ['10.96.0.10'] },
      },
      {
        Policies: [{ Type: 'NetAdapterName', Settings: { NetworkAdapterName: 'Ethernet' } }],
        Dns: { ServerList: ['10.96.0.10'] },
        Ipams: [
          {
            Type: 'Static',
            Subnets: [
              {
                IpAddressPrefix: '10.244.1.0/24',
                Routes: [{ NextHop: '10.244.1.1', DestinationPrefix: '0.0.0.0/0' }],
                Policies: [{ Type: 'VSID', Settings: { IsolationId: 4096 } }],
              },
            ],
          },
        ],
      },
    ],
    [
      'one with IPv6 and without a gateway',
      { subnets: [{ prefix: 'fd00::/64', gateway: 'fd00::1' }, { prefix: '10.0.0.0/24' }] },
      {
        Dns: {},
        Ipams: [
          {
            Type: 'Static',
            Subnets: [
              {
                IpAddressPrefix: 'fd00::/64',
                Routes: [{ NextHop: 'fd00::1', DestinationPrefix: '::/0' }],
              },
              { IpAddressPrefix: '10.0.0.0/24' },
            ],
          },
        ],
      },
    ],
    ['one without subnets', {}, { Dns: {} }],
  ])('a network: %s', async (_, changes, document) => {
    const { calls, transport } = recorder(JSON.stringify({ ID: network, Name: 'n' }));
    await hnsV2(transport).createNetwork({
      id: network,
      name: 'n',
      type: 'Overlay',
      subnets: [],
      dns: noDns,
      ...changes,
    });
    const whole = { Name: 'n', Type: 'Overlay', ...document, SchemaVersion };
    expect(calls).toEqual<Recorded[]>([['create', 'Network', network, whole]]);
  });

  it('attaches and detaches by modifying the namespace', async () => {
    const { calls, transport } = recorder('', '');
    const hns = hnsV2(transport);
    await hns.attach(sandbox, id);
    expect(await hns.detach(sandbox, id)).toBe(true);
    const asked = (RequestType: string) => ({
      ResourceType: 'Endpoint',
      RequestType,
      Settings: { EndpointId: id },
    });
    expect(calls).toEqual<Recorded[]>([
      ['modify', 'Namespace', sandbox, asked('Add')],
      ['modify', 'Namespace', sandbox, asked('Remove')],
    ]);
  });

  it('finds endpoints by name, the filter a text within the query', async () => {
    const { calls, transport } = recorder(`["{${id.toUpperCase()}}"]`, '', 'null');
    const hns = hnsV2(transport);
    expect(await hns.endpointIdsNamed('pod"1_net')).toEqual([id]);
    expect(await hns.endpointIdsNamed('pod1_net')).toEqual([]);
    expect(await hns.endpointIdsNamed('pod1_net')).toEqual([]);
    expect(calls[0]).toEqual([
      'enumerate',
      'Endpoint',
      { SchemaVersion, Filter: '{"Name":"pod\\"1_net"}' },
    ]);
  });
});

describe('what V2 answers', () => {
  it('is read into the model, ids in lower case', async () => {
    const document = {
      ID: id.toUpperCase(),
      Name: 'pod1_net',
      HostComputeNetwork: `{${network.toUpperCase()}}`,
      HostComputeNamespace: sandbox.toUpperCase(),
      IpConfigurations: [{ IpAddress: '10.244.1.7', PrefixLength: 24 }, {}],
      Routes: [{ NextHop: '10.244.1.2', DestinationPrefix: '0.0.0.0/0' }, { NextHop: '' }],
      Dns: { Domain: 'd', Search: ['s'], ServerList: ['10.96.0.10'], Options: ['o'] },
      Policies: [{ Type: 'SDNRoute', Settings: { DestinationPrefix: '' } }],
      MacAddress: '0E-2A-0A-F4-01-07',
      Health: { Data: null },
    };
    const { calls, transport } = recorder(JSON.stringify(document));
    expect(await hnsV2(transport).endpoint(id)).toEqual({
      id,
      name: 'pod1_net',
      networkId: network,
      namespaceId: sandbox,
      addresses: [{ address: '10.244.1.7', prefixLength: 24 }],
      routes: [{ destination: '0.0.0.0/0', nextHop: '10.244.1.2' }],
      dns: { domain: 'd', search: ['s'], servers: ['10.96.0.10'], options: ['o'] },
      mac: '0E-2A-0A-F4-01-07',
      policies: [
        { kind: 'other', type: 'SDNRoute', dialect: 'v2', settings: { DestinationPrefix: '' } },
      ],
    });
    expect(calls).toEqual<Recorded[]>([['query', 'Endpoint', id, { SchemaVersion }]]);
  });

  it('may leave nearly everything out; a namespace of zeros is none', async () => {
    const document = { ID: id, HostComputeNamespace: '00000000-0000-0000-0000-000000000000' };
    const { transport } = recorder(JSON.stringify(document));
    expect(await hnsV2(transport).endpoint(id)).toEqual({
      id,
      name: '',
      networkId: '',
      addresses: [],
      routes: [],
      dns: noDns,
      policies: [],
    });
  });

  it.each(missing)('is nothing, not an error, when the object is gone: %s', async (_, error) => {
    const hns = hnsV2(recorder(error, error, error, error).transport);
    expect(await hns.endpoint(id)).toBeUndefined();
    expect(await hns.deleteEndpoint(id)).toBe(false);
    expect(await hns.deleteNetwork(id)).toBe(false);
    expect(await hns.detach(sandbox, id)).toBe(false);
  });

  it.each(inHex([0x803b0007], [0x803b0027]))('%s: detached, but not deleted', async (_, code) => {
    const error = refusedWith(code);
    const hns = hnsV2(recorder(error, error).transport);
    expect(await hns.detach(sandbox, id)).toBe(false);
    await expect(hns.deleteEndpoint(id)).rejects.toBe(error);
  });

  it.each([
    ['no JSON', '<html>', /no JSON when asked to read endpoint 1f0c/],
    ['no object', '[]', /no object/],
  ])('is refused when it is %s', async (_, text, message) => {
    await expect(hnsV2(recorder(text).transport).endpoint(id)).rejects.toMatchObject({
      kind: 'hns-refused',
      message: expect.stringMatching(message),
      details: expect.stringContaining(text),
    });
  });

  it('is refused when no object was made of what was asked for', async () => {
    const hns = hnsV2(recorder('{}', '{"a":1}').transport);
    await expect(hns.createEndpoint(specOf({}))).rejects.toThrow(/a document without an id/);
    await expect(hns.endpointIdsNamed('n')).rejects.toThrow(/no list of ids/);
  });
});

describe('what both dialects list by V1', () => {
  it('reads networks, endpoints and the version', async () => {
    const { calls, transport } = recorder(
      output([
        {
          ID: network.toUpperCase(),
          Name: 'cbr0',
          Type: 'L2Bridge',
          Subnets: [{ AddressPrefix: '10.244.1.0/24', GatewayAddress: '10.244.1.1' }, {}],
          ManagementIP: '192.168.10.5',
        },
        { Id: id, name: 'nat', type: 'nat' },
      ]),
      output([
        { ID: id, Name: 'a', VirtualNetwork: network.toUpperCase(), Namespace: { ID: sandbox } },
        { ID: id, Name: 'b', Namespace: null },
      ]),
      output({ Major: 13, Minor: 3 }),
    );
    const hns = hnsV2(transport);
    expect(await hns.networks()).toEqual([
      {
        id: network,
        name: 'cbr0',
        type: 'L2Bridge',
        subnets: [{ prefix: '10.244.1.0/24', gateway: '10.244.1.1' }],
        managementAddress: '192.168.10.5',
      },
      { id, name: 'nat', type: 'nat', subnets: [] },
    ]);
    expect(await hns.endpoints()).toEqual([
      { id, name: 'a', networkId: network, namespaceId: sandbox },
      { id, name: 'b', networkId: '' },
    ]);
    expect(await hns.version()).toEqual({ major: 13, minor: 3 });
    expect(calls).toEqual<Recorded[]>([
      ['v1', 'GET', '/networks/', ''],
      ['v1', 'GET', '/endpoints/', ''],
      ['v1', 'GET', '/globals/version', ''],
    ]);
  });

  it.each([
    ['no output', output(), []],
    ['null', output(null), []],
    ['one object', output({ ID: id }), [{ id, name: '', type: '', subnets: [] }]],
  ])('%s', async (_, answer, networks) => {
    expect(await hnsV2(recorder(answer).transport).networks()).toEqual(networks);
  });

  it('refuses what it can make nothing of', async () => {
    const hns = hnsV2(recorder(output({}), refused({ Error: 'no', ErrorCode: 5 })).transport);
    await expect(hns.version()).rejects.toThrow(/no version when asked to tell its version/);
    await expect(hns.networks()).rejects.toMatchObject({
      kind: 'hns-unavailable',
      message: 'HNS refused to list networks: no',
      details: '0x80070005 ERROR_ACCESS_DENIED; run as SYSTEM or an administrator',
    });
  });
});
