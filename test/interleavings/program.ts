import { transportOver } from '../../hns-bridge/native-functions.ts';
import { functionsOver } from '../../hns-bridge/simulator/functions.ts';
import type { Transport } from '../../hns-bridge/transport.ts';
import type { Clock, Files, Host } from '../../system/host.ts';
import { diskStages } from './disk.ts';
import {
  type Answer,
  diskEffect,
  type Effect,
  hnsEffect,
  lookEffect,
  sleepEffect,
  type World,
} from './world.ts';

/** What a command came to. */
export interface Outcome {
  readonly exitCode: number;
  /** What it wrote to stdout; empty for nothing. */
  readonly document: Readonly<Record<string, unknown>>;
}

/** What a command may use: whatever it does through this is a step of its own. */
export interface Machine {
  readonly pid: number;
  readonly files: Files;
  readonly clock: Clock;
  readonly transport: Transport;
  readonly kill: Host['kill'];
}

/** A command: the same steps whenever they are answered the same. */
export type Play = (machine: Machine) => Promise<Outcome>;

/** A command that is run: as which process, and when it starts, in milliseconds since 1970. */
export interface Course {
  readonly name: string;
  readonly pid: number;
  readonly play: Play;
  readonly now?: number;
}

/** An effect that was answered. */
interface Taken {
  readonly what: string;
  readonly answer: Answer;
}

/** A command after so many answers: about to do something, or over. */
export interface Place {
  readonly id: number;
  readonly taken: readonly Taken[];
  /** How many atomic steps have led here. */
  readonly steps: number;
  readonly next: Effect | Outcome;
  readonly after: Map<string, Place>;
}

/** A command of which every course is played once, however many schedules have it in them. */
export interface Program {
  readonly name: string;
  readonly pid: number;
  readonly start: Place;
  /** The place after an effect that was answered at one of its stages. */
  advance(place: Place, answer: Answer, stage: number): Place | Promise<Place>;
}

export function isOver(next: Effect | Outcome): next is Outcome {
  return 'exitCode' in next;
}

/** More steps than this, and a command is held to go on for ever. */
const mostSteps = 600;

/** Some time in 2026; it stands still, but for who sleeps. */
export const startTime = 1_780_000_000_000;

/** Makes a program of a command. */
export async function programOf(course: Course): Promise<Program> {
  const { name, pid } = course;
  let places = 0;
  const placeAt = async (taken: readonly Taken[], steps: number): Promise<Place> => {
    if (taken.length > mostSteps) throw new Error(`${name} does not end`);
    const next = await replay(course, taken);
    places += 1;
    return { id: places, taken, steps, next, after: new Map() };
  };
  return {
    name,
    pid,
    start: await placeAt([], 0),
    advance(place, answer, stage) {
      const key = JSON.stringify(answer);
      const known = place.after.get(key);
      if (known) return known;
      const { what } = isOver(place.next) ? { what: 'nothing' } : place.next;
      return placeAt([...place.taken, { what, answer }], place.steps + stage + 1).then((made) => {
        place.after.set(key, made);
        return made;
      });
    },
  };
}

/** What ends a command where it stands, as a kill does: nothing it does after this has an effect. */
class Stopped extends Error {}

/** Plays a command over the answers so far: gives what it would do next. */
function replay(
  { name, now = startTime, pid, play }: Course,
  taken: readonly Taken[],
): Promise<Effect | Outcome> {
  return new Promise((resolve, reject) => {
    let at = 0;
    let stopped = false;
    /** The answer to a step; undefined when it is the one to be taken next. */
    const answered = (effect: Effect): Answer | undefined => {
      if (stopped) return undefined;
      const before = taken[at];
      at += 1;
      if (before === undefined || before.what !== effect.what) {
        stopped = true;
        if (before === undefined) resolve(effect);
        else reject(new Error(`${name} is not the same each time: ${before.what}, ${effect.what}`));
      }
      return stopped ? undefined : before?.answer;
    };
    const machine = machineOf({ answered, pid, now, position: () => at });
    play(machine).then(
      (outcome) => {
        if (!stopped) resolve(outcome);
      },
      (error: unknown) => {
        if (!stopped) reject(new Error(`${name} threw`, { cause: error }));
      },
    );
  });
}

