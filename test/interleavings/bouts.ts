import type { Chain } from '../crash/chains.ts';
import { explore, type Report } from './explore.ts';
import { type Bout, judgeOf, titleOf } from './judge.ts';
import {
  bystander,
  type Command,
  inhabitedWorld,
  type PodName,
  playOf,
  type Results,
  type Setting,
} from './node.ts';
import { programOf } from './program.ts';

/** Commands that are to run at once. */
export interface Planned {
  readonly setting: Setting;
  /** The pods that are there before, beside the bystander. */
  readonly there: readonly PodName[];
  readonly commands: readonly Command[];
  /** Where there are too many schedules to play them all. */
  readonly mostInterruptions?: number;
}

export function titleOfPlanned({ commands, mostInterruptions, setting, there }: Planned): string {
  const what = commands.map(titleOf).join(' x ');
  const left = setting.isScarce ? ', one address left' : '';
  const most =
    mostInterruptions === undefined ? '' : `, at most ${mostInterruptions} interruptions`;
  return `${setting.chain.name}: ${what}, ${there.length > 0 ? there.join(' and ') : 'no pod'} there${left}${most}`;
}

/** Plays every schedule of commands on a node. */
export async function play({
  commands,
  mostInterruptions,
  setting,
  there,
}: Planned): Promise<Report> {
  const before: readonly PodName[] = setting.chain.createsNetwork ? there : [bystander, ...there];
  const { mutate: _, ...sound } = setting;
  const found = await inhabitedWorld(sound, before);
  // CHECK is given what ADD has answered: before, or, where it is still to come, in a world of its own.
  const { there: known } = await inhabitedWorld(sound, [...new Set<PodName>([...before, 'pod1'])]);
  const programs = await Promise.all(
    commands.map((command, index) =>
      programOf({
        name: `${index + 1} ${titleOf(command)}`,
        pid: index + 1,
        play: playOf(setting, withResult(command, known)),
      }),
    ),
  );
  const bout: Bout = { setting: sound, commands, there: found.there };
  return explore({ world: found.world, programs, mostInterruptions, judge: judgeOf(bout) });
}

function withResult(command: Command, results: Results): Command {
  if (command.command !== 'CHECK' || !command.pod) return command;
  return { ...command, config: { prevResult: results[command.pod] } };
}

const everyCommand: readonly Command[] = [
  { command: 'ADD', pod: 'pod1' },
  { command: 'CHECK', pod: 'pod1' },
  { command: 'DEL', pod: 'pod1' },
  { command: 'GC', valid: [bystander, 'pod1'] },
  { command: 'GC', valid: [bystander] },
  { command: 'STATUS' },
];

/** How many interruptions there are where there are too many schedules to play them all. */
const few = 3;

/** Every two commands on one pod, which is there before or not. */
export function pairsOnOnePod(setting: Setting): Planned[] {
  return ([[], ['pod1']] as const).flatMap((there) =>
    everyCommand.flatMap((one, index) =>
      everyCommand.slice(index).map((other): Planned => {
        const areTwins = there.length === 0 && one.command === 'ADD' && one === other;
        const planned = { setting, there, commands: [one, other] };
        return areTwins ? { ...planned, mostInterruptions: few } : planned;
      }),
    ),
  );
}

/** The same with few interruptions where there are most schedules: an ADD beside what takes its pod away. */
export function withFewInterruptions(plans: readonly Planned[]): Planned[] {
  return plans.map((planned) => {
    const [one, other] = planned.commands;
    const takesAway =
      other?.command === 'DEL' || (other?.command === 'GC' && other.valid?.length === 1);
    return one?.command === 'ADD' && takesAway ? { ...planned, mostInterruptions: few } : planned;
  });
}

/** Two pods and a range with this many addresses left for them. */
export function pairsOnOneAddress(chain: Chain, ipamOf: (free: number) => object): Planned[] {
  return [1, 2].flatMap((free) => {
    const setting = { chain, keys: { ipam: ipamOf(free) }, isScarce: free === 1 };
    const add = { command: 'ADD', pod: 'pod2' } as const;
    const del = { command: 'DEL', pod: 'pod1' } as const;
    return [
      { setting, there: [], commands: [{ command: 'ADD', pod: 'pod1' } as const, add] },
      { setting, there: ['pod1'] as const, commands: [add, del] },
      {
        setting,
        there: ['pod1'] as const,
        commands: [add, { command: 'GC', valid: [bystander, 'pod2'] } as const],
      },
      ...(free === 2
        ? [
            {
              setting,
              there: ['pod1', 'pod2'] as const,
              commands: [del, { command: 'DEL', pod: 'pod2' } as const],
            },
          ]
        : []),
    ];
  });
}
