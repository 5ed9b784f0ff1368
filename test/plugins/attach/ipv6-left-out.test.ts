import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Json } from '../../helpers/trial-node.ts';
import { silent, type TrialOptions, trial } from './trial.ts';

type Play = ReturnType<typeof trial>;

const cniVersion = '1.1.0';
const ranges = [[{ subnet: '10.244.4.0/24' }], [{ subnet: 'fd00:244::/64' }]];
/** A network of IPv4 alone, and ranges of both families, IPv4's first or last. */
const ofOneFamily = (request: TrialOptions['request'] = {}, sets: Json[][] = ranges) => {
  const play = trial({ conf: 'win-bridge', fixture: 'alone', request });
  const ipam: Json = { type: 'host-local', ranges: sets, dataDir: play.node.leaseFolder };
  const runtimeConfig = { portMappings: [{ hostPort: 8080, containerPort: 80 }] };
  return { ...play, keys: { cniVersion, ipam, runtimeConfig } };
};
/** A network of both families, and a range of IPv6 that is in no subnet of it. */
const ofOtherSubnet = (request: TrialOptions['request'] = {}) => {
  const play = trial({ conf: 'win-bridge-dual-stack', fixture: 'every-type', request });
  const sets = [[{ subnet: '10.244.7.0/24' }], [{ subnet: 'fd00:9::/64' }]];
  const ipam: Json = { type: 'host-local', ranges: sets, dataDir: play.node.leaseFolder };
  return { ...play, keys: { cniVersion, ipam, apiVersion: request.netns === 'none' ? 1 : 2 } };
};
/** A network of both families, and an HNS that has one. */
const ofOldHns = (request: TrialOptions['request'] = {}) => {
  const conf = 'win-bridge-dual-stack';
  const play = trial({ conf, fixture: 'every-type', request });
  play.node.setHns((state) => ({ ...state, version: { Major: 11, Minor: 9 } }));
  return { ...play, keys: { cniVersion, apiVersion: request.netns === 'none' ? 1 : 2 } };
};

const logged = async (play: Play, keys: Json) => {
  const file = join(play.node.folder, 'steps.log');
  const result = await play.added(keys, { env: { WINCNI_LOG_FILE: file } });
  return { result, log: readFileSync(file, 'utf8') };
};
const operations = (play: Play) =>
  play.node
    .calls()
    .map(({ operation }) => operation)
    .join();

