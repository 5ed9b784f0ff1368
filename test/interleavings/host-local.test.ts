import { hostLocal } from '../crash/chains.ts';
import { pairsOnOneAddress, pairsOnOnePod } from './bouts.ts';
import { bystander, paths } from './node.ts';
import { playAll } from './suite.ts';

const ipamOf = (keys: object) => ({ type: 'host-local', dataDir: paths.leaseFolder, ...keys });

const setting = { chain: hostLocal, keys: { ipam: ipamOf({ subnet: '10.20.0.0/24' }) } };
playAll('two commands on one pod', pairsOnOnePod(setting), [0, 1, 2, 4, 23]);

const range = { subnet: '10.20.0.0/24', rangeStart: '10.20.0.10' };
playAll(
  'two pods and one address',
  pairsOnOneAddress(hostLocal, (free) => ipamOf({ ...range, rangeEnd: `10.20.0.${10 + free}` })),
  [0, 1, 2],
);

const add = { command: 'ADD', pod: 'pod1' } as const;
const del = { command: 'DEL', pod: 'pod1' } as const;
const gc = { command: 'GC', valid: [bystander] } as const;
// An address of each family: a command takes or frees one after the other.
playAll(
  'two leases of a pod',
  ([[], ['pod1']] as const).flatMap((there) =>
    [del, gc].map((other) => ({
      setting: { chain: hostLocal },
      there,
      commands: [add, other],
      mostInterruptions: 3,
    })),
  ),
  [0],
);

playAll(
  'three commands on one pod',
  ([[], ['pod1']] as const).map((there) => ({
    setting,
    there,
    commands: [add, del, gc],
    mostInterruptions: 2,
  })),
  [],
);
