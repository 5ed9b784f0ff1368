import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Json, sandboxes } from '../../helpers/trial-node.ts';
import { silent, trial } from './trial.ts';

const sandbox = { netns: 'none', containerId: 'pod1' };
const workload = { netns: 'container:pod1', containerId: 'work1' };
const other = { netns: 'container:pod1', containerId: 'work2' };

const place = () => trial({ conf: 'win-bridge-docker', fixture: 'alone', request: sandbox });
const containers = (pod: Json) => pod['SharedContainers'];
const operations = (play: ReturnType<typeof place>) =>
  play.node
    .calls()
    .map(({ api, operation, target }) => `${api} ${operation.replace(target || '-', '<id>')}`);

describe('Docker', () => {
  it('is spoken to in V1: the sandbox gets the endpoint, its workloads share it', async () => {
    const play = place();
    const result = await play.added();
    expect(containers(play.pod())).toEqual(['pod1']);
    const { interfaces, ...rest } = await play.added({}, workload);
    expect(interfaces).toMatchObject([{ name: 'eth0', sandbox: 'container:pod1' }]);
    expect(result).toMatchObject(rest);
    expect(containers(play.pod())).toEqual(['pod1', 'work1']);
    expect(play.node.leases('l2br')).toEqual(['10.244.4.3']);
    const apis = play.node.calls().map(({ api }) => api);
    expect(new Set(apis)).toEqual(new Set(['v1', 'hcs']));
  });

  it('lets go of a workload, and keeps the endpoint and its address', async () => {
    const play = place();
    await play.added();
    await play.added({}, workload);
    for (const _ of ['first', 'again']) {
      expect(await play.run('DEL', {}, workload)).toEqual(silent);
      expect(containers(play.pod())).toEqual(['pod1']);
      expect(play.node.leases('l2br')).toEqual(['10.244.4.3']);
    }
    expect(await play.run('DEL')).toEqual(silent);
    expect(play.pods()).toEqual([]);
    expect(play.node.allLeases()).toEqual([]);
  });

  it('deletes the endpoint with its sandbox, though workloads never let go of it', async () => {
    const play = place();
    await play.added();
    await play.added({}, workload);
    await play.added({}, other);
    expect(await play.run('DEL')).toEqual(silent);
    expect(play.pods()).toEqual([]);
    expect(play.node.allLeases()).toEqual([]);
  });

  it('deletes without a netns, which Docker has not when the sandbox is gone', async () => {
    const play = place();
    await play.added();
    expect(await play.run('DEL', {}, { netns: '' })).toEqual(silent);
    expect(play.pods()).toEqual([]);
    expect(play.node.allLeases()).toEqual([]);
  });

  it.each([
    ['cannot be opened', { dataDir: '/dev/null/networks' }],
    ['is wrong', { reserved: ['nowhere'] }],
  ])('shares an endpoint though IPAM, which is not asked, %s', async (_, ipam) => {
    const play = place();
    const { ips } = await play.added();
    const written = Object(play.config['ipam']);
    expect(await play.added({ ipam: { ...written, ...ipam } }, workload)).toMatchObject({ ips });
  });

  it('gives a workload nothing before its sandbox is there', async () => {
    const play = place();
    const answer = await play.run('ADD', {}, workload);
    expect(answer.document).toMatchObject({
      code: 3,
      msg: 'the sandbox pod1 has no endpoint on network l2br to share',
    });
    expect(play.node.allLeases()).toEqual([]);
    expect(await play.run('DEL', {}, workload)).toEqual(silent);
  });

  it('attaches again what a killed ADD left unattached, and replaces nothing', async () => {
    const play = place();
    const result = await play.added();
    await play.added({}, workload);
    const { ID } = play.pod();
    play.node.setHns((state) => ({
      ...state,
      endpoints: state.endpoints.map((entry) => ({ ...entry, SharedContainers: ['work1'] })),
    }));
    expect(await play.added()).toEqual(result);
    expect(play.pod()).toMatchObject({ ID, SharedContainers: ['work1', 'pod1'] });
  });

  it('answers what there is for a container that has ended, and makes nothing for one', async () => {
    const play = place();
    const ended = (id: string) =>
      play.node.setHns((state) => ({
        ...state,
        systems: state.systems?.filter((system) => system['Id'] !== id),
      }));
    const { ips } = await play.added();
    ended('work1');
    expect(await play.added({}, workload)).toMatchObject({ ips });
    expect(containers(play.pod())).toEqual(['pod1']);
    ended('pod1');
    expect(await play.run('DEL')).toEqual(silent);
    expect(play.pods()).toEqual([]);
    const answer = await play.run('ADD');
    expect(answer.document).toMatchObject({
      code: 101,
      details: expect.stringContaining('HCS_E_SYSTEM_NOT_FOUND'),
    });
    expect(play.pods()).toEqual([]);
    expect(play.node.allLeases()).toEqual([]);
  });

  it('takes back endpoint and address when the sandbox cannot be attached', async () => {
    const play = place();
    play.node.orderFaults([{ operation: 'ModifyComputeSystem', code: '0x803B002E' }]);
    expect(await play.run('ADD')).toMatchObject({ document: { code: 101 } });
    expect(play.pods()).toEqual([]);
    expect(play.node.allLeases()).toEqual([]);
  });

  it('says what is not as it was: CHECK of a sandbox and of a workload', async () => {
    const play = place();
    const prevResult = await play.added();
    const shared = { prevResult: await play.added({}, workload) };
    expect(await play.run('CHECK', { prevResult })).toEqual(silent);
    expect(await play.run('CHECK', shared, workload)).toEqual(silent);
    await play.run('DEL', {}, workload);
    const answer = await play.run('CHECK', shared, workload);
    expect(answer.document).toMatchObject({
      code: 100,
      details: 'container: expected work1, found pod1',
    });
    play.node.setHns((state) => ({
      ...state,
      endpoints: state.endpoints.map((entry) => ({ ...entry, Policies: [] })),
    }));
    const { document } = await play.run('CHECK', { prevResult });
    expect(document?.['details']).toBe(
      [
        'policy: expected OutBoundNAT except 10.244.0.0/16, 10.96.0.0/12, 192.168.10.0/24, found none',
        'policy: expected route to 10.96.0.0/12, encapsulated, found none',
        'policy: expected route to 192.168.10.5/32, encapsulated, found none',
      ].join('\n'),
    );
  });

  it('asks HNS no more often than containerd’s way', async () => {
    const play = place();
    let prevResult: Json = {};
    const add = await play.spent(async () => {
      prevResult = await play.added({ loopbackDSR: false });
    });
    const check = await play.spent(() => play.run('CHECK', { prevResult, loopbackDSR: false }));
    const shared = await play.spent(() => play.added({}, workload));
    const letGo = await play.spent(() => play.run('DEL', {}, workload));
    play.node.ageLeases();
    const del = await play.spent(() => play.run('DEL', { prevResult }));
    expect({ add, check, shared, letGo, del }).toEqual({
      add: 5,
      check: 3,
      shared: 5,
      letGo: 3,
      del: 4,
    });
    expect(operations(play).slice(0, 5)).toEqual([
      'v1 GET /networks',
      'v1 GET /endpoints',
      'v1 POST /endpoints',
      'hcs OpenComputeSystem',
      'hcs ModifyComputeSystem',
    ]);
  });

  it.each([
    ['2 for Docker', 2, 'none', 'apiVersion 2 cannot serve CNI_NETNS "none"'],
    ['1 for a namespace', 1, '7e2f9d10-3c55-4b1e-8a27-90c4e5d1b001', 'apiVersion 1 cannot serve'],
  ])('is told when apiVersion cannot be: %s', async (_, apiVersion, netns, msg) => {
    const play = place();
    const answer = await play.run('ADD', { apiVersion }, { netns });
    expect(answer.document).toMatchObject({
      code: 7,
      msg: expect.stringContaining(msg),
      details: expect.stringContaining(`needs apiVersion ${apiVersion === 2 ? 1 : 2}`),
    });
    expect(play.node.calls()).toEqual([]);
    expect(play.node.allLeases()).toEqual([]);
  });

  it.each(['container:../../etc', 'container:', 'container:a b'])(
    'refuses a sandbox that is no identifier: %s',
    async (netns) => {
      const play = place();
      for (const command of ['ADD', 'CHECK', 'DEL']) {
        const answer = await play.run(command, {}, { netns, containerId: 'work1' });
        expect(answer.document).toMatchObject({ code: 4 });
      }
      expect(play.node.calls()).toEqual([]);
    },
  );
});

