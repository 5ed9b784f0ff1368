import * as z from 'zod/mini';
import { operatorCommand } from '../command.ts';
import { changing } from '../given.ts';
import { guarded } from '../install/guarded.ts';
import { actSchema, keptSchema, programOption } from '../install/options.ts';
import { runBack } from '../install/run-back.ts';

const given = () =>
  z.object({ options: z.object({ ...changing(), programDir: z.optional(z.string()) }) });

const document = () =>
  z.object({
    done: z.boolean(),
    acts: z.array(actSchema()),
    /** Names that another file has taken since: not touched. */
    foreign: z.array(z.string()),
    /** What was kept for those. */
    kept: z.array(keptSchema()),
    /** Still in use: the next run removes it. */
    left: z.array(z.string()),
  });

/** `wincni rollback`: back by one install or upgrade. */
export const rollbackCommand = operatorCommand({
  name: 'rollback',
  summary: 'undoes the last install or upgrade: what stood there is put back, byte for byte',
  options: programOption,
  examples: [['wincni rollback --dry-run', 'says step by step what it would do']],
  changes: true,
  given,
  document,
  run: async (operator, { options }) => guarded(() => runBack(operator, options, 'rollback')),
});

/** `wincni uninstall`: back to what was there before the first install. */
export const uninstallCommand = operatorCommand({
  name: 'uninstall',
  summary: 'undoes every install and upgrade, and removes the program',
  about:
    'What stood under each name before the first install is put back. A name that another file has taken since is not touched.',
  options: programOption,
  examples: [['wincni uninstall', 'asks, then puts back what was there before']],
  changes: true,
  given,
  document,
  run: async (operator, { options }) => guarded(() => runBack(operator, options, 'uninstall')),
});
