import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ids, type Json, nodeState, trialFolder } from './trial.ts';

let node = trialFolder();
beforeEach(() => {
  node.remove();
  node = trialFolder();
});
afterEach(() => node.remove());

const asked = (changes: Json = {}): Json => ({
  VirtualNetwork: ids.bridge,
  Name: 'pod',
  IPAddress: '10.244.2.9',
  GatewayAddress: '10.244.2.2',
  DNSServerList: '10.96.0.10,10.96.0.11',
  DNSSuffix: 'cluster.local',
  ...changes,
});
const create = async (changes: Json = {}) => node.v1('POST', '/endpoints', asked(changes));
/** V1 has Win32's codes bare (HNS.md, "Codes"). */
const refused = (code: number) => ({
  Success: false,
  Error: expect.any(String),
  ErrorCode: code >>> 16 === 0x8007 ? code & 0xffff : code,
});
const container = (ContainerId: string): Json => ({ SystemType: 'Container', ContainerId });

describe('V1', () => {
  it('shows networks', async () => {
    const { Output } = await node.v1('GET', '/networks/');
    expect(Output[1]).toMatchObject({
      ID: ids.overlay.toUpperCase(),
      Name: 'flannel.4096',
      Type: 'Overlay',
      ManagementIP: '192.168.10.5',
      NetworkAdapterName: 'Ethernet',
      Subnets: [
        {
          AddressPrefix: '10.244.3.0/24',
          GatewayAddress: '10.244.3.1',
          Policies: [{ Type: 'VSID', VSID: 4096 }],
        },
      ],
    });
    expect(await node.v1('GET', `/networks/${ids.bridge}`)).toMatchObject({
      Success: true,
      Output: { Name: 'cbr0' },
    });
  });

  it('makes an endpoint with an id of its own, which V2 sees', async () => {
    const Policies = [
      { Type: 'OutBoundNAT', ExceptionList: ['10.244.0.0/16'] },
      { Type: 'ROUTE', DestinationPrefix: '10.96.0.0/12', NeedEncap: true },
      { Type: 'NAT', Protocol: 'UDP', InternalPort: 53, ExternalPort: 5353 },
    ];
    const { Output } = await create({ Policies });
    expect(Output).toMatchObject({
      Name: 'pod',
      VirtualNetwork: ids.bridge.toUpperCase(),
      VirtualNetworkName: 'cbr0',
      IPAddress: '10.244.2.9',
      PrefixLength: 24,
      GatewayAddress: '10.244.2.2',
      DNSServerList: '10.96.0.10,10.96.0.11',
      DNSSuffix: 'cluster.local',
      Policies,
      State: 1,
    });
    const document = JSON.parse(await node.hns.query('Endpoint', Output.ID, ''));
    expect(document).toMatchObject({
      Routes: [{ NextHop: '10.244.2.2', DestinationPrefix: '0.0.0.0/0' }],
      Dns: { ServerList: ['10.96.0.10', '10.96.0.11'], Search: ['cluster.local'] },
      Policies: [
        { Type: 'OutBoundNAT', Settings: { Exceptions: ['10.244.0.0/16'] } },
        { Type: 'SDNRoute', Settings: { DestinationPrefix: '10.96.0.0/12', NeedEncap: true } },
        // A port mapping: V2 leaves the type out.
        { Settings: { Protocol: 17, InternalPort: 53, ExternalPort: 5353 } },
      ],
    });
  });

  it.each([
    ['unlisted', []],
    ['listed', [expect.any(String)]],
  ])(
    'makes endpoints that V2 opens by their ids, and that its lists have: %s',
    async (v1Endpoints, found) => {
      node.remove();
      node = trialFolder({ ...nodeState(), rules: { v1Endpoints } });
      const { Output } = await create();
      const query = JSON.stringify({ Filter: JSON.stringify({ Name: 'pod' }) });
      expect(JSON.parse(await node.hns.enumerate('Endpoint', query))).toEqual(found);
      expect(JSON.parse(await node.hns.query('Endpoint', Output.ID, ''))).toMatchObject({
        Name: 'pod',
      });
      expect((await node.v1('GET', '/endpoints')).Output).toContainEqual(Output);
    },
  );

  it.each<[what: string, changes: Json, code: number]>([
    ['a network that is not', { VirtualNetwork: ids.nowhere }, 0x803b0001],
    ['a taken address', { IPAddress: '10.244.2.2' }, 0x80071392],
    ["V2's policy names", { Policies: [{ Type: 'SDNRoute' }] }, 0x803b000e],
    ['a policy without content', { Policies: [{ Type: 'ROUTE' }] }, 0x803b000d],
    ['an unknown protocol', { Policies: [{ Type: 'NAT', Protocol: 'X' }] }, 0x803b000d],
  ])('refuses in its answer: %s', async (_, changes, code) => {
    expect(await create(changes)).toEqual(refused(code));
  });

  it('refuses what it does not know', async () => {
    expect(await node.v1('GET', `/endpoints/${ids.nowhere}`)).toEqual(refused(0x803b0002));
    expect(await node.v1('GET', '/policies')).toEqual(refused(0x80070490));
    expect(JSON.parse(await node.hns.v1('POST', '/endpoints', '{'))).toEqual(refused(0x803b001b));
    expect(node.journal().map(({ api, operation, code }) => [api, operation, code])).toEqual([
      ['v1', `GET /endpoints/${ids.nowhere}`, '0x803B0002'],
      ['v1', 'GET /policies', '0x80070490'],
      ['v1', 'POST /endpoints', '0x803B001B'],
    ]);
  });

  it('attaches containers to an endpoint, which then stays until they are gone', async () => {
    const { Output } = await create();
    const path = `/endpoints/${Output.ID}`;
    await node.v1('POST', `${path}/attach`, container('sandbox'));
    await node.v1('POST', `${path}/attach`, container('workload'));
    expect((await node.v1('GET', path)).Output).toMatchObject({
      SharedContainers: ['sandbox', 'workload'],
      State: 3,
    });
    expect(await node.v1('POST', `${path}/attach`, container('sandbox'))).toEqual(
      refused(0x803b0014),
    );
    expect(await node.v1('DELETE', path)).toEqual(refused(0x803b002c));
    await node.v1('POST', `${path}/detach`, container('workload'));
    await node.v1('POST', `${path}/detach`, container('sandbox'));
    expect(await node.v1('POST', `${path}/detach`, container('sandbox'))).toEqual(
      refused(0x80070490),
    );
    expect(await node.v1('DELETE', path)).toEqual({ Success: true, Output: null });
    expect(node.state().endpoints).toHaveLength(1);
  });

  it('makes networks and namespaces, and puts endpoints into them', async () => {
    const subnet = { AddressPrefix: '172.20.0.0/24', GatewayAddress: '172.20.0.1' };
    const made = await node.v1('POST', '/networks', { Name: 'n', Type: 'nat', Subnets: [subnet] });
    expect(made.Output).toMatchObject({ Type: 'NAT', Subnets: [subnet] });
    const { Output: endpoint } = await node.v1('POST', '/endpoints', {
      VirtualNetwork: made.Output.ID,
    });
    expect(endpoint).toMatchObject({ IPAddress: '172.20.0.3', GatewayAddress: '172.20.0.1' });
    const { Output: namespace } = await node.v1('POST', '/namespaces/', {});
    const resource = { Type: 'Endpoint', Data: { Id: endpoint.ID } };
    const path = `/namespaces/${namespace.ID}`;
    await node.v1('POST', `${path}/addresource`, resource);
    expect((await node.v1('GET', '/namespaces/')).Output.at(-1)).toEqual({
      ID: namespace.ID,
      CompartmentId: 4,
      IsDefault: false,
      ResourceList: [resource],
    });
    expect((await node.v1('GET', `/endpoints/${endpoint.ID}`)).Output.Namespace).toEqual({
      ID: namespace.ID,
    });
    expect(await node.v1('DELETE', `/networks/${made.Output.ID}`)).toEqual(refused(0x803b002c));
    await node.v1('POST', `${path}/removeresource`, resource);
    expect(await node.v1('DELETE', path)).toMatchObject({ Success: true });
    expect(await node.v1('DELETE', `/networks/${made.Output.ID}`)).toMatchObject({ Success: true });
  });
});
