import type { Json } from '../helpers/trial-node.ts';

/**
 * What the reference and ours are asked, side by side: tables of what can stand in a configuration, each
 * entry by itself on every network in both dialects, and mixtures of them drawn from a seed.
 */

/** A network of the nodes, and who serves it. */
export interface Place {
  readonly plugin: 'win-bridge' | 'win-overlay';
  readonly network: string;
  readonly subnet: string;
}

/** One command of a runtime. */
export interface Step {
  readonly command: 'ADD' | 'DEL';
  readonly containerId: string;
  readonly netns: string;
}

export interface Case {
  readonly title: string;
  readonly place: Place;
  readonly dialect: 'v1' | 'v2';
  /** What is in it, by the tables' words. */
  readonly parts: readonly string[];
  readonly config: Json;
  readonly steps: readonly Step[];
}

export const places: readonly Place[] = [
  { plugin: 'win-bridge', network: 'cbr0', subnet: '10.244.2.0/24' },
  { plugin: 'win-bridge', network: 'tunnel0', subnet: '10.245.0.0/16' },
  { plugin: 'win-overlay', network: 'flannel.4096', subnet: '10.244.3.0/24' },
];

export const sandboxes: Readonly<Record<string, string>> = {
  pod1: '7e2f9d10-3c55-4b1e-8a27-90c4e5d1b001',
  pod2: '7e2f9d10-3c55-4b1e-8a27-90c4e5d1b002',
  pod3: '7e2f9d10-3c55-4b1e-8a27-90c4e5d1b003',
  pod4: '7e2f9d10-3c55-4b1e-8a27-90c4e5d1b004',
};

/** What an entry of a table does to a configuration; for a dialect alone, if it says so. */
interface Part {
  readonly says: string;
  readonly keys: (place: Place) => Json;
  readonly only?: 'v1' | 'v2' | Place['plugin'];
}

const same = (says: string, keys: Json, only?: Part['only']): Part => ({
  says,
  keys: () => keys,
  ...(only ? { only } : {}),
});

const policy = (value: unknown, name = 'EndpointPolicy') => ({ name, value });
const policies = (says: string, values: readonly unknown[], only?: Part['only']): Part =>
  same(says, { policies: values.map((value) => policy(value)) }, only);

/** A subnet's addresses that the reference can give, too: not the host's own on a bridge. */
const firstAddress = ({ subnet }: Place, last = 10) => subnet.replace(/\d+\/\d+$/, String(last));
const range = (place: Place) => ({ subnet: place.subnet, rangeStart: firstAddress(place) });
const ipam = (more: (place: Place) => Json) => (place: Place) => ({
  ipam: { type: 'host-local', ...range(place), ...more(place) },
});

