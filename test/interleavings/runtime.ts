import { bystander, type Command, type PodName, playOf, type Setting } from './node.ts';
import { type Outcome, runAlone, startTime } from './program.ts';
import { type World, worldNumbers } from './world.ts';

/** A command that has run alone. */
interface Done {
  readonly world: World;
  readonly outcome: Outcome;
}

/** What a runtime does when a bout is over, one command after the other. */
export interface Runtime {
  /** CHECK with the result of an ADD. */
  check(world: World, pod: PodName, result: Outcome['document']): Promise<Outcome>;
  del(world: World, pod: PodName): Promise<Done>;
  /** GC an hour later, when nobody is at anything any more: the bystander alone is still there. */
  gc(world: World): Promise<Done>;
}

export function runtimeOf(setting: Setting): Runtime {
  const numberOf = worldNumbers();
  const known = new Map<string, Promise<Done>>();
  const run = (command: Command, world: World, later = 0): Promise<Done> => {
    const key = `${numberOf(world)} ${JSON.stringify(command)}`;
    const course = { name: command.command, pid: 70, play: playOf(setting, command) };
    const done = known.get(key) ?? runAlone({ ...course, now: startTime + later }, world);
    known.set(key, done);
    return done;
  };
  return {
    async check(world, pod, prevResult) {
      const done = await run({ command: 'CHECK', pod, config: { prevResult } }, world);
      return done.outcome;
    },
    del: (world, pod) => run({ command: 'DEL', pod }, world),
    gc: (world) => run({ command: 'GC', valid: [bystander] }, world, 3_600_000),
  };
}
