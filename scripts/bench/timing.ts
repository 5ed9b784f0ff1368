import type { Cost, Meter, Timed } from './meter.ts';

/** A figure: the median of what was measured, and the middle half of it. */
export interface Figure {
  readonly median: number;
  readonly low: number;
  readonly high: number;
}

/** How one command compares with another. */
export interface Comparison {
  readonly wall: Figure;
  /** Of processor time, user and system's; undefined where nobody counts it. */
  readonly cpu: Figure | undefined;
}

/** What is measured in a round: a command made anew, or several, one after the other. */
export type Making = (round: number) => Timed | readonly Timed[];

/** The median and the middle half. */
export function figureOf(values: readonly number[]): Figure {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (index: number) => sorted[index] ?? Number.NaN;
  const last = sorted.length - 1;
  return {
    median: (at(Math.floor(last / 2)) + at(Math.ceil(last / 2))) / 2,
    // Of few, rather too much than too little is the middle half.
    low: at(Math.floor(last / 4)),
    high: at(Math.ceil((last * 3) / 4)),
  };
}

/** The figure of the values that are known; undefined when none is. */
export function figureOfKnown(values: readonly (number | undefined)[]): Figure | undefined {
  const known = values.filter((value) => value !== undefined);
  return known.length === 0 ? undefined : figureOf(known);
}

/**
 * Runs two commands in turn and compares what they cost pair by pair: the machine's speed may drift,
 * and does so for both. The first pair does not count.
 */
export function compare(meter: Meter, rounds: number, one: Making, other: Making): Comparison {
  const pairs: { readonly one: Cost; readonly other: Cost }[] = [];
  const cost = (make: Making, round: number) => meter.measure(listOf(make(round)), 'plain');
  for (let round = 0; round <= rounds; round++) {
    // Whoever comes second may find a warmer machine: they take turns at that as well.
    const first = cost(round % 2 === 1 ? other : one, round);
    const second = cost(round % 2 === 1 ? one : other, round);
    const pair = round % 2 === 1 ? { one: second, other: first } : { one: first, other: second };
    if (round > 0) pairs.push(pair);
  }
  return {
    wall: figureOf(pairs.map((pair) => pair.one.wall / pair.other.wall)),
    cpu: figureOfKnown(pairs.map((pair) => ratio(pair.one.cpu, pair.other.cpu))),
  };
}

/** The quotient of two figures, if both are known. */
export function ratio(one: number | undefined, other: number | undefined): number | undefined {
  return one === undefined || other === undefined ? undefined : one / other;
}

/** As a list, whether it is one command or several. */
export function listOf(commands: Timed | readonly Timed[]): readonly Timed[] {
  return 'file' in commands ? [commands] : commands;
}
