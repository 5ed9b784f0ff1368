import type { Facts } from '../facts/facts.ts';
import type { CheckedNode } from './check.ts';
import { readConfigurations } from './reading/configurations.ts';

/** Reads of the facts, once, what several checks ask about. */
export function checkedNode(facts: Facts): CheckedNode {
  return { facts, configurations: readConfigurations(facts) };
}
