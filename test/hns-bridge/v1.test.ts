import { describe, expect, it } from 'vitest';
import { PolicyError } from '../../hns-bridge/policy-fields.ts';
import { hnsV1 } from '../../hns-bridge/v1.ts';
import { output, type Recorded, recorder, refused } from './recorder.ts';
import { noDns, specOf } from './specs.ts';

const id = 'a1b2c3d4-4d5e-4f60-8a7b-9c0d1e2f3a01';
const network = 'b7a0e4f2-51c8-4d3a-8f19-2d6c3b1ecb00';
const container = 'f00d';

describe('the requests of V1', () => {
  it('makes an endpoint, whose id HNS chooses', async () => {
    const { calls, transport } = recorder(output({ ID: id.toUpperCase(), Name: 'pod1_net' }));
    const made = await hnsV1(transport).createEndpoint(
      specOf({
        mac: '0E-2A-0A-F4-01-07',
        dns: {
          domain: 'd',
          search: ['svc.local', 'local'],
          servers: ['10.96.0.10', '10.96.0.11'],
          options: [],
        },
        policies: [
          { kind: 'outbound-nat', exceptions: ['10.244.0.0/16'], destinations: [] },
          { kind: 'route', destination: '10.96.0.0/12', needEncap: true },
        ],
      }),
    );
    expect(made.id).toBe(id);
    const document = {
      Name: 'pod1_net',
      VirtualNetwork: network,
      IPAddress: '10.244.1.7',
      PrefixLength: 24,
      GatewayAddress: '10.244.1.2',
      IPv6Address: 'fd00:1::7',
      IPv6PrefixLength: 64,
      GatewayAddressV6: 'fd00:1::1',
      MacAddress: '0E-2A-0A-F4-01-07',
      DNSServerList: '10.96.0.10,10.96.0.11',
      DNSSuffix: 'svc.local,local',
      DNSDomain: 'd',
      Policies: [
        { Type: 'OutBoundNAT', ExceptionList: ['10.244.0.0/16'] },
        { Type: 'ROUTE', DestinationPrefix: '10.96.0.0/12', NeedEncap: true },
      ],
    };
    expect(calls).toEqual<Recorded[]>([['v1', 'POST', '/endpoints', document]]);
  });

  it('asks for no more than is known', async () => {
    const { calls, transport } = recorder(output({ ID: id }));
    await hnsV1(transport).createEndpoint(specOf({ addresses: [], routes: [] }));
    const document = { Name: 'pod1_net', VirtualNetwork: network };
    expect(calls).toEqual<Recorded[]>([['v1', 'POST', '/endpoints', document]]);
  });

  it('asks for nothing when a policy is not of V1', async () => {
    const { calls, transport } = recorder();
    const policy = {
      kind: 'port-mapping',
      internalPort: 80,
      externalPort: 8080,
      protocol: 6,
      vip: '10.0.0.9',
      localRouted: false,
      ipv6: false,
    } as const;
    const made = hnsV1(transport).createEndpoint(specOf({ policies: [policy] }));
    await expect(made).rejects.toBeInstanceOf(PolicyError);
    expect(calls).toEqual([]);
  });

  it('attaches containers, detaches them, deletes', async () => {
    const { calls, transport } = recorder(output(), output(null), output(), output());
    const hns = hnsV1(transport);
    await hns.attach(container, id);
    expect(await hns.detach(container, id)).toBe(true);
    expect(await hns.deleteEndpoint(id)).toBe(true);
    expect(await hns.deleteNetwork(network)).toBe(true);
    const body = { SystemType: 'Container', ContainerId: container };
    expect(calls).toEqual<Recorded[]>([
      ['v1', 'POST', `/endpoints/${id}/attach`, body],
      ['v1', 'POST', `/endpoints/${id}/detach`, body],
      ['v1', 'DELETE', `/endpoints/${id}`, ''],
      ['v1', 'DELETE', `/networks/${network}`, ''],
    ]);
  });

  it('makes a network', async () => {
    const { calls, transport } = recorder(output({ ID: network, Name: 'n', Type: 'Overlay' }));
    const made = await hnsV1(transport).createNetwork({
      id,
      name: 'n',
      type: 'Overlay',
      adapter: 'Ethernet',
      subnets: [{ prefix: '10.244.1.0/24', gateway: '10.244.1.1', vsid: 4096 }],
      dns: { ...noDns, servers: ['10.96.0.10'], search: ['local'] },
    });
    expect(made).toEqual({ id: network, name: 'n', type: 'Overlay', subnets: [] });
    const document = {
      Name: 'n',
      Type: 'Overlay',
      Subnets: [
        {
          AddressPrefix: '10.244.1.0/24',
          GatewayAddress: '10.244.1.1',
          Policies: [{ Type: 'VSID', VSID: 4096 }],
        },
      ],
      NetworkAdapterName: 'Ethernet',
      DNSServerList: '10.96.0.10',
      DNSSuffix: 'local',
    };
    expect(calls).toEqual<Recorded[]>([['v1', 'POST', '/networks', document]]);
  });

  it('finds endpoints by name in the listing, in any letter case', async () => {
    const { transport } = recorder(
      output([
        { ID: id.toUpperCase(), Name: 'POD1_net' },
        { ID: network, Name: 'pod10_net' },
      ]),
    );
    expect(await hnsV1(transport).endpointIdsNamed('pod1_Net')).toEqual([id]);
  });
});

