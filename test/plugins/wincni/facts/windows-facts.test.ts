import { expect, test } from 'vitest';
import { lacking } from '../../../../plugins/wincni/facts/probe.ts';
import type { PartName } from '../../../../plugins/wincni/facts/windows-answers.ts';
import { type PartTexts, windowsFacts } from '../../../../plugins/wincni/facts/windows-facts.ts';
import { fixture } from './rooted-node.ts';

// Written by hand, as the script's answers are expected: no Windows made them.
const texts: Readonly<Record<PartName, string>> = JSON.parse(
  fixture('powershell/windows-facts.json'),
);
const names: readonly PartName[] = [...new Map(Object.entries(texts)).keys()].filter(isPart);

function isPart(name: string): name is PartName {
  return Object.hasOwn(texts, name);
}

/** What the parts say, some of them changed. */
function read(changes: Partial<Record<PartName, unknown>> = {}) {
  const found = lacking();
  const said: PartTexts = new Map(
    names.map((name) => {
      const change = changes[name];
      const text = typeof change === 'string' ? change : JSON.stringify(change);
      return [name, name in changes ? text : texts[name]];
    }),
  );
  return { facts: windowsFacts(said, found), missing: found.missing };
}

test('what Windows says becomes facts', () => {
  const { facts, missing } = read();
  expect(missing).toEqual([]);
  expect(facts).toMatchObject({
    administrator: true,
    windows: { name: 'Windows Server 2019 Datacenter', build: 17763, ubr: 5576 },
    features: { Containers: 'Enabled', 'Microsoft-Hyper-V': 'Disabled' },
    hnsProcess: { pid: 1204, threads: 61 },
    hnsCrashes: 1,
    powershell: { version: '5.1.17763.5458', languageMode: 'FullLanguage' },
    defender: { enabled: true, exclusionPaths: ['C:\\opt\\cni\\bin'], exclusionProcesses: [] },
    environment: { NODE_NAME: 'win-7' },
  });
  expect(facts.services?.[2]).toEqual({
    name: 'kube-proxy',
    state: 'Running',
    start: 'Auto',
    command: 'C:\\k\\nssm.exe',
    application: 'C:\\k\\kube-proxy.exe',
    parameters: '--proxy-mode=kernelspace --source-vip=10.244.4.2',
    pid: 3304,
  });
  // An empty text is none.
  expect(Object.keys(facts.services?.[1] ?? {})).not.toContain('application');
});

test('an adapter has its addresses, its gateways, its MTU, its status in words', () => {
  const { facts } = read();
  expect(facts.adapters).toMatchObject([
    { name: 'Ethernet', status: 'Up', addresses: [], gateways: [] },
    {
      name: 'vEthernet (Ethernet)',
      mac: '00-15-5D-0A-05-02',
      mtu: 1500,
      dhcp: true,
      forwarding: true,
      addresses: ['192.168.10.5/24', 'fe80::1d2e:3f40:5a6b:7c8d/64'],
      gateways: ['192.168.10.1'],
    },
    { name: 'Ethernet 2', status: 'Disconnected', mac: '00-15-5D-0A-05-03' },
  ]);
});

test('a route that is listed twice is one, with what it costs in all', () => {
  expect(read().facts.routes).toEqual([
    {
      destination: '0.0.0.0/0',
      nextHop: '192.168.10.1',
      adapter: 'vEthernet (Ethernet)',
      metric: 15,
    },
    {
      destination: '192.168.10.0/24',
      nextHop: '0.0.0.0',
      adapter: 'vEthernet (Ethernet)',
      metric: 271,
    },
  ]);
});

test('port ranges are read in any language', () => {
  expect(read().facts.ports).toEqual({
    dynamic: { start: 49152, end: 65535 },
    excluded: [
      { start: 50000, end: 50063 },
      { start: 50064, end: 50127 },
    ],
  });
});

test('firewall rules are in the words of the cmdlets', () => {
  expect(read().facts.firewall).toEqual({
    profiles: [{ name: 'Domain', enabled: true, defaultInbound: 'Block' }],
    rules: [
      { name: 'kubelet', direction: 'In', action: 'Allow', protocol: 'TCP', localPorts: ['10250'] },
      {
        name: 'Overlay',
        direction: 'In',
        action: 'Allow',
        protocol: 'UDP',
        localPorts: ['4789', '8000-8100'],
      },
      {
        name: 'Everything',
        direction: 'In',
        action: 'Block',
        protocol: 'Any',
        localPorts: ['Any'],
        program: 'C:\\evil.exe',
      },
    ],
  });
});

test('rules of a group policy are rules, too, and what a rule is limited to is told', () => {
  const policy = [
    'v2.30|Action=Allow|Active=TRUE|Dir=In|Protocol=17|Profile=Domain|LPort=4789|LPort2_10=8000-8100|Name=VXLAN|',
    'v2.30|Action=Block|Active=TRUE|Dir=In|RA4=10.9.0.0/255.255.0.0|App=System|Svc=x|Name=some|',
    'v2.30|Action=Allow|Active=FALSE|Dir=In|Protocol=6|LPort=10250|Name=off|',
    'v2.30|Action=Allow|Active=TRUE|Dir=Out|Protocol=6|LPort=10250|Name=out|',
    'v2.30|Action=Allow|Active=TRUE|Dir=In|Protocol=6|Profile=Public|LPort=10250|Name=elsewhere|',
    'nonsense',
  ];
  const own = { name: 'own', action: 0, protocol: 6, ports: '*', remote: '10.0.0.0/8,LocalSubnet' };
  const profiles = [{ name: 'Domain', enabled: true, inbound: 0 }];
  const { facts } = read({
    firewall: {
      value: [{ profiles, rules: [own, { ...own, remote: '*', service: 's' }], policy }],
    },
  });
  const common = { direction: 'In', policy: true };
  expect(facts.firewall?.rules).toEqual([
    expect.objectContaining({ name: 'own', remote: ['10.0.0.0/8', 'LocalSubnet'] }),
    expect.not.objectContaining({ remote: expect.anything() }),
    {
      ...common,
      name: 'VXLAN',
      action: 'Allow',
      protocol: 'UDP',
      localPorts: ['4789', '8000-8100'],
    },
    {
      ...common,
      name: 'some',
      action: 'Block',
      protocol: 'Any',
      localPorts: ['Any'],
      program: 'System',
      service: 'x',
      remote: ['10.9.0.0/255.255.0.0'],
    },
  ]);
  expect(facts.firewall?.rules[1]).toMatchObject({ service: 's' });
});

