import { describe, expect, it } from 'vitest';
import { callsOver } from '../../hns-bridge/calls.ts';
import type { Transport } from '../../hns-bridge/transport.ts';
import { hnsV2 } from '../../hns-bridge/v2-client.ts';
import { output, type Recorded, recorder, refused } from './recorder.ts';

const id = '1f0c2b3a-4d5e-5f60-8a7b-9c0d1e2f3a01';
const network = 'b7a0e4f2-51c8-4d3a-8f19-2d6c3b1ecb00';
const sandbox = '7e2f9d10-3c55-4b1e-8a27-90c4e5d1b001';

const clientOf = (transport: Transport) => hnsV2(callsOver(transport));

describe('what both dialects list by V1', () => {
  it.each([
    ['nothing said', '{}', /does not say Success/],
    ['null', 'null', /no object/],
    ['a list', '[]', /no object/],
    ['success as a text', '{"Success":"true","Output":[]}', /does not say Success/],
    ['no success', '{"Output":[]}', /does not say Success/],
    ['an object for a list', '{"Success":true,"Output":{}}', /no list of objects/],
    ['a text for a list', '{"Success":true,"Output":""}', /no list of objects/],
    ['entries without ids', '{"Success":true,"Output":[{}]}', /no list of objects/],
  ])('is never an empty list by mistake: %s', async (_, text, message) => {
    const hns = clientOf(recorder(text, text).transport);
    await expect(hns.networks()).rejects.toThrow(message);
    await expect(hns.endpoints()).rejects.toThrow(message);
  });

  it.each([output(), output([]), output(null)])('is an empty list: %s', async (text) => {
    expect(await clientOf(recorder(text).transport).networks()).toEqual([]);
  });

  it('takes a network that V2 answers without a type for NAT, whose value is 0', async () => {
    const { transport } = recorder(JSON.stringify({ ID: network, Name: 'nat' }));
    const made = await clientOf(transport).createNetwork({ ID: network, Name: 'nat', Type: 'NAT' });
    expect(made).toMatchObject({ Type: 'NAT' });
  });

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
    const hns = clientOf(transport);
    expect(await hns.networks()).toEqual([
      {
        ID: network,
        Name: 'cbr0',
        Type: 'L2Bridge',
        Policies: [{ Type: 'ProviderAddress', Settings: { ProviderAddress: '192.168.10.5' } }],
        Ipams: [
          {
            Subnets: [
              {
                IpAddressPrefix: '10.244.1.0/24',
                Routes: [{ DestinationPrefix: '0.0.0.0/0', NextHop: '10.244.1.1' }],
              },
            ],
          },
        ],
      },
      { ID: id, Name: 'nat', Type: 'nat', Policies: [], Ipams: [{ Subnets: [] }] },
    ]);
    expect(await hns.endpoints()).toEqual([
      { ID: id, Name: 'a', HostComputeNetwork: network, HostComputeNamespace: sandbox },
      { ID: id, Name: 'b' },
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
    ['one object', output({ ID: id }), [{ ID: id, Policies: [], Ipams: [{ Subnets: [] }] }]],
  ])('%s', async (_, answer, networks) => {
    expect(await clientOf(recorder(answer).transport).networks()).toEqual(networks);
  });

  it('refuses what it can make nothing of', async () => {
    const hns = clientOf(recorder(output({}), refused({ Error: 'no', ErrorCode: 5 })).transport);
    await expect(hns.version()).rejects.toThrow(/no version when asked to tell its version/);
    await expect(hns.networks()).rejects.toMatchObject({
      kind: 'hns-unavailable',
      message: 'HNS refused to list networks: no',
      details: '0x80070005 ERROR_ACCESS_DENIED; run as SYSTEM or an administrator',
    });
  });
});
