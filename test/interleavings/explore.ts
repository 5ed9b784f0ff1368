import { isOver, type Outcome, type Place, type Program } from './program.ts';
import { type World, worldNumbers } from './world.ts';

/** Commands that run at once on one world. */
export interface Trial {
  readonly world: World;
  readonly programs: readonly Program[];
  /** How often a command may be interrupted in the middle, in one schedule; as often as it can, if not said. */
  readonly mostInterruptions?: number | undefined;
  /** What is wrong in any state of the world, however it came about. */
  readonly always?: (world: World) => readonly string[];
  /** What is wrong when all are over. */
  readonly judge: (end: End) => Promise<readonly string[]>;
}

/** How it ended. */
export interface End {
  readonly world: World;
  /** What each command came to; undefined for the one that was killed. */
  readonly outcomes: readonly (Outcome | undefined)[];
  /** Whether one was over before another began. */
  readonly isBefore: (one: number, other: number) => boolean;
}

/** What came of all schedules. */
export interface Report {
  /** Every order of their atomic steps, each counted. */
  readonly schedules: bigint;
  /** Those with a kill of one of them. */
  readonly killed: bigint;
  /** The states they lead through; equal ones are visited once. */
  readonly states: number;
  readonly ends: number;
  /** Each problem, with the first schedule that shows it. */
  readonly problems: ReadonlyMap<string, readonly string[]>;
}

/** Where a command stands: a place in its program and a stage of the effect there; undefined: killed. */
type Standing = { readonly place: Place; readonly stage: number } | undefined;

interface State {
  readonly world: World;
  readonly standings: readonly Standing[];
  /** A bit for each pair: whether one was over before the other began. */
  readonly order: number;
  /** How many pauses have ended while others could go on. */
  readonly cutShort: number;
  /** Where interruptions are bounded: who took the last step, and how many there were. */
  readonly last: number;
  readonly interruptions: number;
  /** How many schedules lead here. */
  ways: bigint;
  readonly trail: Trail | undefined;
}

interface Trail {
  readonly step: string;
  readonly before: Trail | undefined;
}

/**
 * Plays every schedule of the commands' atomic steps, without a kill and with one of any of them after
 * any of its steps. Two schedules that have led to the same world, with each command at the same place
 * (that is: after the same answers), go on as one: nothing later can tell them apart.
 *
 * A pause lasts until nobody else can go on, but for `pausesCutShort` in each schedule, which end at any
 * time: as long as those who wait look again and again, there is no end of schedules otherwise.
 */
export async function explore(trial: Trial): Promise<Report> {
  const { programs } = trial;
  const numberOf = worldNumbers();
  const problems = new Map<string, readonly string[]>();
  const note = (found: readonly string[], state: State) => {
    for (const problem of found) {
      if (!problems.has(problem)) problems.set(problem, stepsOf(state.trail));
    }
  };
  const lookedAt = new Set<string>();
  const judged = new Map<string, readonly string[]>();
  const count = { states: 0, schedules: 0n, killed: 0n };

  /** States by how many steps the living have taken: each step leads from one level to the next. */
  let levels: Map<string, State>[] = [];
  const kills: Map<string, State>[] = [];

  const add = (to: Map<string, State>[], level: number, state: State) => {
    const at = to[level] ?? new Map<string, State>();
    to[level] = at;
    const key = keyOf(state, numberOf);
    const same = at.get(key);
    if (same) same.ways += state.ways;
    else at.set(key, state);
  };

  const end = async (state: State) => {
    const killed = state.standings.includes(undefined);
    if (killed) count.killed += state.ways;
    else count.schedules += state.ways;
    const key = keyOf(state, numberOf);
    let found = judged.get(key);
    if (!found) {
      found = await trial.judge(endOf(state, programs.length));
      judged.set(key, found);
    }
    note(found, state);
  };

  const visit = async (state: State, level: number) => {
    count.states += 1;
    const number = numberOf(state.world);
    if (trial.always && !lookedAt.has(number)) {
      lookedAt.add(number);
      note(trial.always(state.world), state);
    }
    let isEnd = true;
    for (const [index, standing] of state.standings.entries()) {
      if (!standing || isOver(standing.place.next)) continue;
      isEnd = false;
      const isCutShort = pauseOf(standing) !== undefined && !isNext(standing, state.standings);
      if (isCutShort && state.cutShort >= pausesCutShort) continue;
      const interruptions = interruptionsOf(trial, state, index);
      if (interruptions === undefined) continue;
      const cutShort = isCutShort ? state.cutShort + 1 : state.cutShort;
      const last = trial.mostInterruptions === undefined ? -1 : index;
      const from = { ...state, cutShort, last, interruptions };
      const after = takeStep(from, index, standing, programs);
      add(levels, level + 1, after instanceof Promise ? await after : after);
      if (!state.standings.includes(undefined) && hasBegun(standing)) {
        const standings = state.standings.with(index, undefined);
        const running = state.world.running.filter((pid) => pid !== programs[index]?.pid);
        const world = { ...state.world, running };
        const step = `${programs[index]?.name} is killed`;
        const steps = standings.reduce((sum, other) => sum + stepsTaken(other), 0);
        add(kills, steps, { ...state, world, standings, trail: { step, before: state.trail } });
      }
    }
    if (isEnd) await end(state);
  };

  const sweep = async () => {
    for (let level = 0; level < levels.length; level++) {
      for (const state of levels[level]?.values() ?? []) await visit(state, level);
      delete levels[level];
    }
  };

  add(levels, 0, {
    world: { ...trial.world, running: programs.map(({ pid }) => pid) },
    standings: programs.map(({ start }) => ({ place: start, stage: 0 })),
    order: 0,
    cutShort: 0,
    last: -1,
    interruptions: 0,
    ways: 1n,
    trail: undefined,
  });
  await sweep();
  levels = kills;
  await sweep();
  return { ...count, ends: judged.size, problems };
}

