import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openHns } from '../../hns-bridge/index.ts';
import { nodeHost } from '../../system/node-host.ts';
import { ids, trialFolder } from './simulator/trial.ts';
import { specOf } from './specs.ts';

const machine = nodeHost(process);
const clock = { ...machine.clock, now: () => 0, sleep: async () => {} };
const open = (
  env: Readonly<Record<string, string | undefined>>,
  log: (step: string, facts?: Readonly<Record<string, unknown>>) => void = () => {},
  platform: NodeJS.Platform = 'linux',
) => openHns({ ...machine, env, platform, clock, log });

describe('choosing the way to HNS', () => {
  it.each<[env: Readonly<Record<string, string>>, platform: NodeJS.Platform, message: RegExp]>([
    [{}, 'linux', /no Host Network Service on this machine: it is linux, not Windows/],
    [{ WINCNI_HNS: '' }, 'darwin', /it is darwin/],
    [{ WINCNI_HNS_STATE: '/tmp' }, 'linux', /no Host Network Service/],
    [{ WINCNI_HNS: 'simulator' }, 'linux', /WINCNI_HNS_STATE, the absolute path of a folder/],
    [{ WINCNI_HNS: 'simulator', WINCNI_HNS_STATE: 'hns' }, 'win32', /the absolute path/],
    [{ WINCNI_HNS: 'Simulator', WINCNI_HNS_STATE: '/tmp' }, 'win32', /WINCNI_HNS is "Simulator"/],
    [{ WINCNI_HNS: 'mock' }, 'win32', /WINCNI_HNS is "mock"/],
    [{ WINCNI_HNS: 'powershell' }, 'win32', /WINCNI_HNS is "powershell"/],
  ])('%j on %s: none', async (env, platform, message) => {
    await expect(open(env, () => {}, platform)).rejects.toMatchObject({
      name: 'HnsError',
      kind: 'hns-unavailable',
      message: expect.stringMatching(message),
      details: expect.stringMatching(/\w/),
    });
  });
});

describe('both dialects on the simulated HNS', () => {
  let node = trialFolder();
  beforeEach(() => {
    node.remove();
    node = trialFolder();
  });
  afterEach(() => node.remove());
  const opened = (log?: (step: string, facts?: Readonly<Record<string, unknown>>) => void) =>
    open({ WINCNI_HNS: 'simulator', WINCNI_HNS_STATE: node.folder }, log);
  const spec = specOf({
    networkId: ids.bridge,
    addresses: [{ address: '10.244.2.7', prefixLength: 24 }],
    routes: [{ destination: '0.0.0.0/0', nextHop: '10.244.2.2' }],
    policies: [
      { kind: 'outbound-nat', exceptions: ['10.244.0.0/16'], destinations: [] },
      { kind: 'route', destination: '10.96.0.0/12', needEncap: true },
    ],
  });

  it('V2: an endpoint is what was asked for, through its life, in so many calls', async () => {
    const { v2, close } = await opened();
    expect(await v2.createEndpoint(spec)).toMatchObject(spec);
    await v2.attach(ids.sandbox, spec.id);
    expect(await v2.endpoint(spec.id)).toMatchObject({ ...spec, namespaceId: ids.sandbox });
    expect(await v2.endpointIdsNamed(spec.name)).toEqual([spec.id]);
    expect(await v2.endpoints()).toContainEqual({
      id: spec.id,
      name: spec.name,
      networkId: ids.bridge,
      namespaceId: ids.sandbox,
    });
    await expect(v2.deleteEndpoint(spec.id)).rejects.toMatchObject({ reason: 'attached' });
    expect(await v2.detach(ids.sandbox, spec.id)).toBe(true);
    expect(await v2.detach(ids.sandbox, spec.id)).toBe(false);
    expect(await v2.deleteEndpoint(spec.id)).toBe(true);
    expect(await v2.deleteEndpoint(spec.id)).toBe(false);
    expect(await v2.endpoint(spec.id)).toBeUndefined();
    await close();
    expect(node.journal().map(({ operation }) => operation)).toEqual([
      ...['OpenNetwork', 'CreateEndpoint', 'QueryEndpointProperties'],
      ...['OpenNamespace', 'ModifyNamespace'],
      ...['OpenEndpoint', 'QueryEndpointProperties'],
      ...['EnumerateEndpoints', 'GET /endpoints', 'DeleteEndpoint'],
      ...['OpenNamespace', 'ModifyNamespace', 'OpenNamespace', 'ModifyNamespace'],
      ...['DeleteEndpoint', 'DeleteEndpoint', 'OpenEndpoint'],
    ]);
  });

  it('V1: the same, HNS choosing the id, in one call each', async () => {
    const { v1 } = await opened();
    const made = await v1.createEndpoint(spec);
    expect(made).toMatchObject({ ...spec, id: expect.stringMatching(/^[\da-f-]{36}$/) });
    expect(made.id).not.toBe(spec.id);
    await v1.attach('f00d', made.id);
    expect(await v1.endpoint(made.id)).toMatchObject({ ...spec, id: made.id });
    expect(await v1.endpointIdsNamed(spec.name)).toEqual([made.id]);
    expect(await v1.detach('f00d', made.id)).toBe(true);
    expect(await v1.detach('f00d', made.id)).toBe(false);
    expect(await v1.deleteEndpoint(made.id)).toBe(true);
    expect(await v1.deleteEndpoint(made.id)).toBe(false);
    expect(node.journal()).toHaveLength(8);
  });

  it.each(['v1', 'v2'] as const)('%s: makes and deletes a network', async (dialect) => {
    const hns = (await opened())[dialect];
    const subnet = { prefix: '10.99.0.0/24', gateway: '10.99.0.1' };
    const made = await hns.createNetwork({
      id: ids.nowhere,
      name: 'n',
      type: 'L2Bridge',
      adapter: 'Ethernet',
      subnets: [subnet],
      dns: spec.dns,
    });
    expect(made).toMatchObject({ name: 'n', type: 'L2Bridge', subnets: [subnet] });
    expect(await hns.networks()).toContainEqual(made);
    expect(await hns.deleteNetwork(made.id)).toBe(true);
    expect(await hns.deleteNetwork(made.id)).toBe(false);
  });

  it('tries again while HNS is busy, each try a line of the log', async () => {
    node.order([{ operation: 'DeleteEndpoint', code: '0x803B0020', times: 2 }]);
    const steps: unknown[] = [];
    const { v2 } = await opened((step, facts) => steps.push([step, facts?.['code']]));
    expect(await v2.deleteEndpoint(ids.host)).toBe(true);
    expect(steps).toEqual([
      ['hns', '0x803B0020'],
      ['hns', '0x803B0020'],
      ['hns', undefined],
    ]);
  });

  it('finds what a broken call has made, and makes it once', async () => {
    node.order([{ operation: 'QueryEndpointProperties', code: '0x800706BE', times: 1 }]);
    const { v2 } = await opened();
    expect(await v2.createEndpoint(spec)).toMatchObject(spec);
    const created = node.journal().filter(({ operation }) => operation === 'CreateEndpoint');
    expect(created).toHaveLength(1);
  });
});
