import { describe, expect, it } from 'vitest';
import { callsOver } from '../../hns-bridge/calls.ts';
import type { WantedEndpoint, WantedNetwork } from '../../hns-bridge/client.ts';
import { hex } from '../../hns-bridge/error.ts';
import type { Transport } from '../../hns-bridge/transport.ts';
import { hnsV2 } from '../../hns-bridge/v2-client.ts';
import { type Recorded, recorder } from './recorder.ts';
import { missing, refusedWith, wantedEndpoint } from './specs.ts';

const SchemaVersion = { Major: 2, Minor: 0 };
const id = '1f0c2b3a-4d5e-5f60-8a7b-9c0d1e2f3a01';
const network = 'b7a0e4f2-51c8-4d3a-8f19-2d6c3b1ecb00';
const sandbox = '7e2f9d10-3c55-4b1e-8a27-90c4e5d1b001';

const clientOf = (transport: Transport) => hnsV2(callsOver(transport));

describe('the documents of V2', () => {
  it.each<[what: string, wanted: WantedEndpoint, document: object]>([
    [
      'an endpoint with everything',
      wantedEndpoint({
        MacAddress: '0E-2A-0A-F4-01-07',
        Dns: {
          Domain: 'cluster.local',
          Search: ['svc.cluster.local', 'cluster.local'],
          ServerList: ['10.96.0.10'],
          Options: ['ndots:5'],
        },
        Policies: [
          { Type: 'OutBoundNAT', Settings: { Exceptions: ['10.244.0.0/16'] } },
          { Type: 'ProviderAddress', Settings: { ProviderAddress: '192.168.10.5' } },
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
      wantedEndpoint({ IpConfigurations: [], Routes: [], Dns: { Search: [] } }),
      { Name: 'pod1_net', HostComputeNetwork: network, Dns: {}, SchemaVersion },
    ],
  ])('%s', async (_, wanted, document) => {
    const { calls, transport } = recorder(JSON.stringify({ ID: id }));
    await clientOf(transport).createEndpoint(wanted);
    expect(calls).toEqual<Recorded[]>([['create', 'Endpoint', id, document, network]]);
  });

  it.each<[what: string, wanted: Partial<WantedNetwork>, document: object]>([
    [
      'an overlay',
      {
        Policies: [{ Type: 'NetAdapterName', Settings: { NetworkAdapterName: 'Ethernet' } }],
        Dns: { ServerList: ['10.96.0.10'] },
        Ipams: [{ Type: 'Static', Subnets: [{ IpAddressPrefix: '10.244.1.0/24' }] }],
      },
      {
        Policies: [{ Type: 'NetAdapterName', Settings: { NetworkAdapterName: 'Ethernet' } }],
        Dns: { ServerList: ['10.96.0.10'] },
        Ipams: [{ Type: 'Static', Subnets: [{ IpAddressPrefix: '10.244.1.0/24' }] }],
      },
    ],
    ['one without subnets', { Dns: {}, Ipams: [], Policies: [] }, { Dns: {} }],
  ])('a network: %s', async (_, wanted, document) => {
    const { calls, transport } = recorder(JSON.stringify({ ID: network, Name: 'n' }));
    await clientOf(transport).createNetwork({ ID: network, Name: 'n', Type: 'Overlay', ...wanted });
    const whole = { Name: 'n', Type: 'Overlay', ...document, SchemaVersion };
    expect(calls).toEqual<Recorded[]>([['create', 'Network', network, whole]]);
  });

  it('attaches and detaches by modifying the namespace', async () => {
    const { calls, transport } = recorder('', '');
    const hns = clientOf(transport);
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
    const { calls, transport } = recorder(`["{${id.toUpperCase()}}"]`, '[]', 'null');
    const hns = clientOf(transport);
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
      // V1 alone has these.
      State: 5,
      SharedContainers: ['c'],
    };
    const { calls, transport } = recorder(JSON.stringify(document));
    expect(await clientOf(transport).endpoint(id)).toEqual({
      ID: id,
      Name: 'pod1_net',
      HostComputeNetwork: network,
      HostComputeNamespace: sandbox,
      IpConfigurations: [{ IpAddress: '10.244.1.7', PrefixLength: 24 }],
      Routes: [{ NextHop: '10.244.1.2', DestinationPrefix: '0.0.0.0/0' }],
      Dns: { Domain: 'd', Search: ['s'], ServerList: ['10.96.0.10'], Options: ['o'] },
      MacAddress: '0E-2A-0A-F4-01-07',
      Policies: [
        {
          Type: 'SDNRoute',
          Settings: { DestinationPrefix: '' },
          written: { dialect: 'v2', settings: { DestinationPrefix: '' } },
        },
      ],
    });
    expect(calls).toEqual<Recorded[]>([['query', 'Endpoint', id, { SchemaVersion }]]);
  });

  it('may leave nearly everything out; a namespace of zeros is none', async () => {
    const document = { ID: id, HostComputeNamespace: '00000000-0000-0000-0000-000000000000' };
    const { transport } = recorder(JSON.stringify(document));
    expect(await clientOf(transport).endpoint(id)).toEqual({ ID: id });
  });

  it.each(missing)('is nothing, not an error, when the object is gone: %s', async (_, error) => {
    const hns = clientOf(recorder(error, error, error, error).transport);
    expect(await hns.endpoint(id)).toBeUndefined();
    expect(await hns.deleteEndpoint(id)).toBe(false);
    expect(await hns.detach(sandbox, id)).toBe(false);
  });

  it.each([0x803b0007, 0x803b0027].map((code) => [hex(code), code] as const))(
    '%s: detached, but not deleted',
    async (_, code) => {
      const error = refusedWith(code);
      const hns = clientOf(recorder(error, error).transport);
      expect(await hns.detach(sandbox, id)).toBe(false);
      await expect(hns.deleteEndpoint(id)).rejects.toBe(error);
    },
  );

  it.each([
    ['no JSON', '<html>', /no JSON when asked to read endpoint 1f0c/],
    ['no object', '[]', /no object/],
    ['an object of nothing', '{}', /a document without an id/],
    ['too deep', '['.repeat(101), /JSON more than 100 deep/],
  ])('is refused when it is %s', async (_, text, message) => {
    await expect(clientOf(recorder(text).transport).endpoint(id)).rejects.toMatchObject({
      kind: 'hns-refused',
      message: expect.stringMatching(message),
      details: expect.stringContaining(text === '{}' ? '' : text),
    });
  });

  it('is refused when it is about another object than the one that was asked for', async () => {
    const hns = clientOf(recorder('{"ID":"../../escaped"}', '{"ID":"2a0d"}').transport);
    const problem = /a document of another id/;
    await expect(hns.endpoint(id)).rejects.toThrow(problem);
    await expect(hns.createEndpoint(wantedEndpoint())).rejects.toThrow(problem);
  });

  it.each(['', '{}', '""', '[1]'])('is no list of ids: %j', async (text) => {
    const hns = clientOf(recorder(text).transport);
    await expect(hns.endpointIdsNamed('n')).rejects.toMatchObject({ kind: 'hns-refused' });
  });

  it('is not parsed when it is longer than any that HNS gives', async () => {
    const text = '['.repeat(64 * 2 ** 20 + 1);
    await expect(clientOf(recorder(text).transport).endpoint(id)).rejects.toThrow(/over 64 MiB/);
  });

  it('is refused when no object was made of what was asked for', async () => {
    const hns = clientOf(recorder('{}', '{"a":1}').transport);
    await expect(hns.createEndpoint(wantedEndpoint())).rejects.toThrow(/a document without an id/);
    await expect(hns.endpointIdsNamed('n')).rejects.toThrow(/no list of ids/);
  });
});