function machineOf({
  answered,
  now,
  pid,
  position,
}: {
  readonly answered: (effect: Effect) => Answer | undefined;
  readonly now: number;
  readonly pid: number;
  readonly position: () => number;
}): Machine {
  let slept = 0;
  const time = () => now + slept;
  const own = ownNames(pid);
  const atOnce = (effect: Effect): Answer => {
    const answer = answered(effect);
    if (!answer) throw new Stopped();
    if (answer.kind !== 'error') return answer;
    const { code, syscall } = answer;
    throw Object.assign(new Error(`${code}: ${effect.what}`), { code, syscall });
  };
  const inTime = (effect: Effect): Promise<Answer> => {
    const answer = answered(effect);
    return answer ? Promise.resolve(answer) : new Promise(() => {});
  };
  const onDisk = (what: string, stages: Parameters<typeof diskEffect>[1]) =>
    atOnce(diskEffect(what, stages));
  const write = (operation: 'writeNew' | 'overwrite') => (given: string, text: string) => {
    const path = own(given);
    onDisk(`${operation} ${path}`, diskStages[operation](path, text, pid, time()));
  };
  const move = (operation: 'link' | 'rename') => (from: string, to: string) => {
    const [source, target] = [own(from), own(to)];
    onDisk(`${operation} ${source} -> ${target}`, diskStages[operation](source, target));
  };
  const files: Files = {
    read: (path) => textOf(onDisk(`read ${own(path)}`, diskStages.read(own(path)))),
    list: (folder, limit) => namesOf(onDisk(`list ${folder}`, diskStages.list(folder, limit))),
    makeFolder(path) {
      onDisk(`makeFolder ${path}`, diskStages.makeFolder(path));
    },
    writeNew: write('writeNew'),
    overwrite: write('overwrite'),
    link: move('link'),
    rename: move('rename'),
    remove(path) {
      onDisk(`remove ${own(path)}`, diskStages.remove(own(path)));
    },
    removeFolder(path) {
      onDisk(`removeFolder ${path}`, diskStages.removeFolder(path));
    },
    modified: (path) => timeOf(onDisk(`modified ${own(path)}`, diskStages.modified(own(path)))),
  };
  const functions = functionsOver(
    { make: async (call, rule) => returnedOf(await inTime(hnsEffect(call, rule))) },
    // What HNS chooses must not depend on chance, or the same course would be another each time.
    () =>
      `${pid.toString(16).padStart(8, '0')}-0000-4000-8000-${position().toString(16).padStart(12, '0')}`,
  );
  return {
    pid,
    files,
    clock: {
      now: time,
      elapsed: () => slept,
      uptime: () => 86_400_000,
      async sleep(ms) {
        await inTime(sleepEffect(ms, slept + ms));
        slept += ms;
      },
      pause(ms) {
        atOnce(sleepEffect(ms, slept + ms));
        slept += ms;
      },
      // A deadline that strikes is a kill, which is tried anyway.
      after: () => () => {},
    },
    kill(other) {
      if (other !== pid) atOnce(lookEffect(other));
    },
    transport: transportOver(functions, async () => {}),
  };
}

/** Names of unfinished files hold chance: they are numbered in the order of their making. */
function ownNames(pid: number): (path: string) => string {
  const numbers = new Map<string, number>();
  const pattern = new RegExp(`(?<=/\\.wincni-${pid}-t[a-z0-9]{8})([a-z0-9]+)(?=-)`);
  return (path) =>
    path.replace(pattern, (chance) => {
      // A name that was listed is one of these already.
      if (/^n\d{1,3}$/.test(chance)) return chance;
      const number = numbers.get(chance) ?? numbers.size;
      numbers.set(chance, number);
      return `n${number}`;
    });
}

function textOf(answer: Answer): string {
  return answer.kind === 'text' ? answer.text : unexpected(answer);
}

function namesOf(answer: Answer): string[] {
  return answer.kind === 'names' ? [...answer.names] : unexpected(answer);
}

function timeOf(answer: Answer): number {
  return answer.kind === 'time' ? answer.time : unexpected(answer);
}

function returnedOf(answer: Answer) {
  return answer.kind === 'returned' ? answer : unexpected(answer);
}

function unexpected(answer: Answer): never {
  throw new Error(`an answer of another kind: ${answer.kind}`);
}

/** Runs a command alone, from beginning to end. */
export async function runAlone(
  { now = startTime, pid, play }: Course,
  world: World,
): Promise<{ readonly world: World; readonly outcome: Outcome }> {
  let at = world;
  let steps = 0;
  const answered = (effect: Effect): Answer => {
    steps += 1;
    for (const stage of effect.stages) {
      const { answer, world: after } = stage(at);
      at = after;
      if (answer) return answer;
    }
    throw new Error(`${effect.what} was not answered`);
  };
  const outcome = await play(machineOf({ answered, now, pid, position: () => steps }));
  return { world: at, outcome };
}
