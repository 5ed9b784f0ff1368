import { expect, it } from 'vitest';
import { checks } from '../../../../plugins/wincni/checks/checks.ts';
import { judge } from '../../../../plugins/wincni/checks/judge.ts';
import { type Sick, sickFacts } from '../../../helpers/facts-files.ts';

type Changes = Pick<Sick, 'remove' | 'replace' | 'set'>;

/** A configuration of a bridge of which each node has a range. */
function shared(remote: string): Changes {
  const ipam = {
    type: 'host-local',
    ranges: [[{ subnet: '10.20.0.0/24', rangeStart: '10.20.0.10', rangeEnd: '10.20.0.99' }]],
  };
  return {
    set: {
      'configurations.0': {
        path: 'C:\\etc\\cni\\net.d\\10.conf',
        text: JSON.stringify({ cniVersion: '1.0.0', name: 'lan', type: 'win-bridge', ipam }),
      },
      'hns.v1.endpoints.3.IPAddress': remote,
    },
    remove: ['subnetEnv'],
  };
}

/** The lease of kube-proxy's source address. */
function vipOf(network: string, address: string): NonNullable<Changes['replace']> {
  return {
    'looks.1.leases.2.network': [['flannel.4096', network]],
    'looks.1.leases.2.address': [['10.244.25.2', address]],
  };
}

const blocked = {
  name: 'x',
  direction: 'In',
  action: 'Block',
  protocol: 'Any',
  localPorts: ['Any'],
} as const;

/** What nodes that are well have, and no check may find anything in; and beside it what it may. */
const nodes: readonly (readonly [string, Sick['base'], string, Changes, Changes | undefined])[] = [
  [
    'both keys, one of them empty, as `containerd config default` of 2.1 writes them',
    'server-2025-overlay',
    'runtime.containerd',
    {
      replace: { 'containerd.files.0.text': [['    bin_dirs', "    bin_dir = ''\n    bin_dirs"]] },
    },
    {
      replace: { 'containerd.files.0.text': [['    bin_dirs', "    bin_dir = 'x'\n    bin_dirs"]] },
    },
  ],
  [
    'one of several folders of plugins that is not there',
    'server-2025-overlay',
    'runtime.containerd',
    {
      replace: { 'containerd.files.0.text': [["bin_dirs = ['", "bin_dirs = ['D:\\cni', '"]] },
      set: { 'folders.bin': ['D:\\cni', 'C:\\opt\\cni\\bin'], 'folders.absent': ['D:\\cni'] },
    },
    { set: { 'folders.absent': ['c:/opt/cni/bin/'] } },
  ],
  [
    'a folder that only flags of kubelet name, which containerd does not read',
    'server-2025-overlay',
    'runtime.containerd',
    {
      set: {
        'folders.conf': ['C:\\etc\\cni\\net.d', 'C:\\k\\cni\\config'],
        'folders.absent': ['C:\\k\\cni\\config'],
      },
    },
    { set: { 'folders.absent': ['C:\\etc\\cni\\net.d'] } },
  ],
  [
    'a folder that Defender leaves alone, written with other slashes',
    'server-2025-overlay',
    'node.defender',
    { set: { 'folders.bin': ['c:/opt/cni/bin'] } },
    { set: { 'folders.bin': ['c:/opt/cni'] } },
  ],
  [
    'a rule of the firewall that keeps out a part of the senders, or one service',
    'server-2025-overlay',
    'node.firewall',
    {
      set: {
        'firewall.rules.3': { ...blocked, remote: ['203.0.113.0/24'] },
        'firewall.rules.4': { ...blocked, service: 'upnphost' },
      },
    },
    { set: { 'firewall.rules.3': blocked } },
  ],
  [
    'a remote endpoint of the subnet, out of the range that this node gives addresses from',
    'server-2025-overlay',
    'hns.remote-conflict',
    shared('10.20.0.200'),
    shared('10.20.0.20'),
  ],
  [
    'kube-proxy on one of two overlays',
    'server-2025-overlay',
    'proxy.source-vip',
    {
      set: {
        'hns.v1.networks.1': {
          ID: '5C1B0A64-7D0E-4F7B-9A55-6A4F0F6F5000',
          Name: 'another',
          Type: 'Overlay',
          Subnets: [{ AddressPrefix: '10.99.0.0/24', GatewayAddress: '10.99.0.1' }],
        },
        'folders.maxConfNum': 0,
        'configurations.1': {
          path: 'C:\\etc\\cni\\net.d\\20.conf',
          text: JSON.stringify({ cniVersion: '1.0.0', name: 'another', type: 'win-overlay' }),
        },
      },
      replace: {
        'processes.2.command': [
          ['flannel.4096', 'another'],
          ['10.244.25.2', '10.99.0.2'],
        ],
        ...vipOf('another', '10.99.0.2'),
      },
    },
    undefined,
  ],
  [
    'a lease in a folder of other letters',
    'server-2025-overlay',
    'proxy.source-vip',
    { set: { 'looks.*.leases.2.network': 'Flannel.4096' } },
    { set: { 'looks.*.leases.2.network': 'vxlan0' } },
  ],
  [
    'an adapter that shares the machine’s, beside that of a network inside',
    'server-2019-docker-l2bridge',
    'node.adapter',
    {},
    { set: { 'adapters.1.status': 'Disconnected' } },
  ],
];

it.each(nodes)('%s (%s, %s)', (_, base, id, well, sick) => {
  const resultOf = (changes: Changes) => {
    const facts = sickFacts({ source: 'written by hand', base, expect: {}, ...changes });
    return judge(facts, checks, { only: [id] }).map(({ result }) => result);
  };
  expect(resultOf(well)).toEqual(['ok']);
  if (sick) expect(resultOf(sick)).not.toEqual(['ok']);
});