function takeStep(
  state: State,
  index: number,
  { place, stage }: { readonly place: Place; readonly stage: number },
  programs: readonly Program[],
): State | Promise<State> {
  const program = programs[index];
  const { next } = place;
  if (!program || isOver(next)) throw new Error('a command that is over takes no step');
  const { answer, world } = next.stages[stage]?.(state.world) ?? {};
  if (!world) throw new Error(`${next.what} has no stage ${stage}`);
  const many = next.stages.length > 1 ? ` (${stage + 1} of ${next.stages.length})` : '';
  const said = answer?.kind === 'error' ? `: ${answer.code}` : '';
  const trail = { step: `${program.name}: ${next.what}${many}${said}`, before: state.trail };
  const order = hasBegun({ place, stage }) ? state.order : begun(state, index);
  const stand = (standing: Standing): State => ({
    world,
    standings: state.standings.with(index, standing),
    order,
    cutShort: state.cutShort,
    last: state.last,
    interruptions: state.interruptions,
    ways: state.ways,
    trail,
  });
  if (answer === undefined) return stand({ place, stage: stage + 1 });
  const after = program.advance(place, answer, stage);
  return after instanceof Promise
    ? after.then((reached) => stand({ place: reached, stage: 0 }))
    : stand({ place: after, stage: 0 });
}

function hasBegun({ place, stage }: { readonly place: Place; readonly stage: number }): boolean {
  return place.taken.length > 0 || stage > 0;
}

/** How many interruptions there are once a command takes a step; undefined: more than may be. */
function interruptionsOf(
  { mostInterruptions }: Trial,
  { interruptions, last, standings }: State,
  index: number,
): number | undefined {
  if (mostInterruptions === undefined) return 0;
  const before = standings[last];
  const isInterrupted =
    last !== index &&
    before !== undefined &&
    !isOver(before.place.next) &&
    pauseOf(before) === undefined;
  if (!isInterrupted) return interruptions;
  return interruptions < mostInterruptions ? interruptions + 1 : undefined;
}

/** How many pauses of a schedule may end while others can go on. */
const pausesCutShort = 1;

/** Until when a command pauses; undefined when it does not. */
function pauseOf(standing: Standing): number | undefined {
  const next = standing?.place.next;
  return next && !isOver(next) ? next.pausesUntil : undefined;
}

/** Whether nobody does anything before a command's pause is over. */
function isNext(standing: Standing, all: readonly Standing[]): boolean {
  const until = pauseOf(standing) ?? 0;
  return all.every(
    (other) => !other || isOver(other.place.next) || (pauseOf(other) ?? -1) >= until,
  );
}

function stepsTaken(standing: Standing): number {
  return standing ? standing.place.steps + standing.stage : 0;
}

/** The order once a command begins: whoever is over was before it. */
function begun({ order, standings }: State, index: number): number {
  return standings.reduce(
    (bits, standing, other) =>
      standing && isOver(standing.place.next) ? bits | bitOf(other, index, standings.length) : bits,
    order,
  );
}

function bitOf(one: number, other: number, count: number): number {
  return 1 << (one * count + other);
}

function keyOf(
  { cutShort, interruptions, last, order, standings, world }: State,
  numberOf: (world: World) => string,
): string {
  const where = standings.map((standing) =>
    standing ? `${standing.place.id}:${standing.stage}` : 'x',
  );
  return `${numberOf(world)} ${where.join(' ')} ${order} ${cutShort} ${last} ${interruptions}`;
}

function endOf({ order, standings, world }: State, count: number): End {
  return {
    world,
    outcomes: standings.map((standing) => {
      const next = standing?.place.next;
      return next && isOver(next) ? next : undefined;
    }),
    isBefore: (one, other) => (order & bitOf(one, other, count)) !== 0,
  };
}

function stepsOf(trail: Trail | undefined): string[] {
  const steps: string[] = [];
  for (let at = trail; at; at = at.before) steps.unshift(at.step);
  return steps;
}