test('what is configured, and not in use, is no fact', () => {
  const rest = { index: 12, mtu: 1500, dhcp: 0, adapter: 'x', metric: 1, link: 1 };
  const active = { ...rest, store: 1 };
  const configured = { ...rest, store: 0 };
  const { facts } = read({
    addresses: {
      value: [
        { ...configured, address: '10.1.1.1', prefix: 8 },
        { ...active, address: '192.168.10.5', prefix: 24 },
        { ...active, address: '192.168.10.5', prefix: 24 },
      ],
    },
    interfaces: {
      value: [
        { ...configured, forwarding: 0 },
        { ...active, forwarding: 1 },
      ],
    },
    routes: {
      value: [
        { ...configured, destination: '10.244.3.0/24', nextHop: '192.168.10.3' },
        { ...active, destination: '10.244.4.0/24', nextHop: '192.168.10.4' },
      ],
    },
  });
  expect(facts.adapters?.[1]).toMatchObject({ addresses: ['192.168.10.5/24'], forwarding: true });
  expect(facts.routes?.map(({ destination }) => destination)).toEqual(['10.244.4.0/24']);
});

const process = { name: 'kubelet.exe', pid: 7, command: 'kubelet', threads: 9 };

test.each<[string, unknown, number]>([
  ['the one for a list of one', process, 1],
  ['a list with its count', { value: [process], Count: 1 }, 1],
  ['null for none', null, 0],
  ['an empty object for none', {}, 0],
  ['null in a list', [null, process], 1],
  ['numbers as texts', [{ ...process, pid: '7', threads: '9' }], 1],
  ['an empty object for no number', [{ ...process, threads: {} }], 1],
])('PowerShell 5.1 may write %s', (_, value, count) => {
  const { facts, missing } = read({ processes: { value } });
  expect(missing).toEqual([]);
  expect(facts.processes).toHaveLength(count);
  if (count > 0) expect(facts.processes?.[0]).toMatchObject({ name: 'kubelet.exe', pid: 7 });
});

test.each([
  ['denied', 'administrator'],
  ['absent', 'absent'],
  ['failed', 'failed'],
  ['nonsense', 'failed'],
])('a part that was %s is missing: %s', (kind, reason) => {
  const { facts, missing } = read({ routes: { error: 'Invalid namespace', kind } });
  expect(facts.routes).toBeUndefined();
  expect(missing).toEqual([{ fact: 'routes', reason, what: 'Invalid namespace' }]);
});

test('a Windows without Defender has one that looks at nothing', () => {
  const { facts, missing } = read({ defender: { error: 'Invalid namespace', kind: 'absent' } });
  expect(facts.defender).toEqual({ enabled: false, exclusionPaths: [], exclusionProcesses: [] });
  expect(missing).toEqual([]);
});

test.each(['', 'garbage', '[]', '{"value":[{"name":7}]}', '{"value":[7]}', '{"valu'])(
  'a part that answers %j is missing, and the others are there',
  (text) => {
    const { facts, missing } = read({ services: text });
    expect(facts.services).toBeUndefined();
    expect(missing).toMatchObject([{ fact: 'services', reason: 'failed' }]);
    expect(facts.windows).toBeDefined();
  },
);

test('an adapter is not shown without addresses because they were not told', () => {
  const { facts, missing } = read({ addresses: { error: 'no', kind: 'failed' } });
  expect(facts.adapters).toBeUndefined();
  expect(missing).toEqual([{ fact: 'adapters', reason: 'failed', what: 'no' }]);
});

test('without rights, what is hidden is missing and not empty', () => {
  const hidden = 'N/A: Must be an administrator to view exclusions';
  const { facts, missing } = read({
    administrator: { value: [false] },
    processes: { value: [{ name: 'kubelet.exe', pid: 7, command: '', threads: 9 }] },
    defender: { value: [{ enabled: true, paths: [hidden], processes: [hidden] }] },
  });
  expect(facts).not.toHaveProperty('processes');
  expect(facts).not.toHaveProperty('defender');
  expect(missing.map(({ fact, reason }) => [fact, reason])).toEqual([
    ['processes', 'administrator'],
    ['defender', 'administrator'],
  ]);
});

test('a service that does not run has no process, and is no error', () => {
  const { facts, missing } = read({ hnsProcess: { value: [] } });
  expect(facts.hnsProcess).toBeUndefined();
  expect(missing).toMatchObject([{ fact: 'hnsProcess', reason: 'absent' }]);
});

test('parts that nobody asked for are told as such', () => {
  const found = lacking();
  expect(windowsFacts(new Map(), found)).toEqual({});
  expect(new Set(found.missing.map(({ reason }) => reason))).toEqual(new Set(['not asked']));
});
