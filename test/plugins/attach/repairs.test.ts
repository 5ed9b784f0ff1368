import { describe, expect, it } from 'vitest';
import { type Json, sandboxes } from '../../helpers/trial-node.ts';
import { silent, trial } from './trial.ts';

const azure = {
  conf: 'sdnbridge',
  fixture: 'every-type',
  ipam: { ADD: { says: { ips: [{ address: '10.240.0.15/16', gateway: '10.240.0.1' }] } } },
};
const places = [
  { conf: 'win-bridge', fixture: 'alone' },
  { conf: 'win-overlay', fixture: 'alone' },
  { conf: 'nat-hns', fixture: 'every-type' },
  { conf: 'win-transparent', fixture: 'every-type' },
  azure,
];
const degraded = '0x803B0017';

describe.each(places)('$conf', (place) => {
  const open = () => trial({ ...place, keys: { cniVersion: '1.1.0' } });
  const change = (play: ReturnType<typeof trial>, how: (pod: Json) => Json) =>
    play.node.setHns((state) => ({
      ...state,
      endpoints: state.endpoints.map((entry) =>
        String(entry['Name']).startsWith('pod') ? how(entry) : entry,
      ),
      namespaces: state.namespaces.map((entry) => ({ ...entry, Resources: [] })),
    }));
  const whole = (pod: Json) => ({ HostComputeNetwork: pod['HostComputeNetwork'], ID: pod['ID'] });

  it.each<[string, (pod: Json) => Json]>([
    ['made and not attached', ({ HostComputeNamespace: _, ...rest }) => rest],
    [
      'in the namespace of a sandbox before',
      (pod) => ({ ...pod, HostComputeNamespace: sandboxes.second }),
    ],
    [
      'on another network, by its name',
      ({ HostComputeNamespace: _, ...pod }) => ({
        ...pod,
        ID: 'c0ffee00-1234-4abc-8def-001122334455',
        HostComputeNetwork: '00000000-0000-4000-8000-000000000bad',
      }),
    ],
    [
      'on another network, by its id',
      (pod) => ({ ...pod, HostComputeNetwork: '00000000-0000-4000-8000-000000000bad' }),
    ],
    ['without an address', (pod) => ({ ...pod, IpConfigurations: [] })],
  ])('replaces an endpoint that is %s', async (_, how) => {
    const play = open();
    const result = await play.added();
    const before = whole(play.pod());
    change(play, how);
    expect(await play.added()).toEqual(result);
    expect(play.pod()).toMatchObject({
      ...before,
      HostComputeNamespace: sandboxes.first.toUpperCase(),
    });
    expect(await play.run('CHECK', { prevResult: result })).toEqual(silent);
  });

  it('takes over whole what the reference made', async () => {
    const play = open();
    const result = await play.added();
    const ID = 'C0FFEE00-1234-4ABC-8DEF-001122334455';
    change(play, (pod) => ({ ...pod, ID }));
    expect(await play.added()).toEqual(result);
    expect(play.pod()).toMatchObject({ ID });
    expect(await play.run('CHECK', { prevResult: result })).toEqual(silent);
    expect(await play.run('DEL')).toEqual(silent);
    expect(play.pods()).toEqual([]);
  });

  it.each([
    ['when it is attached', 'ModifyNamespace'],
    ['when it is read back', 'QueryEndpointProperties'],
  ])('makes an endpoint anew that HNS says is degraded: %s', async (_, operation) => {
    const play = open();
    play.node.orderFaults([{ operation, code: degraded, times: 1 }]);
    const prevResult = await play.added();
    expect(play.pods()).toHaveLength(1);
    expect(await play.run('CHECK', { prevResult })).toEqual(silent);
  });

  it.each([
    ['ours', undefined],
    ['the reference’s', 'C0FFEE00-1234-4ABC-8DEF-001122334455'],
  ])('replaces an endpoint that HNS says is degraded when it is looked at: %s', async (_, ID) => {
    const play = open();
    const result = await play.added();
    const { ID: before } = play.pod();
    change(play, (pod) => ({ ...pod, ID: ID ?? pod['ID'] }));
    play.node.orderFaults([{ operation: 'QueryEndpointProperties', code: degraded, times: 1 }]);
    expect(await play.added()).toEqual(result);
    expect(play.pod()).toMatchObject({ ID: before });
  });

  it('leaves an endpoint alone that HNS does not show for another reason', async () => {
    const play = open();
    await play.added();
    const before = play.pods();
    play.node.orderFaults([{ operation: 'QueryEndpointProperties', code: '0x80004005', times: 1 }]);
    expect((await play.run('ADD')).document).toMatchObject({ code: 101 });
    expect(play.pods()).toEqual(before);
  });

  it.each([
    ['it stays degraded', 'ModifyNamespace'],
    ['there is nothing to make anew', 'CreateEndpoint'],
  ])('gives up when %s, and leaves nothing', async (_, operation) => {
    const play = open();
    play.node.orderFaults([{ operation, code: degraded, times: 2 }]);
    expect((await play.run('ADD')).document).toMatchObject({ code: 101 });
    expect(play.pods()).toEqual([]);
    expect(play.node.allLeases()).toEqual([]);
  });

  it('believes HNS that an endpoint is attached already only when it is, to this sandbox', async () => {
    const play = open();
    const already = { operation: 'ModifyNamespace', code: '0x803B0014', times: 1 };
    play.node.orderFaults([already]);
    expect((await play.run('ADD')).document).toMatchObject({
      code: 101,
      details: expect.stringContaining('HCN_E_ENDPOINT_ALREADY_ATTACHED'),
    });
    expect(play.pods()).toEqual([]);

    await play.added();
    const seen = JSON.stringify(play.pod());
    await play.run('DEL');
    const look = { operation: 'QueryEndpointProperties', after: 1, times: 1, answer: seen };
    play.node.orderFaults([already, look]);
    await play.added();
    expect(play.pods()).toHaveLength(1);
  });

  it('deletes an endpoint that cannot be taken out of its namespace, if HNS lets it', async () => {
    const play = open();
    await play.added();
    change(play, ({ HostComputeNamespace: _, ...rest }) => rest);
    play.node.orderFaults([{ operation: 'ModifyNamespace', code: '0x80004005', times: 1 }]);
    expect(await play.run('DEL')).toEqual(silent);
    expect(play.pods()).toEqual([]);
  });

  it('tells why an endpoint cannot be taken out of its namespace, when that hinders', async () => {
    const play = open();
    await play.added();
    play.node.orderFaults([{ operation: 'ModifyNamespace', code: '0x80004005' }]);
    expect((await play.run('DEL')).document).toMatchObject({
      code: 101,
      msg: expect.stringContaining('modify namespace'),
    });
    expect(play.pods()).toHaveLength(1);
  });
});

