import { isDeepStrictEqual } from 'node:util';
import type { Json } from '../helpers/trial-node.ts';
import type { Case } from './cases.ts';
import { differences } from './differences.ts';
import type { Observed } from './observe.ts';

/** The configuration with which the reference does what ours does, and the rules that change it. */
export function askedOfThem(played: Case): {
  readonly config: Json;
  readonly by: readonly string[];
} {
  return applied(played.config, (config, { asks }) => asks?.(config, played));
}

/** What ours does where the reference does this, and the rules that change it. */
export function expectedOfUs(
  theirs: readonly Observed[],
  played: Case,
): { readonly steps: readonly Observed[]; readonly by: readonly string[] } {
  const { by, config: steps } = applied(theirs, (sofar, { becomes }) => becomes?.(sofar, played));
  return { steps, by };
}

/** The rule that judges ours by itself, and what it has to say against it. */
export function judged(theirs: readonly Observed[], ours: readonly Observed[], played: Case) {
  for (const { id, judge } of differences) {
    const problems = judge?.(theirs, ours, played);
    if (problems) return { id, problems };
  }
  return undefined;
}

/** What is compared of a step: all but the words of an error. */
export const compared = (steps: readonly Observed[]) =>
  steps.map(({ said: _, ...rest }): Json => JSON.parse(JSON.stringify(rest)));

function applied<Value>(
  first: Value,
  rule: (value: Value, difference: (typeof differences)[number]) => Value | undefined,
): { readonly config: Value; readonly by: readonly string[] } {
  const by: string[] = [];
  let config = first;
  for (const difference of differences) {
    const then = rule(config, difference) ?? config;
    if (!isDeepStrictEqual(plain(then), plain(config))) by.push(difference.id);
    config = then;
  }
  return { config, by };
}

/** Without what is undefined, which JSON does not have. */
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