/** One table a key or a group of keys; the first entry of each is what a case has that says nothing else. */
export const tables: Readonly<Record<string, readonly Part[]>> = {
  policies: [
    same('no policies', {}),
    same('an empty list', { policies: [] }),
    policies('V1 exceptions', [{ Type: 'OutBoundNAT', ExceptionList: ['10.96.0.0/12'] }], 'v1'),
    policies(
      'V2 exceptions',
      [{ Type: 'OutBoundNAT', Settings: { Exceptions: ['10.96.0.0/12', '192.168.10.0/24'] } }],
      'v2',
    ),
    policies('V1 exceptions under both', [
      { Type: 'OutBoundNAT', ExceptionList: ['10.96.0.0/12'] },
    ]),
    policies('V2 exceptions under both', [
      { Type: 'OutBoundNAT', Settings: { Exceptions: ['10.96.0.0/12'] } },
    ]),
    policies(
      'exceptions with host bits',
      [{ Type: 'OutBoundNAT', Settings: { Exceptions: ['10.96.0.1/12'] } }],
      'v2',
    ),
    policies(
      'V1 exceptions with host bits',
      [{ Type: 'OutBoundNAT', ExceptionList: ['10.96.0.1/12', '10.96.0.0/12'] }],
      'v1',
    ),
    policies(
      'an empty exception list',
      [{ Type: 'OutBoundNAT', Settings: { Exceptions: [] } }],
      'v2',
    ),
    policies('an empty V1 exception list', [{ Type: 'OutBoundNAT', ExceptionList: [] }], 'v1'),
    policies(
      'two V2 exception lists',
      [
        { Type: 'OutBoundNAT', Settings: { Exceptions: ['10.96.0.0/12'] } },
        { Type: 'OutBoundNAT', Settings: { Exceptions: ['192.168.10.0/24', '10.96.0.0/12'] } },
      ],
      'v2',
    ),
    policies(
      'destinations of loopback DSR',
      [{ Type: 'OutBoundNAT', Settings: { Destinations: ['10.0.0.9'] } }],
      'v2',
    ),
    policies(
      'a V1 route',
      [{ Type: 'ROUTE', DestinationPrefix: '10.96.0.0/12', NeedEncap: true }],
      'v1',
    ),
    policies(
      'V1 routes, exceptions and a key of nobody’s',
      [
        { Type: 'OutBoundNAT', ExceptionList: ['10.244.0.0/16', '10.96.0.0/12'], Odd: 1 },
        { Type: 'ROUTE', DestinationPrefix: '10.96.0.0/12', NeedEncap: true },
        { Type: 'ROUTE', DestinationPrefix: '192.168.10.5/32', NeedEncap: true },
      ],
      'v1',
    ),
    policies(
      'a V2 route',
      [{ Type: 'SDNRoute', Settings: { DestinationPrefix: '10.96.0.0/12', NeedEncap: true } }],
      'v2',
    ),
    policies(
      'a route without encapsulation, next hop given',
      [{ Type: 'SDNRoute', Settings: { DestinationPrefix: '10.9.0.0/16', NextHop: '10.9.9.9' } }],
      'v2',
    ),
    policies(
      'types in capitals',
      [{ Type: 'SDNROUTE', Settings: { DestinationPrefix: '10.96.0.0/12', NeedEncap: true } }],
      'v2',
    ),
    policies(
      'a V2 ACL',
      [
        {
          Type: 'ACL',
          Settings: {
            Protocols: '6',
            Action: 'Block',
            Direction: 'In',
            RemoteAddresses: '10.0.0.0/8',
            LocalPorts: '80',
            Priority: 200,
            RuleType: 'Switch',
          },
        },
        { Type: 'ACL', Settings: { Action: 'Allow', Direction: 'Out', Priority: 201 } },
      ],
      'v2',
    ),
    policies(
      'a V1 ACL',
      [{ Type: 'ACL', Protocol: 6, Action: 'Allow', Direction: 'In', LocalPort: 80, Priority: 1 }],
      'v1',
    ),
    policies(
      'a V1 ACL of any port',
      [
        {
          Type: 'ACL',
          Protocol: 17,
          Action: 'Block',
          Direction: 'Out',
          LocalPort: 0,
          InternalPort: 9,
        },
      ],
      'v1',
    ),
    policies(
      'a V2 port mapping',
      [{ Type: 'PortMapping', Settings: { Protocol: 6, InternalPort: 80, ExternalPort: 8080 } }],
      'v2',
    ),
    policies(
      'a V1 port mapping',
      [{ Type: 'NAT', Protocol: 'TCP', InternalPort: 80, ExternalPort: 8080 }],
      'v1',
    ),
    policies(
      'QOS',
      [{ Type: 'QOS', Settings: { MaximumOutgoingBandwidthInBytes: 1000000 } }],
      'v2',
    ),
    policies('V1 QOS', [{ Type: 'QOS', MaximumOutgoingBandwidthInBytes: 1000000 }], 'v1'),
    policies('L2Driver', [{ Type: 'L2Driver' }], 'v1'),
    policies(
      'a V2 proxy',
      [{ Type: 'L4Proxy', Settings: { IP: '10.0.0.3', Port: '15001', Destination: '0.0.0.0/0' } }],
      'v2',
    ),
    policies(
      'a V1 proxy',
      [{ Type: 'PROXY', IP: '10.0.0.3', Port: '15001', ExceptionList: ['10.96.0.1'] }],
      'v1',
    ),
    policies('a policy that HNS refuses', [{ Type: 'Nonsense', Settings: {} }], 'v2'),
    same('a network policy', {
      policies: [policy({ Type: 'NetAdapterName', Settings: {} }, 'NetworkPolicy')],
    }),
    same(
      'the name in another letter case',
      {
        policies: [
          policy(
            { Type: 'OutBoundNAT', Settings: { Exceptions: ['10.96.0.0/12'] } },
            'endpointpolicy',
          ),
        ],
      },
      'v2',
    ),
    same('an apiVersion of nobody’s', { apiVersion: 3 }, 'v1'),
    same('an entry without a value', { policies: [{ name: 'EndpointPolicy' }] }),
    same(
      'an entry without a name',
      {
        policies: [{ value: { Type: 'OutBoundNAT', Settings: { Exceptions: ['10.96.0.0/12'] } } }],
      },
      'v2',
    ),
    same(
      'keys in another letter case',
      {
        Policies: [
          {
            Name: 'EndpointPolicy',
            Value: { Type: 'OutBoundNAT', Settings: { Exceptions: ['10.96.0.0/12'] } },
          },
        ],
      },
      'v2',
    ),
    same(
      'AdditionalArgs, which is Microsoft’s',
      {
        AdditionalArgs: [
          policy({ Type: 'OutBoundNAT', Settings: { Exceptions: ['10.96.0.0/12'] } }),
        ],
      },
      'v2',
    ),
  ],
  masquerade: [
    same('nothing of masquerading', {}),
    same('ipMasq', { ipMasq: true }),
    same('no ipMasq', { ipMasq: false }),
    same('ipMasqNetwork alone', { ipMasqNetwork: '10.244.0.0/16' }),
    same('ipMasq and ipMasqNetwork', { ipMasq: true, ipMasqNetwork: '10.244.0.0/16' }),
    same('ipMasqNetwork and no ipMasq', { ipMasq: false, ipMasqNetwork: '10.244.0.0/16' }),
    same('an empty ipMasqNetwork', { ipMasq: true, ipMasqNetwork: '' }),
    same('ipMasq as a text', { ipMasq: 'true' }, 'win-bridge'),
    same('an ipMasqNetwork that is none', { ipMasqNetwork: 'abc' }, 'win-overlay'),
  ],
  dns: [
    same('no DNS', {}),
    same('servers', { dns: { nameservers: ['10.96.0.10'] } }),
    same('servers and a search list', {
      dns: {
        nameservers: ['10.96.0.10', '10.96.0.11'],
        search: ['svc.cluster.local', 'corp.test'],
      },
    }),
    same('all of DNS', {
      dns: {
        nameservers: ['10.96.0.10'],
        search: ['svc.cluster.local'],
        domain: 'cluster.local',
        options: ['ndots:5'],
      },
    }),
    same('DNS keys in another letter case', {
      DNS: { Nameservers: ['10.96.0.10'], Search: ['svc.cluster.local'] },
    }),
    same('the runtime’s servers', {
      dns: { nameservers: ['10.96.0.10'], search: ['svc.cluster.local'] },
      runtimeConfig: { dns: { servers: ['10.0.0.53'] } },
    }),
    same('the runtime’s DNS', {
      dns: { nameservers: ['10.96.0.10'], search: ['svc.cluster.local'], domain: 'x.test' },
      runtimeConfig: { dns: { servers: ['10.0.0.53'], searches: ['a.test', 'b.test'] } },
    }),
  ],
  ports: [
    same('no host ports', {}),
    ...[
      ['TCP', { hostPort: 8080, containerPort: 80, protocol: 'tcp' }],
      ['UDP in capitals', { hostPort: 5353, containerPort: 53, protocol: 'UDP' }],
      [
        'an address of the node',
        { hostPort: 81, containerPort: 80, protocol: 'tcp', hostIP: '192.168.10.5' },
      ],
      ['a number for a protocol', { hostPort: 82, containerPort: 80, protocol: '6' }],
      ['sctp', { hostPort: 83, containerPort: 80, protocol: 'sctp' }],
      ['a protocol of nobody’s', { hostPort: 84, containerPort: 80, protocol: 'gre' }],
      ['none', { hostPort: 0, containerPort: 80, protocol: 'tcp' }],
    ].map(([says, mapping]) =>
      same(`a host port: ${says}`, { runtimeConfig: { portMappings: [mapping] } }),
    ),
    same('two host ports', {
      runtimeConfig: {
        portMappings: [
          { hostPort: 8080, containerPort: 80, protocol: 'tcp' },
          { hostPort: 8443, containerPort: 443, protocol: 'tcp' },
        ],
      },
    }),
  ],
  ipam: [
    { says: 'a range', keys: ipam(() => ({})) },
    {
      says: 'two sets of ranges',
      keys: (place) => ({
        ipam: {
          type: 'host-local',
          ranges: [
            [{ ...range(place), rangeEnd: firstAddress(place, 19) }],
            [{ ...range(place), rangeStart: firstAddress(place, 20) }],
          ],
        },
      }),
    },
    { says: 'its own gateway', keys: ipam((place) => ({ gateway: firstAddress(place, 1) })) },
    { says: 'another gateway', keys: ipam((place) => ({ gateway: firstAddress(place, 200) })) },
    {
      says: 'routes',
      keys: ipam(() => ({ routes: [{ dst: '0.0.0.0/0' }, { dst: '10.96.0.0/12' }] })),
    },
    {
      says: 'a list of ranges',
      keys: (place) => ({ ipam: { type: 'host-local', ranges: [[range(place)]] } }),
    },
    {
      says: 'a range inside a wider subnet',
      keys: (place) => ({
        ipam: {
          type: 'host-local',
          subnet: place.subnet.replace(/\d+\.\d+\/\d+$/, '0.0/16'),
          rangeStart: firstAddress(place),
          rangeEnd: firstAddress(place, 20),
        },
      }),
    },
    {
      says: 'the whole subnet',
      keys: ({ subnet }) => ({ ipam: { type: 'host-local', subnet } }),
    },
    same('no ipam', {}),
  ],
  mac: [
    same('no MAC prefix', {}),
    same('a MAC prefix', { endpointMacPrefix: '0A-2B' }),
    same('a MAC prefix in small letters', { endpointMacPrefix: '0e-2a' }),
    same('a MAC prefix of no hex', { endpointMacPrefix: 'zz-zz' }, 'win-overlay'),
    same('a MAC prefix too long', { endpointMacPrefix: '0E-2A-3B' }, 'win-overlay'),
  ],
  dsr: [same('no loopback DSR', {}), same('loopback DSR', { loopbackDSR: true })],
  version: [
    same('1.0.0', { cniVersion: '1.0.0' }),
    ...['0.1.0', '0.2.0', '0.3.0', '0.3.1', '0.4.0', '1.1.0'].map((cniVersion) =>
      same(cniVersion, { cniVersion }),
    ),
  ],
};

