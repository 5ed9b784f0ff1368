import * as z from 'zod/mini';
import { checks } from '../checks/checks.ts';
import { isNamed, judge } from '../checks/judge.ts';
import { outcomesSchema } from '../checks/outcomes-document.ts';
import { operatorCommand } from '../command.ts';
import { doctorText, exitOf } from '../doctor/text.ts';
import { checksText, limitsText } from '../doctor/topics.ts';
import { exit, OperatorError } from '../exit.ts';
import { factsFor } from '../facts/asked.ts';
import { isBlind } from '../facts/known.ts';
import { saveFacts } from '../facts/saved.ts';
import { gathering, gatheringOptions, shared } from '../given.ts';

/** `wincni doctor`: what is wrong on this node, and what mends it. It changes nothing. */
export const doctorCommand = operatorCommand({
  name: 'doctor',
  summary: 'what is wrong on this node, and the command that mends it',
  about:
    'Looks at the node: its files, HNS, the runtime, and what Windows says of itself. It changes nothing. ' +
    'What needs rights that are not there is skipped, and counts as neither well nor wrong.',
  topics: [
    ['checks', 'every check, with what it looks at', (terminal) => checksText(terminal, checks)],
    ['limits', 'what Windows pods cannot do, whatever the configuration', limitsText],
  ],
  options: [
    ['--only <ids>', 'these checks alone, or groups: node,conf.exceptions'],
    ['--ignore <ids>', 'all but these'],
    ['--all', 'shows what is well, too'],
    ['--facts <file>', 'looks at facts that were saved, or at a bundle of support'],
    ['--save-facts <file>', 'writes down what was found, to be looked at elsewhere'],
    ...gatheringOptions,
  ],
  examples: [
    ['wincni doctor', 'looks at this node'],
    ['wincni doctor --only conf,flannel', 'the checks of two groups'],
    ['wincni doctor --save-facts facts.json', 'keeps what was found'],
    ['wincni doctor --facts facts.json', 'looks at the facts of another node'],
    ['wincni doctor --facts node.zip', 'looks at what wincni support packed'],
  ],
  given: () =>
    z.object({
      options: z.object({
        ...shared(),
        ...gathering(),
        only: z.optional(z.string()),
        ignore: z.optional(z.string()),
        all: z.optional(z.boolean()),
        facts: z.optional(z.string()),
        saveFacts: z.optional(z.string()),
      }),
    }),
  document: () =>
    z.object({
      checks: outcomesSchema(),
    }),
  async run(operator, { options }) {
    const only = namesIn(options.only);
    const ignore = namesIn(options.ignore) ?? [];
    const facts = await factsFor(operator, options);
    if (options.saveFacts !== undefined) saveFacts(operator, facts, options.saveFacts);
    const outcomes = judge(facts, checks, { ...(only ? { only } : {}), ignore });
    return {
      exitCode: isBlind(facts) ? exit.blind : exitOf(outcomes),
      document: { checks: outcomes },
      text: (terminal) => doctorText(terminal, facts, outcomes, options.all),
    };
  },
});

/** Names with commas between. Throws for one that is no check's and no group's. */
function namesIn(text: string | undefined): readonly string[] | undefined {
  const names = text?.split(',').map((name) => name.trim());
  const unknown = names?.find((name) => !checks.some(({ id }) => isNamed(id, [name])));
  if (unknown === undefined) return names;
  throw new OperatorError(exit.usage, `no check is named ${unknown}`, [
    'wincni doctor --help checks',
  ]);
}
