import type { Calls } from '../../hns-bridge/simulator/calls.ts';
import { errorDocument, Refusal } from '../../hns-bridge/simulator/refusal.ts';
import type { HnsState } from '../../hns-bridge/simulator/state.ts';
import { type Disk, type DiskAnswer, type DiskStage, printDisk } from './disk.ts';

/** All that commands share: a disk, HNS, and which of them are running. */
export interface World {
  readonly disk: Disk;
  readonly hns: HnsState;
  /** By their process ids. */
  readonly running: readonly number[];
}

/** What a step of a command was answered. */
export type Answer =
  | DiskAnswer
  | {
      readonly kind: 'returned';
      readonly hresult: number;
      readonly record: string;
      readonly text: string;
    };

/** One thing that a command does to the world, or asks of it. */
export interface Effect {
  /** In words, for whoever reads a schedule. */
  readonly what: string;
  /** The atomic steps it is made of: the first that answers is the last. */
  readonly stages: readonly ((world: World) => Step)[];
  /** It only lets time go by: until so many milliseconds after the command began, work taking none. */
  readonly pausesUntil?: number;
}

export interface Step {
  readonly world: World;
  readonly answer?: Answer;
}

/** An effect on the disk. */
export function diskEffect(what: string, stages: readonly DiskStage[]): Effect {
  return {
    what,
    stages: stages.map((stage) => (world) => {
      const { answer, disk } = stage(world.disk);
      const after = disk === world.disk ? world : { ...world, disk };
      return answer ? { world: after, answer } : { world: after };
    }),
  };
}

/** A pause: whatever the others do meanwhile, they may do. */
export function sleepEffect(ms: number, until: number): Effect {
  return {
    what: `sleep ${ms} ms`,
    pausesUntil: until,
    stages: [(world) => ({ world, answer: { kind: 'done' } })],
  };
}

/** A look whether a process is running. */
export function lookEffect(pid: number): Effect {
  return {
    what: `look for process ${pid}`,
    stages: [
      (world) => ({
        world,
        answer: world.running.includes(pid)
          ? { kind: 'done' }
          : { kind: 'error', code: 'ESRCH', syscall: 'kill' },
      }),
    ],
  };
}

/** A call of one of HNS's functions: one step, as HNS makes it. */
export function hnsEffect(
  { api, operation, target }: Parameters<Calls['make']>[0],
  rule: Parameters<Calls['make']>[1],
): Effect {
  return {
    what: `HNS ${operation}${operation.includes(target) ? '' : ` ${target}`}`,
    stages: [
      (world) => {
        try {
          const { answer, state } = rule(world.hns);
          const text = JSON.stringify(answer);
          return {
            world: state ? { ...world, hns: inOrder(state) } : world,
            answer: { kind: 'returned', hresult: 0, record: '', text },
          };
        } catch (error) {
          if (!(error instanceof Refusal)) throw error;
          const text = JSON.stringify(errorDocument(api, error.code, error.message));
          return {
            world,
            answer:
              api === 'v1' && world.hns.rules.v1Refusals === 'answered'
                ? { kind: 'returned', hresult: 0, record: '', text }
                : { kind: 'returned', hresult: error.code, record: text, text: '' },
          };
        }
      },
    ],
  };
}

/** HNS lists in no certain order: in one order, worlds that differ in nothing else are the same. */
function inOrder(state: HnsState): HnsState {
  const idOf = (document: object) => JSON.stringify('ID' in document ? document.ID : '');
  return {
    ...state,
    endpoints: state.endpoints.toSorted((one, other) => (idOf(one) < idOf(other) ? -1 : 1)),
  };
}

/** Numbers worlds: two have one number only when they are the same in everything. */
export function worldNumbers(): (world: World) => string {
  const numbers = new Map<string, number>();
  const known = new WeakMap<object, number>();
  const numberOf = <Part extends object>(part: Part, print: (part: Part) => string): number => {
    const found = known.get(part);
    if (found !== undefined) return found;
    const text = print(part);
    const number = numbers.get(text) ?? numbers.size;
    numbers.set(text, number);
    known.set(part, number);
    return number;
  };
  return ({ disk, hns, running }) =>
    `${numberOf(disk, printDisk)}.${numberOf(hns, (state) => JSON.stringify(state))}.${running}`;
}
