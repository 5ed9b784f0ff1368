import type { Case } from './cases.ts';
import type { Observed } from './observe.ts';

/** Where ours is deliberately another than the reference. */
export interface Difference {
  readonly id: string;
  /** Why. */
  readonly reason: string;
  /** How the README's list says it: a sentence that stands there. */
  readonly readme: string;
  /** What we do where the reference does this. Gives it back as it is where nothing is different. */
  readonly becomes: (theirs: readonly Observed[], played: Case) => readonly Observed[];
}

export const differences: readonly Difference[] = [];
