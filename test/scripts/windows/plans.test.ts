import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../cni/json-object.ts';
import { addressIn, plannedNat } from '../../../scripts/windows/nat-network.ts';
import { settingOf } from '../../../scripts/windows/setting.ts';
import {
  differences,
  hostAddresses,
  lastingDifferences,
  snapshot,
} from '../../../scripts/windows/snapshot.ts';
import { startLines } from '../../../scripts/windows/start-times.ts';
import { compilersBeside, startedProcess } from '../../../scripts/windows/started-processes.ts';

const network = (name: string, subnet: string, id = 'N1'): JsonObject => ({
  ID: id,
  Name: name,
  Ipams: [{ Subnets: [{ IpAddressPrefix: subnet }] }],
});
const node = (networks: readonly JsonObject[], endpoints: readonly JsonObject[] = []) => ({
  state: {
    version: { Major: 15, Minor: 2 },
    networks: [...networks],
    endpoints: [...endpoints],
    namespaces: [],
  },
});

describe('the network for NAT', () => {
  const nodes = network('nat', '172.24.48.0/20');

  it("is the node's own, where nobody is on it", () => {
    const planned = { name: 'nat', subnet: '172.24.48.0/20', toMake: undefined };
    expect(plannedNat(node([nodes]))).toMatchObject(planned);
  });

  it.each<[string, ReturnType<typeof node>, boolean]>([
    ['there is none', node([]), false],
    [
      "somebody's endpoint is on it",
      node([nodes], [{ ID: 'E1', HostComputeNetwork: 'n1' }]),
      false,
    ],
    ['it is asked for', node([nodes]), true],
  ])('is one of ours where %s', (_, state, ours) => {
    expect(plannedNat(state, { ours })).toMatchObject({
      name: 'wincni-windows-nat',
      subnet: '192.168.212.0/24',
      toMake: { Name: 'wincni-windows-nat', Type: 'NAT' },
    });
  });

  it('takes a subnet that no network has, and none where all are taken', () => {
    const first = network('a', '192.168.0.0/16');
    expect(plannedNat(node([first])).subnet).toBe('172.29.212.0/24');
    expect(() => plannedNat(node([network('a', '0.0.0.0/0')]))).toThrow('every subnet to try');
  });

  it.each([
    [1, '172.24.48.1'],
    [-10, '172.24.63.245'],
  ])('counts addresses from the first, or from the last: %i', (offset, address) => {
    expect(addressIn('172.24.48.0/20', offset)).toBe(address);
  });
});

describe('what a run is told', () => {
  const told = (env: Readonly<Record<string, string>>) =>
    settingOf({ root: '/r', out: '/r/out', label: 'all', dry: undefined }, env);

  it('is both ways and no mode that interrupts the adapter', () => {
    expect(told({})).toMatchObject({
      ways: ['powershell', 'native'],
      modes: [],
      runtime: undefined,
    });
  });

  it('is what the environment says', () => {
    const env = {
      WINCNI_WINDOWS_WAYS: 'native',
      WINCNI_WINDOWS_MODES: 'l2bridge, overlay',
      WINCNI_WINDOWS_ADAPTER: 'Ethernet 2',
      WINCNI_WINDOWS_CONTAINERD: '/tools',
      WINCNI_WINDOWS_IMAGE: 'nanoserver',
    };
    expect(told(env)).toMatchObject({
      ways: ['native'],
      modes: ['l2bridge', 'overlay'],
      adapter: 'Ethernet 2',
      runtime: { folder: '/tools', image: 'nanoserver' },
    });
  });

  it.each<[Readonly<Record<string, string>>, string]>([
    [{ WINCNI_WINDOWS_MODES: 'l2bridge' }, 'WINCNI_WINDOWS_ADAPTER'],
    [{ WINCNI_WINDOWS_MODES: 'nat', WINCNI_WINDOWS_ADAPTER: 'a' }, 'nat is neither'],
    [{ WINCNI_WINDOWS_WAYS: 'com' }, 'com is neither'],
    [{ WINCNI_WINDOWS_CONTAINERD: '/tools' }, 'WINCNI_WINDOWS_IMAGE'],
  ])('must be known: %j', (env, words) => expect(() => told(env)).toThrow(words));
});

it('has a line for all that HNS has, and none of its counters', () => {
  const { state } = node(
    [{ ...network('nat', '172.24.48.0/20'), Type: 'NAT', State: 1 }],
    [{ ID: 'E1', Name: 'pod', HostComputeNetwork: '{N1}', HostComputeNamespace: 'S1', Version: 7 }],
  );
  expect(snapshot({ state: { ...state, namespaces: [{ ID: 'S1', NamespaceId: 4 }] } })).toEqual([
    'endpoint e1 pod on n1 in s1',
    'namespace s1',
    'network n1 nat NAT 172.24.48.0/20',
  ]);
});

it('tells what has gone from a node and what was left', () => {
  const changes = differences(['network a', 'address b'], ['network a', 'endpoint c']);
  expect(changes).toEqual(['gone: address b', 'left: endpoint c']);
});

it.each<[string, readonly (readonly string[])[], readonly string[], number]>([
  ['is there at once', [['address a']], [], 0],
  ['comes back', [[], ['address b'], ['address a'], []], [], 2],
  ['stays away', [[]], ['gone: address a'], 60],
])('waits for an address that %s', async (_, looks, wanted, waited) => {
  const left = [...looks];
  let pauses = 0;
  const found = await lastingDifferences(
    ['address a'],
    async () => (left.length > 1 ? left.shift() : left[0]) ?? [],
    async () => {
      pauses += 1;
    },
  );
  expect([found, pauses]).toEqual([wanted, waited]);
});

it("knows the machine's addresses, but for those that come and go", () => {
  const address = (text: string, internal = false) =>
    ({
      address: text,
      cidr: `${text}/24`,
      internal,
      netmask: '',
      mac: '',
      family: 'IPv4',
    }) as const;
  const interfaces = {
    Ethernet: [address('10.0.0.4'), address('169.254.1.2')],
    Loopback: [address('127.0.0.1', true)],
  };
  expect(hostAddresses(interfaces)).toEqual(['address 10.0.0.4/24 of Ethernet']);
});

it('tells the times of a log, whatever else is in it', () => {
  const lines = [
    { step: 'powershell ready', ms: 310.4 },
    { step: 'powershell ready', ms: 290 },
    { step: 'powershell started' },
    { step: 'ended', ms: 900 },
  ].map((line) => JSON.stringify(line));
  expect(
    startLines({ powershell: [...lines, '{"step":"ended","ms'].join('\n'), native: '' }),
  ).toEqual([
    'powershell: a command, from its start to its end: 1 times, 900, 900, 900 ms',
    'powershell: PowerShell, until it is ready: 2 times, 290, 310, 310 ms',
  ]);
});

describe('compilers', () => {
  it('are told by the watch, a line a process', () => {
    expect(startedProcess('csc.exe\t12\t34\r')).toEqual({ name: 'csc.exe', pid: 12, parent: 34 });
    expect(startedProcess('ready')).toBeUndefined();
  });

  it('of the control, and what those start, are not counted', () => {
    const seen = [
      { name: 'powershell.exe', pid: 2, parent: 1 },
      { name: 'csc.exe', pid: 3, parent: 2 },
      { name: 'cvtres.exe', pid: 4, parent: 3 },
      { name: 'csc.exe', pid: 6, parent: 5 },
    ];
    expect(compilersBeside(seen, 2)).toEqual([{ name: 'csc.exe', pid: 6, parent: 5 }]);
  });
});