type Steps = readonly (readonly [Step['command'], container: string])[];

/** What a runtime does with it: all containers are sandboxes but those of `workload`. */
const stories: Readonly<Record<string, Steps>> = {
  'added, deleted': [
    ['ADD', 'pod1'],
    ['DEL', 'pod1'],
  ],
  'added twice, deleted twice': [
    ['ADD', 'pod1'],
    ['ADD', 'pod1'],
    ['DEL', 'pod1'],
    ['DEL', 'pod1'],
  ],
  'two pods': [
    ['ADD', 'pod1'],
    ['ADD', 'pod2'],
    ['DEL', 'pod2'],
    ['DEL', 'pod1'],
  ],
  'deleted, never added': [['DEL', 'pod1']],
  'a sandbox that is gone': [
    ['ADD', 'gone'],
    ['DEL', 'gone'],
  ],
};

/** Docker's: a workload beside its sandbox. */
const shared: Steps = [
  ['ADD', 'pod1'],
  ['ADD', 'work1'],
  ['DEL', 'work1'],
  ['DEL', 'pod1'],
];

function stepsOf(story: Steps, dialect: Case['dialect']): readonly Step[] {
  return story.map(([command, containerId]) => ({
    command,
    containerId,
    netns:
      dialect === 'v2'
        ? (sandboxes[containerId] ?? '7e2f9d10-3c55-4b1e-8a27-90c4e5d1bfff')
        : containerId.startsWith('work')
          ? 'container:pod1'
          : 'none',
  }));
}

