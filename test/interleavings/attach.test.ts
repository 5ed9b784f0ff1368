import { bridge, docker, nat } from '../crash/chains.ts';
import { type Planned, pairsOnOneAddress, pairsOnOnePod, withFewInterruptions } from './bouts.ts';
import { type Command, paths } from './node.ts';
import { playAll } from './suite.ts';

const onBridge = pairsOnOnePod({ chain: bridge });
playAll(
  'two commands on one pod',
  [
    ...onBridge.filter(({ there }) => there.length === 0),
    ...withFewInterruptions(onBridge.filter(({ there }) => there.length > 0)),
  ],
  [0, 2, 4],
);

const range = { subnet: '10.244.4.0/24', rangeStart: '10.244.4.10' };
playAll(
  'two pods and one address',
  withFewInterruptions(
    pairsOnOneAddress(bridge, (free) => ({
      type: 'host-local',
      dataDir: paths.leaseFolder,
      ...range,
      rangeEnd: `10.244.4.${10 + free}`,
    })),
  ),
  [],
);

playAll(
  'two commands on one pod of Docker',
  withFewInterruptions(pairsOnOnePod({ chain: docker })),
  [2],
);

const sandbox: Command = { command: 'DEL', pod: 'pod1' };
const addWorkload: Command = { command: 'ADD', pod: 'pod1', workload: 'work1' };
const delWorkload: Command = { command: 'DEL', pod: 'pod1', workload: 'work1' };
const addOther: Command = { command: 'ADD', pod: 'pod1', workload: 'work2' };
const workloads: readonly (readonly Command[])[] = [
  [addWorkload, sandbox],
  [addWorkload, addOther],
  [addWorkload, delWorkload],
  [delWorkload, sandbox],
];
playAll(
  'a sandbox of Docker and a workload in it',
  workloads.map((commands): Planned => ({ setting: { chain: docker }, there: ['pod1'], commands })),
  [0],
);

playAll('nat, which makes its network', pairsOnOnePod({ chain: nat }), [0, 2, 4]);
playAll(
  'two pods of nat, which make one network',
  [
    {
      setting: { chain: nat },
      there: [],
      commands: [
        { command: 'ADD', pod: 'pod1' },
        { command: 'ADD', pod: 'pod2' },
      ],
    },
  ],
  [0],
);