const docker = { netns: 'none' };
describe.each([
  ['V2', 'the network', ofOneFamily, {}, 'l2br', '10.244.4.3', 'network l2br has no IPv6 subnet'],
  [
    'V1',
    'the network',
    ofOneFamily,
    docker,
    'l2br',
    '10.244.4.3',
    'network l2br has no IPv6 subnet',
  ],
  [
    'V2',
    'the network',
    ofOtherSubnet,
    {},
    'dual',
    '10.244.7.3',
    'no subnet of network dual has fd00:9::[23]',
  ],
  [
    'V1',
    'the network',
    ofOtherSubnet,
    docker,
    'dual',
    '10.244.7.3',
    'no subnet of network dual has fd00:9::[23]',
  ],
  ['V2', 'HNS', ofOldHns, {}, 'dual', '10.244.7.3', 'HNS 11.9 has no dual stack'],
  ['V1', 'HNS', ofOldHns, docker, 'dual', '10.244.7.3', 'HNS 11.9 has no dual stack'],
] as const)('by %s, IPv6 beside IPv4 that %s has not', (...row) => {
  const [, , place, request, network, address, words] = row;

  it('is left out, and given back to host-local; the pod lives its life', async () => {
    const play = place(request);
    const { log, result } = await logged(play, play.keys);
    expect(result['ips']).toMatchObject([{ address: `${address}/24` }]);
    expect(result['routes']).toEqual([{ dst: '0.0.0.0/0', gw: address.replace(/3$/, '2') }]);
    expect(log).toMatch(new RegExp(`${words}: fd00:[^ ]+ stay unused`));
    expect(play.pod()['IpConfigurations']).toMatchObject([{ IpAddress: address }]);
    expect(JSON.stringify(play.pod()['Policies'])).not.toContain('"Flags":2');
    const prevResult = result;
    for (const _ of ['first', 'again']) {
      expect(play.node.leases(network)).toEqual([address]);
      expect(await play.run('CHECK', { ...play.keys, prevResult })).toEqual(silent);
      expect(await play.added(play.keys)).toEqual(result);
    }
    expect(await play.run('DEL', { ...play.keys, prevResult })).toEqual(silent);
    expect(play.pods()).toEqual([]);
    expect(play.node.allLeases()).toEqual([]);
  });

  it('is left out anew of an endpoint that has to be replaced', async () => {
    const play = place(request);
    const { ips } = await play.added(play.keys);
    play.node.setHns((state) => ({
      ...state,
      endpoints: state.endpoints.map((entry) => ({ ...entry, IpConfigurations: [] })),
    }));
    expect(await play.added(play.keys)).toMatchObject({ ips });
    expect(play.node.leases(network)).toEqual([address]);
  });

  it('leaves nothing behind when ADD fails after that', async () => {
    const play = place(request);
    const operation = request === docker ? 'ModifyComputeSystem' : 'ModifyNamespace';
    play.node.orderFaults([{ operation, code: '0x80004005', times: 1 }]);
    expect((await play.run('ADD', play.keys)).exitCode).toBe(1);
    expect(play.pods()).toEqual([]);
    expect(play.node.allLeases()).toEqual([]);
  });

  it('is left out of each attempt where addresses are taken', async () => {
    const play = place(request);
    const operation = request === docker ? 'POST /endpoints' : 'CreateEndpoint';
    play.node.orderFaults([{ operation, code: '0x803B002F', times: 4 }]);
    const { ips } = await play.added(play.keys);
    expect(ips).toMatchObject([{ address: expect.stringMatching(/^10\..*\/24$/) }]);
    expect(play.node.leases(network)).toEqual([String(Object(ips)[0].address).replace('/24', '')]);
  });

  it('is an error where enableDualStack insists on it', async () => {
    const play = place(request);
    const optionalFlags = { enableDualStack: true };
    const { document } = await play.run('ADD', { ...play.keys, optionalFlags });
    expect(document).toMatchObject(
      place === ofOldHns
        ? { code: 2, msg: 'IPAM answered an IPv6 address, and HNS 11.9 has no dual stack' }
        : {
            code: 7,
            msg: expect.stringMatching(
              /IPAM answered fd00:[^ ]+, which is in no subnet of network/,
            ),
            details: expect.stringContaining('10.244.'),
          },
    );
    expect(play.pods()).toEqual([]);
    expect(play.node.allLeases()).toEqual([]);
  });
});

it.each([
  ['V2', {}],
  ['V1', docker],
])('by %s, is left out in whichever order they come', async (_, request) => {
  const play = ofOneFamily(request, ranges.toReversed());
  expect((await play.added(play.keys))['ips']).toMatchObject([{ address: '10.244.4.3/24' }]);
  expect(play.node.leases('l2br')).toEqual(['10.244.4.3']);
});

it('costs no call where the network decides, and the one for the version where HNS does', async () => {
  const play = ofOneFamily();
  expect(await play.spent(() => play.added(play.keys))).toBe(7);
  expect(await play.spent(() => play.added(play.keys))).toBe(4);
  expect(operations(play)).not.toMatch(/version/i);
  const old = ofOldHns();
  expect(await old.spent(() => old.added(old.keys))).toBe(8);
});