describe('what V1 answers', () => {
  it('is read into the model, keys in any letter case', async () => {
    const { calls, transport } = recorder(
      output({
        Id: id.toUpperCase(),
        Name: 'pod1_net',
        VirtualNetwork: network.toUpperCase(),
        IPAddress: '10.244.1.7',
        PrefixLength: 24,
        IPv6Address: 'fd00:1::7',
        IPv6PrefixLength: 64,
        GatewayAddress: '10.244.1.2',
        GatewayAddressV6: 'fd00:1::1',
        DNSServerList: '10.96.0.10, 10.96.0.11',
        DNSSuffix: 'local',
        DNSDomain: 'd',
        MacAddress: '00-15-5D-00-00-01',
        Namespace: { ID: network.toUpperCase(), CompartmentId: 2 },
        Policies: [
          { Type: 'PA', PA: '192.168.10.5' },
          { Type: 'ROUTE', DestinationPrefix: '' },
        ],
        SharedContainers: [],
      }),
    );
    expect(await hnsV1(transport).endpoint(id)).toEqual({
      ...specOf({}),
      id,
      namespaceId: network,
      dns: { domain: 'd', search: ['local'], servers: ['10.96.0.10', '10.96.0.11'], options: [] },
      mac: '00-15-5D-00-00-01',
      policies: [
        { kind: 'provider-address', address: '192.168.10.5' },
        { kind: 'other', type: 'ROUTE', dialect: 'v1', settings: { DestinationPrefix: '' } },
      ],
    });
    expect(calls).toEqual<Recorded[]>([['v1', 'GET', `/endpoints/${id}`, '']]);
  });

  it.each([
    { ErrorCode: 0x803b0001 },
    { ErrorCode: 0x803b0002, Error: 'The endpoint was not found.' },
    { ErrorCode: 1168 },
    { ErrorCode: -2_143_617_022 },
    { HResult: 0x80070490 },
    { Error: 'hcnDeleteEndpoint failed (0x803B0002)' },
    { Error: 'failed in Win32: Element not found. (0x490)' },
    { Error: 'Element not found.' },
    { Error: `Endpoint ${id} not found` },
  ])('is nothing, not an error, when the object is gone: %j', async (facts) => {
    const answer = refused(facts);
    const hns = hnsV1(recorder(answer, answer, answer, answer).transport);
    expect(await hns.endpoint(id)).toBeUndefined();
    expect(await hns.deleteEndpoint(id)).toBe(false);
    expect(await hns.deleteNetwork(id)).toBe(false);
    expect(await hns.detach(container, id)).toBe(false);
  });

  it.each<[facts: Readonly<Record<string, unknown>>, error: object]>([
    [
      { ErrorCode: 0x80071392, Error: 'in use' },
      {
        reason: 'address-taken',
        code: 0x80071392,
        message: `HNS refused to create endpoint pod1_net: in use`,
      },
    ],
    [{ Error: 'The network adapter was not found.' }, { reason: 'other', code: 0x80004005 }],
    [{}, { reason: 'other', message: 'HNS refused to create endpoint pod1_net' }],
    [{ ErrorCode: '2151350285' }, { reason: 'invalid', code: 0x803b000d }],
  ])('is a refusal: %j', async (facts, error) => {
    const made = hnsV1(recorder(refused(facts)).transport).createEndpoint(specOf({}));
    await expect(made).rejects.toMatchObject({ name: 'HnsError', ...error });
  });

  it('is a refusal, too, with an error and no word of success', async () => {
    const { transport } = recorder('{"Error":"broken","ErrorCode":87}');
    await expect(hnsV1(transport).networks()).rejects.toMatchObject({ code: 0x80070057 });
  });

  it('must name what it made', async () => {
    const made = hnsV1(recorder(output()).transport).createEndpoint(specOf({}));
    await expect(made).rejects.toThrow(/a document without an id.*create endpoint pod1_net/);
  });
});
