import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../cni/json-object.ts';
import { result, subnetEnv, trial } from './trial.ts';

const dualStack = `${subnetEnv}FLANNEL_IPV6_NETWORK=fd00:10:244::/48\nFLANNEL_IPV6_SUBNET=fd00:10:244:1::1/64\n`;

/** What the delegate is handed for ADD. */
async function handed(config: JsonObject, env = subnetEnv) {
  const node = trial({ subnetEnv: env });
  expect(await node.plugin.ADD(node.call('ADD', { config }))).toEqual(result);
  return node.asked[0];
}

describe('what the delegate is handed', () => {
  it('is its own keys, and what flanneld says of the node, as the reference writes it', async () => {
    const delegate = { type: 'win-overlay', apiVersion: 2, policies: [{ name: 'EndpointPolicy' }] };
    const asked = await handed({ delegate });
    expect(asked?.type).toBe('win-overlay');
    expect(asked?.call.config).toEqual({
      apiVersion: 2,
      policies: [{ name: 'EndpointPolicy' }],
      name: 'cbr0',
      cniVersion: '1.1.0',
      type: 'win-overlay',
      ipMasq: true,
      ipMasqNetwork: '10.244.0.0/16',
      ipam: { type: 'host-local', subnet: '10.244.1.0/24' },
    });
  });

  it.each<[string, JsonObject, string, JsonObject]>([
    ['win-bridge when no type is given', { delegate: {} }, subnetEnv, { type: 'win-bridge' }],
    ['win-bridge without a delegate', { delegate: null }, subnetEnv, { type: 'win-bridge' }],
    [
      'flanneld’s network, whatever the delegate says',
      { delegate: { IPMASQ: true, IpMasqNetwork: '10.0.0.0/8' } },
      subnetEnv,
      { ipMasq: true, ipMasqNetwork: '10.244.0.0/16' },
    ],
    [
      'no ipMasq when the operator says so',
      { delegate: { IPMASQ: false } },
      subnetEnv,
      { ipMasq: false, ipMasqNetwork: '10.244.0.0/16' },
    ],
    [
      'the first network as a text, which the reference can read, and the others',
      {},
      subnetEnv.replace('/16', '/16,10.250.0.0/16,10.251.0.0/16'),
      {
        ipMasqNetwork: '10.244.0.0/16',
        otherIpMasqNetworks: ['10.250.0.0/16', '10.251.0.0/16'],
      },
    ],
    [
      'both families as ranges',
      {},
      dualStack,
      {
        ipMasqNetwork: '10.244.0.0/16',
        otherIpMasqNetworks: ['fd00:10:244::/48'],
        ipam: {
          type: 'host-local',
          ranges: [[{ subnet: '10.244.1.0/24' }], [{ subnet: 'fd00:10:244:1::/64' }]],
        },
      },
    ],
    [
      'routes and dataDir of ipam, in any letter case, and no other key of it',
      {
        IPAM: { Routes: [{ dst: '10.0.0.0/8' }], DATADIR: '/d', type: 'dhcp', subnet: '1.0.0.0/8' },
      },
      subnetEnv,
      {
        ipam: {
          type: 'host-local',
          subnet: '10.244.1.0/24',
          routes: [{ dst: '10.0.0.0/8' }],
          dataDir: '/d',
        },
      },
    ],
    [
      'runtimeConfig',
      { RuntimeConfig: { portMappings: [] } },
      subnetEnv,
      { runtimeConfig: { portMappings: [] } },
    ],
  ])('has %s', async (_, config, env, expected) => {
    expect((await handed(config, env))?.call.config).toMatchObject(expected);
  });

  it('is not told that flanneld does not masquerade: win-bridge needs the exceptions all the same', async () => {
    const asked = await handed({}, subnetEnv.replace('true', 'false'));
    expect(asked?.call.config).not.toHaveProperty('ipMasq');
    expect(asked?.call.config).toMatchObject({ ipMasqNetwork: '10.244.0.0/16' });
  });

  it('has each key once, whatever letter case the operator wrote it in', async () => {
    const delegate = { Type: 'sdnbridge', CNIVERSION: '0.3.0', IpMasq: false, RUNTIMECONFIG: {} };
    const asked = await handed({
      Delegate: delegate,
      delegate: undefined,
      runtimeConfig: { mac: '' },
    });
    expect(asked?.type).toBe('sdnbridge');
    expect(Object.keys(asked?.call.config ?? {}).sort()).toEqual(
      ['cniVersion', 'ipMasq', 'ipMasqNetwork', 'ipam', 'name', 'runtimeConfig', 'type'].sort(),
    );
  });

  it('has no prevResult for ADD: what is there is of the plugins before', async () => {
    const asked = await handed({ prevResult: { ips: [] } });
    expect(asked?.call.config).not.toHaveProperty('prevResult');
  });

  it('is asked in the version and for the attachment of the call', async () => {
    const node = trial();
    const more = { version: '0.3.1', args: { K8S_POD_NAME: 'web' }, path: ['/bin'] } as const;
    await node.plugin.ADD(node.call('ADD', { ...more, config: { cniVersion: '0.3.1' } }));
    expect(node.asked[0]?.call).toMatchObject({ ...more, containerId: 'pod1', ifName: 'eth0' });
    expect(node.asked[0]?.call.config).toMatchObject({ cniVersion: '0.3.1' });
  });
});