describe('the netns', () => {
  const guid = '7e2f9d10-3c55-4b1e-8a27-90c4e5d1b001';
  it.each([
    ['bare', guid],
    ['in capitals', guid.toUpperCase()],
    ['in braces', `{${guid}}`],
    ['as the end of a path of Windows', `C:\\ProgramData\\ns\\${guid}`],
    ['as the end of a path', `/var/run/netns/${guid}`],
  ])('is a compute namespace: %s', async (_, netns) => {
    const play = trial({ conf: 'win-bridge', fixture: 'alone', request: { netns } });
    const result = await play.added();
    expect(result).toMatchObject({ interfaces: [{ sandbox: netns }] });
    expect(play.pod()).toMatchObject({ HostComputeNamespace: guid.toUpperCase() });
    expect(await play.run('DEL')).toEqual(silent);
    expect(play.pods()).toEqual([]);
  });
});

it('replaces an endpoint that is in a namespace, its lease gone', async () => {
  const play = trial({ conf: 'win-bridge', fixture: 'alone' });
  await play.added();
  rmSync(join(play.node.leaseFolder, 'l2br', '10.244.4.10'));
  const result = await play.added({}, { netns: 'none' });
  expect(result).toMatchObject({ interfaces: [{ name: 'eth0', sandbox: 'none' }] });
  expect(play.pod()).toMatchObject({ SharedContainers: ['pod1'] });
  expect(play.pod()).not.toHaveProperty('HostComputeNamespace');
});

