import { describe, expect, it } from 'vitest';
import { callsOver } from '../../hns-bridge/calls.ts';
import { refusal } from '../../hns-bridge/error.ts';
import { PolicyError } from '../../hns-bridge/policy/values.ts';
import type { Transport } from '../../hns-bridge/transport.ts';
import { hnsV1 } from '../../hns-bridge/v1-client.ts';
import { output, type Recorded, recorder, refused } from './recorder.ts';
import { wantedEndpoint } from './specs.ts';

const id = 'a1b2c3d4-4d5e-4f60-8a7b-9c0d1e2f3a01';
const network = 'b7a0e4f2-51c8-4d3a-8f19-2d6c3b1ecb00';
const container = 'f00d';

const clientOf = (transport: Transport) => hnsV1(callsOver(transport));

describe('the requests of V1', () => {
  it('makes an endpoint, whose id HNS chooses', async () => {
    const { calls, transport } = recorder(output({ ID: id.toUpperCase(), Name: 'pod1_net' }));
    const made = await clientOf(transport).createEndpoint(
      wantedEndpoint({
        MacAddress: '0E-2A-0A-F4-01-07',
        Dns: {
          Domain: 'd',
          Search: ['svc.local', 'local'],
          ServerList: ['10.96.0.10', '10.96.0.11'],
          Options: ['ndots:5'],
        },
        Policies: [
          { Type: 'OutBoundNAT', Settings: { Exceptions: ['10.244.0.0/16'] } },
          { Type: 'SDNRoute', Settings: { DestinationPrefix: '10.96.0.0/12', NeedEncap: true } },
        ],
      }),
    );
    expect(made.ID).toBe(id);
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
    await clientOf(transport).createEndpoint(wantedEndpoint({ IpConfigurations: [], Routes: [] }));
    const document = { Name: 'pod1_net', VirtualNetwork: network };
    expect(calls).toEqual<Recorded[]>([['v1', 'POST', '/endpoints', document]]);
  });

  it('asks for nothing when a policy is not of V1', async () => {
    const { calls, transport } = recorder();
    const Settings = { InternalPort: 80, ExternalPort: 8080, Protocol: 6, VIP: '10.0.0.9' };
    const Policies = [{ Type: 'PortMapping', Settings }];
    const made = clientOf(transport).createEndpoint(wantedEndpoint({ Policies }));
    await expect(made).rejects.toBeInstanceOf(PolicyError);
    expect(calls).toEqual([]);
  });

  it('attaches containers, detaches them, deletes', async () => {
    const { calls, transport } = recorder('', '', output());
    const hns = clientOf(transport);
    const request = (RequestType: string) => ({
      ResourceType: 'Network',
      RequestType,
      Settings: id,
    });
    await hns.attach(container, id);
    expect(await hns.detach(container, id)).toBe(true);
    expect(await hns.deleteEndpoint(id)).toBe(true);
    expect(calls).toEqual<Recorded[]>([
      ['modifySystem', container, request('Add')],
      ['modifySystem', container, request('Remove')],
      ['v1', 'DELETE', `/endpoints/${id}`, ''],
    ]);
  });

  it('finds endpoints by name in the listing, in any letter case', async () => {
    const { transport } = recorder(
      output([
        { ID: id.toUpperCase(), Name: 'POD1_net' },
        { ID: network, Name: 'pod10_net' },
      ]),
    );
    expect(await clientOf(transport).endpointIdsNamed('pod1_Net')).toEqual([id]);
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
    expect(await clientOf(transport).endpoint(id)).toEqual({
      ...wantedEndpoint(),
      ID: id,
      HostComputeNamespace: network,
      Dns: { Domain: 'd', Search: ['local'], ServerList: ['10.96.0.10', '10.96.0.11'] },
      MacAddress: '00-15-5D-00-00-01',
      Policies: [
        {
          Type: 'ProviderAddress',
          Settings: { ProviderAddress: '192.168.10.5' },
          written: { dialect: 'v1', settings: { PA: '192.168.10.5' } },
        },
        {
          Type: 'ROUTE',
          Settings: { DestinationPrefix: '' },
          written: { dialect: 'v1', settings: { DestinationPrefix: '' } },
        },
      ],
      SharedContainers: [],
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
    const hns = clientOf(recorder(answer, answer, answer, answer).transport);
    expect(await hns.endpoint(id)).toBeUndefined();
    expect(await hns.deleteEndpoint(id)).toBe(false);
  });

  it('is no attachment when HCS knows of none', async () => {
    const { transport } = recorder(refusal('modify compute system c', 0x80070490, 'not found'));
    expect(await clientOf(transport).detach(container, id)).toBe(false);
  });

  it.each([0xc037010e, 0x8037010e, 0xc0370110])(
    'is HNS’s own to detach when HCS has not the container: %i',
    async (code) => {
      const gone = refusal('modify compute system c', code, 'gone');
      const { calls, transport } = recorder(gone, output(), gone, refused({ ErrorCode: 1168 }));
      const hns = clientOf(transport);
      expect(await hns.detach(container, id)).toBe(true);
      expect(await hns.detach(container, id)).toBe(false);
      const body = { ContainerId: container, SystemType: 'Container' };
      expect(calls[1]).toEqual(['v1', 'POST', `/endpoints/${id}/detach`, body]);
    },
  );

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
    const made = clientOf(recorder(refused(facts)).transport).createEndpoint(wantedEndpoint());
    await expect(made).rejects.toMatchObject({ name: 'HnsError', ...error });
  });

  it('is a refusal, too, with an error and no word of success', async () => {
    const { transport } = recorder('{"Error":"broken","ErrorCode":87}');
    await expect(clientOf(transport).networks()).rejects.toMatchObject({ code: 0x80070057 });
  });

  it('must name what it made', async () => {
    const made = clientOf(recorder(output()).transport).createEndpoint(wantedEndpoint());
    await expect(made).rejects.toThrow(/a document without an id.*create endpoint pod1_net/);
  });
});
