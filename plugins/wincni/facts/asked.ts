import { exit, OperatorError } from '../exit.ts';
import type { Operator } from '../operator.ts';
import type { Facts } from './facts.ts';
import { gatherFacts } from './gather.ts';
import { factsIn } from './saved.ts';

/** Which facts an operator asks for: the options of a command. */
export interface FactsOptions {
  readonly facts?: string | undefined;
  readonly saveFacts?: string | undefined;
  readonly root?: string | undefined;
  readonly confDir?: string | undefined;
  readonly binDir?: string | undefined;
}

/** The facts that were saved, or those of this node. */
export async function factsFor(operator: Operator, options: FactsOptions): Promise<Facts> {
  const { binDir, confDir, facts, root, saveFacts: save } = options;
  if (facts === undefined) return gatherFacts(operator, { root, confDir, binDir });
  if ([binDir, confDir, root, save].every((value) => value === undefined)) {
    return factsIn(operator, facts);
  }
  throw new OperatorError(
    exit.usage,
    '--facts looks at no node: it goes with none of --root, --conf-dir, --bin-dir and --save-facts',
  );
}