function caseOf(
  place: Place,
  dialect: Case['dialect'],
  parts: readonly Part[],
  [told, story]: readonly [string, Steps],
): Case {
  const says = [...parts.map((part) => part.says), told];
  const keys = parts.map((part) => part.keys(place));
  const runtimeConfig = Object.assign({}, ...keys.map((part) => part['runtimeConfig']));
  return {
    title: `${place.network}, ${dialect}: ${says.join('; ')}`,
    place,
    dialect,
    parts: says,
    config: {
      name: place.network,
      type: place.plugin,
      apiVersion: dialect === 'v1' ? 1 : 2,
      ...Object.assign({}, ...keys),
      ...(Object.keys(runtimeConfig).length > 0 ? { runtimeConfig } : {}),
    },
    steps: stepsOf(story, dialect),
  };
}

const fits = ({ only }: Part, { plugin }: Place, dialect: Case['dialect']) =>
  only === undefined || only === plugin || only === dialect;

const usual = Object.values(tables).flatMap(([first]) => first ?? []);
const usualBut = (table: string, part: Part) =>
  Object.entries(tables).flatMap(([name, [first]]) => (name === table ? part : (first ?? [])));

/** Each entry of each table, and each story, by itself: on every network, in both dialects. */
function singles(place: Place, dialect: Case['dialect']): readonly Case[] {
  const short = ['added, deleted', stories['added, deleted'] ?? []] as const;
  const ofTables = Object.entries(tables).flatMap(([table, parts]) =>
    parts
      .filter((part, index) => index > 0 && fits(part, place, dialect))
      .map((part) => caseOf(place, dialect, usualBut(table, part), short)),
  );
  const told = Object.entries(stories).map((story) => caseOf(place, dialect, usual, story));
  const docker =
    dialect === 'v1' ? [caseOf(place, dialect, usual, ['a workload beside it', shared])] : [];
  return [...ofTables, ...told, ...docker];
}

/** So many mixtures, drawn from a seed: one entry of each table, and a story. */
export function mixtures(count: number, seed: number): readonly Case[] {
  const draw = randomFrom(seed);
  const pick = <Entry>(entries: readonly Entry[]): Entry | undefined =>
    entries[Math.floor(draw() * entries.length)];
  return Array.from({ length: count }, (_, index) => {
    const place = pick(places) ?? { plugin: 'win-bridge', network: '', subnet: '' };
    const dialect = draw() < 0.5 ? 'v1' : 'v2';
    const parts = Object.values(tables).flatMap(
      (table) => pick(table.filter((part) => fits(part, place, dialect))) ?? [],
    );
    const made = caseOf(place, dialect, parts, pick(Object.entries(stories)) ?? ['', []]);
    return { ...made, title: `mixture ${seed}/${index}: ${made.title}` };
  });
}

/** A sequence of numbers from 0 to 1 that a seed decides (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Everything by itself. */
export const eachAlone: readonly Case[] = places.flatMap((place) =>
  (['v1', 'v2'] as const).flatMap((dialect) => singles(place, dialect)),
);