it('waits for a network that flanneld makes a moment later', async () => {
  const play = trial({ conf: 'win-bridge', fixture: 'alone' });
  const answer = JSON.stringify({ Success: true, Output: [] });
  play.node.orderFaults([{ operation: 'GET /networks', answer, times: 3 }]);
  expect(await play.added()).toMatchObject({ ips: [{ address: '10.244.4.10/24' }] });
});

it('Docker: makes an endpoint anew that HNS lists as degraded', async () => {
  const play = trial({
    conf: 'win-bridge-docker',
    fixture: 'alone',
    request: { netns: 'none' },
  });
  const prevResult = await play.added();
  const { ID } = play.pod();
  const answer = play.node.calls().find(({ operation }) => operation === 'POST /endpoints')?.answer;
  const shown = JSON.parse(JSON.stringify(answer));
  const Output = { ...shown.Output, State: 5, SharedContainers: ['pod1'] };
  const listed = JSON.stringify({ Success: true, Output });
  const fault = { operation: 'GET /endpoints/<id>', answer: listed, times: 2 };
  play.node.orderFaults([fault]);
  expect((await play.run('CHECK', { prevResult })).document).toMatchObject({
    code: 100,
    details: expect.stringContaining('state: expected healthy, found degraded'),
  });
  await play.added();
  expect(play.pod()['ID']).not.toBe(ID);
});

it('Docker: makes an endpoint anew that HNS says is degraded when it is attached', async () => {
  const play = trial({ conf: 'win-bridge-docker', fixture: 'alone', request: { netns: 'none' } });
  const operation = 'ModifyComputeSystem';
  play.node.orderFaults([{ operation, code: degraded, times: 1 }]);
  await play.added();
  expect(play.pod()).toMatchObject({ SharedContainers: ['pod1'] });
  expect(play.node.leases('l2br')).toEqual(['10.244.4.3']);
});
