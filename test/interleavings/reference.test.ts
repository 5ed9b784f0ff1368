import { hostLocal } from '../crash/chains.ts';
import type { Planned } from './bouts.ts';
import { bystander, type Command, paths } from './node.ts';
import { playAll } from './suite.ts';

/** Both suites on one folder of leases, as while a node is upgraded. */
const ipam = {
  type: 'host-local',
  dataDir: paths.leaseFolder,
  subnet: '10.20.0.0/24',
  rangeStart: '10.20.0.10',
};
const setting = (free: number) => ({
  chain: hostLocal,
  keys: { ipam: { ...ipam, rangeEnd: `10.20.0.${10 + free}` } },
  isScarce: free === 1,
});

const add: Command = { command: 'ADD', pod: 'pod2', byReference: true };
const del: Command = { command: 'DEL', pod: 'pod1', byReference: true };
const gc: Command = { command: 'GC', valid: [bystander, 'pod2'] };

const plans: Planned[] = [1, 2].flatMap((free) => [
  { setting: setting(free), there: [], commands: [{ command: 'ADD', pod: 'pod1' }, add] },
  { setting: setting(free), there: ['pod1'], commands: [{ command: 'DEL', pod: 'pod1' }, add] },
  { setting: setting(free), there: ['pod1'], commands: [gc, add] },
  { setting: setting(free), there: ['pod1'], commands: [{ command: 'ADD', pod: 'pod2' }, del] },
  { setting: setting(free), there: ['pod1'], commands: [{ command: 'DEL', pod: 'pod1' }, del] },
  { setting: setting(free), there: ['pod1'], commands: [{ command: 'CHECK', pod: 'pod1' }, del] },
]);

playAll('ours beside the reference', plans, [0, 1, 4]);
