import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { codeOf, ids, type Json, nodeState, trialFolder } from './trial.ts';

let node = trialFolder();
beforeEach(() => {
  node.remove();
  node = trialFolder();
});
afterEach(() => node.remove());

const Subnets = [{ IpAddressPrefix: '10.9.0.0/24' }];
const make = (document: Json, id = ids.nowhere) =>
  node.hns.create('Network', id, JSON.stringify({ Ipams: [{ Subnets }], ...document }));
const addressIn = ({ Policies = [] }: { readonly Policies?: readonly Json[] }) =>
  Policies.find(({ Type }) => Type === 'ProviderAddress')?.['Settings'];

describe('a network', () => {
  it('of a name that another has is refused in both dialects, in any letter case', async () => {
    expect(await codeOf(make({ Name: 'CBR0', Type: 'L2Bridge' }))).toBe('0x803B0010');
    const asked = { Name: 'cbr0', Type: 'L2Bridge' };
    expect(await node.v1('POST', '/networks', asked)).toMatchObject({ ErrorCode: 0x803b0010 });
    expect(node.state().networks).toHaveLength(2);
  });

  it('of type NAT is answered without its type by V2, with it by V1', async () => {
    const made = JSON.parse(await make({ Name: 'n', Type: 'nat' }));
    expect(made).toMatchObject({ Name: 'n' });
    expect(made).not.toHaveProperty('Type');
    const { Output } = await node.v1('GET', `/networks/${ids.nowhere}`);
    expect(Output).toMatchObject({ Type: 'NAT' });
    const filter = JSON.stringify({ Filter: JSON.stringify({ Type: 'NAT' }) });
    expect(JSON.parse(await node.hns.enumerate('Network', filter))).toHaveLength(1);
  });

  it.each([
    ['V2', async () => JSON.parse(await node.hns.query('Network', ids.nowhere, ''))],
    ['V1', async () => (await node.v1('GET', `/networks/${ids.nowhere}`)).Output],
    ['V1’s list', async () => (await node.v1('GET', '/networks')).Output.at(-1)],
  ])('has its management address after so many looks through %s', async (_, look) => {
    node.remove();
    node = trialFolder({ ...nodeState(), rules: { looksBeforeAddress: 3 } });
    // Reading it back is the first look.
    const made = JSON.parse(await make({ Name: 'o', Type: 'L2Bridge' }));
    const looks = [made, await look(), await look(), await look()];
    const found = looks.map((network) => network.ManagementIP ?? addressIn(network));
    const address = found.at(-1);
    expect(found).toEqual([undefined, undefined, undefined, address]);
    expect(JSON.stringify(address)).toContain('192.168.10.5');
    expect(node.state().awaitingAddress).toEqual({});
  });

  it('has it at once where the rule says so, or where it was given one', async () => {
    node.remove();
    node = trialFolder({ ...nodeState(), rules: { looksBeforeAddress: 0 } });
    const made = JSON.parse(await make({ Name: 'o', Type: 'L2Bridge' }));
    expect(addressIn(made)).toEqual({ ProviderAddress: '192.168.10.5' });
  });

  it('stays while a container is in an endpoint of it', async () => {
    await node.createEndpoint();
    await node.v1('POST', `/endpoints/${ids.pod}/attach`, { ContainerId: 'f00d' });
    expect(await codeOf(node.hns.delete('Network', ids.bridge))).toBe('0x803B002C');
  });
});

describe('a restart of HNS', () => {
  const twoPods = async (rules: Json = {}) => {
    node.remove();
    node = trialFolder({ ...nodeState(), rules });
    await node.createEndpoint({}, ids.pod, ids.overlay);
    await node.createEndpoint({}, ids.otherPod, ids.bridge);
    await node.move('Add', ids.pod);
    await node.move('Add', ids.otherPod, ids.otherSandbox);
    node.order([{ operation: 'OpenNamespace', restart: true, times: 1 }]);
  };
  const left = (kind: string) =>
    node.state()[kind].map(({ ID }: { ID: string }) => ID.toLowerCase());

  it('loses networks that are not persistent, with their endpoints', async () => {
    await twoPods();
    const sandbox = JSON.parse(await node.hns.query('Namespace', ids.sandbox, ''));
    expect(sandbox.Resources).toEqual([]);
    expect(left('networks')).toEqual([ids.bridge]);
    expect(left('endpoints')).toEqual([ids.host, ids.otherPod]);
    expect(left('namespaces')).toEqual([ids.sandbox, ids.otherSandbox]);
  });

  it('loses all endpoints by a rule, also where it then refuses', async () => {
    await twoPods({ restartLoses: 'endpoints' });
    const stopped = { operation: 'OpenNamespace', restart: true, times: 1, code: '0x803B0020' };
    node.order([stopped]);
    expect(await codeOf(node.hns.query('Namespace', ids.sandbox, ''))).toBe('0x803B0020');
    expect(left('endpoints')).toEqual([]);
    expect(left('networks')).toEqual([ids.bridge]);
  });
});
