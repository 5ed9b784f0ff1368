import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type HnsOptions, openHns } from '../../hns-bridge/open.ts';
import { nodeHost } from '../../system/node-host.ts';
import { deadlineOf } from '../helpers/deadline.ts';
import { ids, trialFolder } from './simulator/trial.ts';
import { wantedEndpoint } from './specs.ts';

const machine = nodeHost(process);
const clock = { ...machine.clock, now: () => 0, sleep: async () => {} };
const open = (
  env: Readonly<Record<string, string | undefined>>,
  log: (step: string, facts?: Readonly<Record<string, unknown>>) => void = () => {},
  platform: NodeJS.Platform = 'linux',
  options: Partial<HnsOptions> = {},
) =>
  openHns(
    { ...machine, env, platform, clock, log, deadline: deadlineOf() },
    { answer: String, ...options },
  );

describe('choosing the way to HNS', () => {
  it.each<[env: Readonly<Record<string, string>>, platform: NodeJS.Platform, message: RegExp]>([
    [{}, 'linux', /no Host Network Service on this machine: it is linux, not Windows/],
    [{ WINCNI_HNS: '' }, 'darwin', /it is darwin/],
    [{ WINCNI_HNS_STATE: '/tmp' }, 'linux', /no Host Network Service/],
    [{ WINCNI_HNS: 'simulator' }, 'linux', /WINCNI_HNS_STATE, the absolute path of a folder/],
    [{ WINCNI_HNS: 'simulator', WINCNI_HNS_STATE: 'hns' }, 'win32', /the absolute path/],
    [{ WINCNI_HNS: 'simulator', WINCNI_HNS_STATE: '/' }, 'linux', /no hns\.json in \//],
    [{ WINCNI_HNS: 'simulator', WINCNI_HNS_STATE: '/nowhere' }, 'win32', /no hns\.json in \/n/],
    [{ WINCNI_HNS: 'Simulator', WINCNI_HNS_STATE: '/tmp' }, 'win32', /WINCNI_HNS is "Simulator"/],
    [{ WINCNI_HNS: 'mock' }, 'win32', /WINCNI_HNS is "mock"/],
    [{ WINCNI_HNS: 'Native' }, 'win32', /WINCNI_HNS is "Native"/],
    [{ WINCNI_HNS: 'native' }, 'linux', /no Host Network Service on this machine: it is linux/],
  ])('%j on %s: none', async (env, platform, message) => {
    await expect(open(env, () => {}, platform)).rejects.toMatchObject({
      name: 'HnsError',
      kind: 'hns-unavailable',
      message: expect.stringMatching(message),
      details: expect.stringMatching(/\w/),
    });
  });
});

describe('the way to HNS that is chosen', () => {
  const libraries = {
    computenetwork: '/nowhere/computenetwork.so',
    vmcompute: '/nowhere/vmcompute.so',
    ole32: '/nowhere/ole32.so',
    kernel32: '/nowhere/kernel32.so',
  };
  const native = /a library of HNS is missing: not found: \/nowhere\/vmcompute\.so/;
  const powershell = /PowerShell is not at|this is not Windows/;
  it.each<[string | undefined, HnsOptions['configured'], RegExp]>([
    ['native', undefined, native],
    ['native', 'powershell', native],
    [undefined, 'native', native],
    ['', 'native', native],
    ['powershell', 'native', powershell],
    ['powershell', undefined, powershell],
  ])('WINCNI_HNS %s, hns of the configuration %s', async (variable, configured, said) => {
    const env = { WINCNI_HNS: variable };
    const { close, v1 } = await open(env, undefined, 'linux', { configured, libraries });
    await expect(v1.networks()).rejects.toMatchObject({ message: expect.stringMatching(said) });
    await close();
  });

  it('is the simulator by the environment alone, whatever the configuration says', async () => {
    const node = trialFolder();
    const env = { WINCNI_HNS: 'simulator', WINCNI_HNS_STATE: node.folder };
    const { v1 } = await open(env, undefined, 'linux', { configured: 'native', libraries });
    expect(await v1.networks()).toHaveLength(2);
    node.remove();
  });

  it('native needs both of its libraries at the first call of each alone', async () => {
    const { v2 } = await open({ WINCNI_HNS: 'native' }, undefined, 'linux', { libraries });
    await expect(v2.endpoint(ids.pod)).rejects.toMatchObject({
      kind: 'hns-unavailable',
      message: 'a library of HNS is missing: not found: /nowhere/computenetwork.so',
      details: expect.stringContaining('Windows Server 2019'),
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
  const wanted = wantedEndpoint({
    HostComputeNetwork: ids.bridge,
    IpConfigurations: [{ IpAddress: '10.244.2.7', PrefixLength: 24 }],
    Routes: [{ DestinationPrefix: '0.0.0.0/0', NextHop: '10.244.2.2' }],
    Policies: [
      { Type: 'OutBoundNAT', Settings: { Exceptions: ['10.244.0.0/16'] } },
      { Type: 'SDNRoute', Settings: { DestinationPrefix: '10.96.0.0/12', NeedEncap: true } },
    ],
  });

  it('V2: an endpoint is what was asked for, through its life, in so many calls', async () => {
    const { v2, close } = await opened();
    expect(await v2.createEndpoint(wanted)).toMatchObject(wanted);
    await v2.attach(ids.sandbox, wanted.ID);
    expect(await v2.endpoint(wanted.ID)).toMatchObject({
      ...wanted,
      HostComputeNamespace: ids.sandbox,
    });
    expect(await v2.endpointIdsNamed(wanted.Name)).toEqual([wanted.ID]);
    expect(await v2.endpoints()).toContainEqual({
      ID: wanted.ID,
      Name: wanted.Name,
      HostComputeNetwork: ids.bridge,
      HostComputeNamespace: ids.sandbox,
    });
    await expect(v2.deleteEndpoint(wanted.ID)).rejects.toMatchObject({ reason: 'attached' });
    expect(await v2.detach(ids.sandbox, wanted.ID)).toBe(true);
    expect(await v2.detach(ids.sandbox, wanted.ID)).toBe(false);
    expect(await v2.deleteEndpoint(wanted.ID)).toBe(true);
    expect(await v2.deleteEndpoint(wanted.ID)).toBe(false);
    expect(await v2.endpoint(wanted.ID)).toBeUndefined();
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

  it('V1: the same, HNS choosing the id, in one call each, two by HCS', async () => {
    const { v1 } = await opened();
    const made = await v1.createEndpoint(wanted);
    expect(made).toMatchObject({ ...wanted, ID: expect.stringMatching(/^[\da-f-]{36}$/) });
    expect(made.ID).not.toBe(wanted.ID);
    await v1.attach('f00d', made.ID);
    expect(await v1.endpoint(made.ID)).toMatchObject({ ...wanted, ID: made.ID });
    expect(await v1.endpointIdsNamed(wanted.Name)).toEqual([made.ID]);
    expect(await v1.detach('f00d', made.ID)).toBe(true);
    expect(await v1.detach('f00d', made.ID)).toBe(false);
    expect(await v1.deleteEndpoint(made.ID)).toBe(true);
    expect(await v1.deleteEndpoint(made.ID)).toBe(false);
    expect(node.journal()).toHaveLength(11);
  });

  it('V2: makes a network, which both list', async () => {
    const { v1, v2 } = await opened();
    const Routes = [{ NextHop: '10.99.0.1', DestinationPrefix: '0.0.0.0/0' }];
    const made = await v2.createNetwork({
      ID: ids.nowhere,
      Name: 'n',
      Type: 'L2Bridge',
      Policies: [{ Type: 'NetAdapterName', Settings: { NetworkAdapterName: 'Ethernet' } }],
      Dns: {},
      Ipams: [{ Type: 'Static', Subnets: [{ IpAddressPrefix: '10.99.0.0/24', Routes }] }],
    });
    const { ID, Name, Type } = made;
    expect({ ID, Name, Type }).toEqual({ ID: ids.nowhere, Name: 'n', Type: 'L2Bridge' });
    const subnets = { Subnets: [{ IpAddressPrefix: '10.99.0.0/24', Routes }] };
    for (const hns of [v1, v2]) {
      expect(await hns.networks()).toContainEqual(
        expect.objectContaining({ ID, Name, Type, Ipams: [subnets] }),
      );
    }
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
    expect(await v2.createEndpoint(wanted)).toMatchObject(wanted);
    const created = node.journal().filter(({ operation }) => operation === 'CreateEndpoint');
    expect(created).toHaveLength(1);
  });
});
