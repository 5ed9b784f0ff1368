import { once } from '../../../system/once.ts';
import type { Facts } from '../facts/facts.ts';
import type { CheckedNode } from './check.ts';
import { readConfigurations } from './reading/configurations.ts';

/** Reads of the facts, once and when somebody asks, what several checks ask about. */
export function checkedNode(facts: Facts): CheckedNode {
  const configurations = once(() => readConfigurations(facts));
  return {
    facts,
    get configurations() {
      return configurations();
    },
  };
}
