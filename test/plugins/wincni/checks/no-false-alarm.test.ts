import { expect, it } from 'vitest';
import { checks } from '../../../../plugins/wincni/checks/checks.ts';
import { judge } from '../../../../plugins/wincni/checks/judge.ts';
import { type Sick, sickFacts } from '../../../helpers/facts-files.ts';

type Changes = Pick<Sick, 'remove' | 'replace' | 'set'>;

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
];

it.each(nodes)('%s (%s, %s)', (_, base, id, well, sick) => {
  const resultOf = (changes: Changes) => {
    const facts = sickFacts({ source: 'written by hand', base, expect: {}, ...changes });
    return judge(facts, checks, { only: [id] }).map(({ result }) => result);
  };
  expect(resultOf(well)).toEqual(['ok']);
  if (sick) expect(resultOf(sick)).not.toEqual(['ok']);
});
