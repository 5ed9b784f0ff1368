import * as z from 'zod/mini';
import { checks } from '../checks/checks.ts';
import { isNamed, judge } from '../checks/judge.ts';
import { operatorCommand } from '../command.ts';
import { doctorText, exitOf } from '../doctor/text.ts';
import { exit, OperatorError } from '../exit.ts';
import { readFacts } from '../facts/read.ts';
import { shared } from '../given.ts';

/** `wincni doctor`: what is wrong on this node, and what mends it. It changes nothing. */
export const doctorCommand = operatorCommand({
  name: 'doctor',
  summary: 'what is wrong on this node, and the command that mends it',
  options: [
    ['--only <ids>', 'these checks alone, or groups: node,conf.exceptions'],
    ['--ignore <ids>', 'all but these'],
    ['--all', 'shows what is well, too'],
    ['--facts <file>', 'looks at facts that were saved, here or elsewhere'],
  ],
  examples: [['wincni doctor --facts facts.json', 'looks at the facts of another node']],
  given: () =>
    z.object({
      options: z.object({
        ...shared(),
        only: z.optional(z.string()),
        ignore: z.optional(z.string()),
        all: z.optional(z.boolean()),
        facts: z.optional(z.string()),
      }),
    }),
  document: () =>
    z.object({
      checks: z.array(
        z.object({
          id: z.string(),
          result: z.enum(['ok', 'note', 'warn', 'fail', 'skipped', 'not applicable']),
          why: z.optional(z.string()),
          findings: z.array(
            z.object({
              level: z.enum(['fail', 'warn', 'note']),
              what: z.string(),
              remedy: z.array(z.string()),
            }),
          ),
        }),
      ),
    }),
  async run(operator, { options }) {
    if (options.facts === undefined) {
      throw new OperatorError(
        exit.usage,
        'facts are not gathered yet: --facts names a file of them',
      );
    }
    const facts = readFacts(operator.machine.files.read(options.facts), options.facts);
    const only = namesIn(options.only);
    const ignore = namesIn(options.ignore) ?? [];
    const outcomes = judge(facts, checks, { ...(only ? { only } : {}), ignore });
    return {
      exitCode: exitOf(outcomes),
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
