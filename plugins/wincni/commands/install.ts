import * as z from 'zod/mini';
import { outcomesSchema } from '../checks/outcomes-document.ts';
import { operatorCommand } from '../command.ts';
import { guarded } from '../install/guarded.ts';
import { actSchema, folderOptions, installing, keptSchema } from '../install/options.ts';
import { runInstall } from '../install/run-install.ts';

const nameOptions = [
  ['--names <names>', 'these plugins, with commas between, or all'],
  ['--copy', 'a file of its own for each name, where links are not wanted'],
] as const;

const given = () =>
  z.object({
    options: z.object({
      ...installing(),
      names: z.optional(z.string()),
      copy: z.optional(z.boolean()),
      confDir: z.optional(z.string()),
    }),
  });

const document = () =>
  z.object({
    version: z.string(),
    binDir: z.string(),
    names: z.array(z.string()),
    /** False for --dry-run, and where all was there. */
    done: z.boolean(),
    acts: z.array(actSchema()),
    kept: z.array(keptSchema()),
    /** Still in use: the next run removes it. */
    left: z.array(z.string()),
    notes: z.array(z.string()),
    /** Doctor's, of the executables and the configurations, afterwards. */
    checks: outcomesSchema(),
  });

const about =
  "The file goes to %ProgramFiles%\\wincni\\<version>, and links of it into the runtime's folder of plugins. " +
  'What stood there is kept, and rollback puts it back byte for byte. No configuration is changed, nothing is ' +
  'restarted; what doctor says of executables and configurations follows. Where a plugin is running, its old file stays in use until it ends.';

/** `wincni install`: this executable under the names of plugins. */
export const installCommand = operatorCommand({
  name: 'install',
  summary: 'puts this executable under the names of plugins; what stood there is kept',
  about: `${about}\n\nWithout --names: those that the configurations name and those that are ours already; if there are none, flannel, win-overlay, win-bridge and host-local.`,
  options: [
    ...folderOptions,
    ['--conf-dir <folder>', "the runtime's folder of configurations"],
    ...nameOptions,
  ],
  examples: [
    ['wincni install --dry-run', 'says step by step what it would do'],
    ['wincni install --names flannel,win-overlay,host-local --yes', 'for a script'],
  ],
  changes: true,
  given,
  document,
  run: async (operator, { options }) => guarded(() => runInstall(operator, options, 'install')),
});

/** `wincni upgrade`: the same, where an older one is installed. */
export const upgradeCommand = operatorCommand({
  name: 'upgrade',
  summary: 'the same, where an older one is installed; refuses to go back',
  about: `Run by the newer executable.\n\n${about}`,
  options: [
    ...folderOptions,
    ['--conf-dir <folder>', "the runtime's folder of configurations"],
    ...nameOptions,
  ],
  examples: [['wincni upgrade', 'run by the newer executable, from where it was unpacked']],
  changes: true,
  given,
  document,
  run: async (operator, { options }) => guarded(() => runInstall(operator, options, 'upgrade')),
});
