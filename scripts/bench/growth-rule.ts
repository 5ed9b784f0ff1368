import type { Cost } from './meter.ts';
import { type Figure, figureOf } from './timing.ts';

/** What a command cost at a size, and what the same process cost that did nothing of it, in rounds. */
export interface Measured {
  readonly size: number;
  readonly run: readonly Cost[];
  /** The start-up, and whatever the harness does for this size. */
  readonly idle: readonly Cost[];
}

/** How a cost grows. */
export interface Growth {
  /** Of each size but the smallest, its cost : the smallest's. */
  readonly factors: readonly number[];
  /**
   * The growth is as this power of the size, from the middle size to the greatest: 1 is linear; undefined
   * where there is too little growth to tell.
   */
  readonly power: number | undefined;
  readonly verdict: 'flat' | 'linear or less' | 'ABOVE LINEAR' | 'too noisy to tell';
}

/** So little growth, against the smallest, counts as none. Memory grows in steps. */
const flat = { time: 1.15, memory: 1.5 };

/** Measured to within this, a power is still linear: of twice the size, 2.3 times the cost. */
const linear = 1.2;

/**
 * How a cost grows with the size. What the idle process costs more at a size than at the smallest is the
 * harness's growth, and is taken away.
 * @param measured by size, the smallest first
 */
export function growthOf(
  measured: readonly Measured[],
  of: (cost: Cost) => number | undefined,
  kind: keyof typeof flat = 'time',
): Growth {
  const known = (costs: readonly Cost[]) => costs.map((cost) => of(cost) ?? Number.NaN);
  const [first] = measured;
  const idle = figureOf(known(first?.idle ?? [])).median;
  return growthOfCosts(
    measured.map(({ size }) => size),
    measured.map((each) => {
      const harness = figureOf(known(each.idle)).median - idle;
      return figureOf(known(each.run).map((cost) => cost - harness));
    }),
    kind,
  );
}

/** How costs grow with sizes, the smallest first. */
export function growthOfCosts(
  sizes: readonly number[],
  costs: readonly Figure[],
  kind: keyof typeof flat = 'time',
): Growth {
  const [least, middle, most] = [costs[0], costs[middleOf(costs)], costs.at(-1)];
  const [from = 0, half = 0, to = 0] = [sizes[0], sizes[middleOf(sizes)], sizes.at(-1)];
  if (!least || !middle || !most) return { factors: [], power: undefined, verdict: 'flat' };
  const factors = costs.slice(1).map(({ median }) => median / least.median);
  if (!(most.median / least.median >= flat[kind]))
    return { factors, power: undefined, verdict: 'flat' };
  const power = (greatest: number, before: number) => {
    // No growth up to the middle, and growth after it: above any power.
    const byCost = (greatest - least.median) / Math.max(before - least.median, 0);
    return Math.log(byCost) / Math.log((to - from) / (half - from));
  };
  const likely = power(most.median, middle.median);
  const atLeast = power(most.low, middle.high);
  const clear = atLeast > linear ? 'ABOVE LINEAR' : 'too noisy to tell';
  return { factors, power: likely, verdict: likely > linear ? clear : 'linear or less' };
}

const middleOf = (list: readonly unknown[]) => Math.floor(list.length / 2);
