import type { Facts } from '../facts/facts.ts';
import type { Configurations } from './reading/configurations.ts';

/** How bad it is: pods fail, or will; something is amiss; good to know. */
export type Level = 'fail' | 'warn' | 'note';

/** What one check says. */
export interface Finding<Of extends Level = Level> {
  readonly level: Of;
  /** What is wrong, with what was found: one sentence, without a full stop. */
  readonly what: string;
  /** What to do, lines; a command or a snippet stands alone on its line. */
  readonly remedy: readonly string[];
}

/** A rule over facts. Pure: the same facts, the same findings. */
export interface Check<Of extends Level = Level> {
  /** `node.build`: group and name. */
  readonly id: string;
  /** What it looks at, for `doctor --help checks`: one line. */
  readonly about: string;
  /** The levels of all that it may find: each has a sick fixture in test/fixtures/facts/sick. */
  readonly levels: readonly Of[];
  /** Whether there is such a thing on the node at all, as far as the facts say it: of what is not there, nothing is missing. */
  readonly concerns?: (facts: Facts) => boolean;
  /** The facts it cannot do without: keys of Facts, or a part as `missing` names it. */
  readonly needs: readonly string[];
  /** Whether it says anything of such a node: exceptions need a configuration, 4789 an overlay. Always, if not said. */
  readonly applies?: (node: CheckedNode) => boolean;
  /** Why it cannot be told of this node, though the facts are there: it is skipped then. */
  readonly unknown?: (node: CheckedNode) => string | undefined;
  /** What it found: nothing, if all is well. */
  readonly find: (node: CheckedNode) => readonly Finding<Of>[];
}

/** A check that finds what its `levels` name and nothing else: the compiler holds it to them. */
export function check<const Of extends Level>(declared: Check<Of>): Check<Of> {
  return declared;
}

/** The facts, and what is read of them once for all checks (checks/node.ts). */
export interface CheckedNode {
  readonly facts: Facts;
  /** The configurations, as the runtime and the plugins read them. */
  readonly configurations: Configurations;
}

/** What became of a check. */
export interface Outcome {
  readonly id: string;
  readonly result: 'ok' | 'note' | 'warn' | 'fail' | 'skipped' | 'not applicable';
  readonly findings: readonly Finding[];
  /** Why it was skipped. */
  readonly why?: string;
}