it('is left out of an answer of an IPAM executable, which is not asked for it back before DEL', async () => {
  const says = { ips: [{ address: '10.244.4.9/24' }, { address: 'fd00:244::9/64' }] };
  const play = trial({
    conf: 'win-bridge',
    fixture: 'alone',
    keys: { cniVersion, ipam: { type: 'azure-vnet-ipam' } },
    ipam: { ADD: { says } },
  });
  const prevResult = await play.added();
  expect(prevResult['ips']).toMatchObject([{ address: '10.244.4.9/24' }]);
  expect(await play.run('CHECK', { prevResult })).toEqual(silent);
  expect(await play.run('DEL', { prevResult })).toEqual(silent);
  expect(play.ipamCalls().map(({ command }) => command)).toEqual(['ADD', 'CHECK', 'DEL']);
});

it('leaves the pod that the reference made, and both leases of it, as they are', async () => {
  const play = ofOneFamily({}, [
    [{ subnet: '10.244.4.0/24', rangeStart: '10.244.4.3' }],
    ...ranges.slice(1),
  ]);
  // Its IPAM gave both, and it used the first.
  const asked = { plugin: 'host-local', command: 'ADD', config: { ...play.config, ...play.keys } };
  expect(await play.node.run(asked)).toMatchObject({ exitCode: 0 });
  const result = await play.added(play.keys);
  const ID = 'C0FFEE00-1234-4ABC-8DEF-001122334455';
  play.node.setHns((state) => ({
    ...state,
    endpoints: state.endpoints.map((entry) => ({ ...entry, ID })),
    namespaces: state.namespaces.map((entry) => ({ ...entry, Resources: [] })),
  }));
  const before = play.pod();
  const leases = play.node.leases('l2br');
  expect(leases).toHaveLength(2);
  expect(await play.added(play.keys)).toEqual(result);
  expect(play.pod()).toEqual(before);
  expect(play.node.leases('l2br')).toEqual(leases);
  expect(await play.run('CHECK', { ...play.keys, prevResult: result })).toEqual(silent);
  expect(await play.run('DEL', { ...play.keys, prevResult: result })).toEqual(silent);
  expect(play.pods()).toEqual([]);
  expect(play.node.allLeases()).toEqual([]);
});

it.each([
  ['V2', {}],
  ['V1', docker],
])(
  'by %s, is left out through flannel, whose host-gw networks are of IPv4 alone',
  async (_, request) => {
    const play = trial({
      conf: 'flannel-host-gw',
      fixture: 'host-gw',
      request,
      keys: { cniVersion },
    });
    const { subnetFile } = play.node;
    const ofBoth = [
      readFileSync(subnetFile, 'utf8').trim(),
      'FLANNEL_IPV6_NETWORK=fd00:10:244::/48',
      'FLANNEL_IPV6_SUBNET=fd00:10:244:2::1/64',
      '',
    ];
    writeFileSync(subnetFile, ofBoth.join('\n'));
    const prevResult = await play.added();
    expect(prevResult['ips']).toMatchObject([{ address: '10.244.2.3/24' }]);
    expect(play.node.leases('cbr0')).toEqual(['10.244.2.3']);
    expect(await play.run('CHECK', { prevResult })).toEqual(silent);
    expect(await play.added()).toEqual(prevResult);
    expect(await play.run('DEL', { prevResult })).toEqual(silent);
    expect(play.pods()).toEqual([]);
    expect(play.node.allLeases()).toEqual([]);
  },
);

it('stays where HNS and the network have both, though one has the other’s ranges first', async () => {
  const play = trial({
    conf: 'win-bridge-dual-stack',
    fixture: 'every-type',
    keys: { cniVersion },
  });
  const sets = [[{ subnet: 'fd00:10:244:7::/64' }], [{ subnet: '10.244.7.0/24' }]];
  const ipam: Json = { type: 'host-local', ranges: sets, dataDir: play.node.leaseFolder };
  const prevResult = await play.added({ ipam });
  expect(prevResult['ips']).toHaveLength(2);
  expect(play.node.leases('dual')).toHaveLength(2);
  expect(await play.added({ ipam })).toEqual(prevResult);
  expect(await play.run('CHECK', { ipam, prevResult })).toEqual(silent);
});