it('lives where V1 refuses by a failing HRESULT, as from Windows 1809 on', async () => {
  const play = trial({ conf: 'win-bridge-docker', fixture: 'alone', request: { netns: 'none' } });
  play.node.setHns((state) => ({ ...state, rules: { v1Refusals: 'failing' } }));
  const refused = { operation: 'POST /endpoints', code: '0x803B000D', times: 1 };
  play.node.orderFaults([refused]);
  expect((await play.run('ADD')).document).toMatchObject({
    code: 101,
    details: expect.stringContaining('0x803B000D HCN_E_INVALID_POLICY'),
  });
  const prevResult = await play.added();
  // The second finds that the container has let go, and the endpoint is gone.
  for (const _ of ['first', 'again']) expect(await play.run('DEL', { prevResult })).toEqual(silent);
  expect(play.pods()).toEqual([]);
  expect(play.node.allLeases()).toEqual([]);
});

it('gives way to a namespace, its lease gone', async () => {
  const play = trial({ conf: 'win-bridge', fixture: 'alone' });
  play.node.setHns((state) => ({ ...state, rules: { v1Endpoints: 'listed' } }));
  await play.added({}, { netns: 'none' });
  rmSync(join(play.node.leaseFolder, 'l2br', '10.244.4.10'));
  await play.added();
  expect(play.pod()).toMatchObject({ HostComputeNamespace: sandboxes.first.toUpperCase() });
  expect(play.pod()['SharedContainers'] ?? []).toEqual([]);
});