describe('what the reference never reads', () => {
  it.each<[string, JsonObject, JsonObject]>([
    ['a name in another letter case', { delegate: { NAME: 'x' } }, { name: 'cbr0' }],
    [
      'an ipam in another letter case, beneath flannel’s own',
      { delegate: { Ipam: { type: 'dhcp', Subnet: '1.0.0.0/8', rangeStart: '10.244.1.20' } } },
      { ipam: { type: 'host-local', subnet: '10.244.1.0/24', rangeStart: '10.244.1.20' } },
    ],
    ['an ipam of another kind', { delegate: { IPAM: 'none' } }, { ipam: { type: 'host-local' } }],
    ['routes that are none', { ipam: { routes: {} } }, { ipam: { type: 'host-local' } }],
    ['a route that is none', { ipam: { routes: [{ dst: 'x' }] } }, { name: 'cbr0' }],
    ['a dataDir of ipam that is none', { ipam: { dataDir: 1 } }, { ipam: { type: 'host-local' } }],
  ])('fails no pod, and is told to the log: %s', async (_, config, expected) => {
    const node = trial();
    expect(await node.plugin.ADD(node.call('ADD', { config }))).toEqual(result);
    expect(node.asked[0]?.call.config).toMatchObject(expected);
    expect(node.asked[0]?.call.config).not.toHaveProperty('ipam.routes');
    expect(node.steps).toContain('note');
  });
});

describe('a configuration that cannot be', () => {
  it.each<[string, JsonObject]>([
    ['delegate.name', { delegate: { name: 'x' } }],
    ['delegate.ipam', { delegate: { ipam: {} } }],
    ['delegate.type', { delegate: { type: 7 } }],
    ['delegate.type', { delegate: { type: 'flannel' } }],
    ['delegate.type', { delegate: { type: 'FLANNEL.EXE' } }],
    ['delegate.type', { delegate: { type: '../win-bridge' } }],
    ['delegate.type', { delegate: { type: 'c:\\evil.exe' } }],
    ['delegate.type', { delegate: { type: '' } }],
    ['delegate.type', { delegate: { type: 'nul' } }],
    ['delegate', { delegate: [] }],
    ['delegate', { delegate: 'win-bridge' }],
    ['runtimeConfig', { runtimeConfig: 'x' }],
    ['subnetFile', { subnetFile: 1 }],
    ['dataDir', { dataDir: {} }],
    ['ipam', { ipam: 'host-local' }],
    ['dataDir', { dataDir: 'relative/folder' }],
    ['dataDir', { dataDir: '/var/lib/\0' }],
    ['subnetFile', { subnetFile: '/run/flannel\0/subnet.env' }],
  ])('is code 7, naming %s', async (key, config) => {
    const node = trial();
    for (const command of ['ADD', 'STATUS'] as const) {
      const asking = command === 'ADD' ? node.plugin.ADD : node.plugin.STATUS;
      await expect(asking(node.call(command, { config }))).rejects.toMatchObject({
        name: 'CniError',
        code: 7,
        message: expect.stringContaining(`: ${key}: expected`),
      });
    }
    expect(node.asked).toEqual([]);
    expect(node.scratchNames()).toEqual([]);
  });
});
