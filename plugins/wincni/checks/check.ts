import type { Facts } from '../facts/facts.ts';
import type { Configurations } from './reading/configurations.ts';

/** What one check says. */
export interface Finding {
  readonly level: 'fail' | 'warn' | 'note';
  /** What is wrong, with what was found: one sentence, without a full stop. */
  readonly what: string;
  /** What to do, lines; a command or a snippet stands alone on its line. */
  readonly remedy: readonly string[];
}

/** A rule over facts. Pure: the same facts, the same findings. */
export interface Check {
  /** `node.build`: group and name. */
  readonly id: string;
  /** What it looks at, for `doctor --help checks`: one line. */
  readonly about: string;
  /** The facts it cannot do without: keys of Facts, or a part as `missing` names it. */
  readonly needs: readonly string[];
  /** Whether it says anything of such a node: exceptions need a configuration, 4789 an overlay. Always, if not said. */
  readonly applies?: (node: CheckedNode) => boolean;
  /** What it found: nothing, if all is well. */
  readonly find: (node: CheckedNode) => readonly Finding[];
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
