import * as z from 'zod/mini';
import { outcomesSchema } from '../checks/outcomes-document.ts';
import { operatorCommand } from '../command.ts';
import { givenFiles } from '../config/given-files.ts';
import { validation } from '../config/validation.ts';
import { exitOf, outcomesText } from '../doctor/text.ts';
import { exit, OperatorError } from '../exit.ts';
import { fileFact } from '../facts/file-facts.ts';
import { nameOf } from '../facts/node-paths.ts';
import { shared } from '../given.ts';
import type { Operator } from '../operator.ts';
import { wrapped } from '../terminal.ts';

/** `wincni config validate`: doctor's checks of configurations, of files anywhere. */
export const configValidateCommand = operatorCommand({
  name: 'config validate',
  summary: 'what is wrong with a configuration, before a node has it',
  about:
    "Reads configurations as a runtime and the plugins read them, and says what doctor's checks (conf, overlay) find in them. " +
    'It asks nobody, and runs on any system: HNS, adapters and kubelet are not looked at.\n\n' +
    'Exit codes: 0 nothing is wrong, 3 failures found, 4 warnings only.',
  arguments: [['<path>', 'a file, a folder of them, or - for standard input']],
  options: [
    ['--subnet-env <file>', "flanneld's file: flannel hands on what it says"],
    ['--bin-dir <folder>', 'whether each plugin is there'],
    ['--all', 'shows what is well, too'],
  ],
  examples: [
    ['wincni config validate C:\\etc\\cni\\net.d', 'every configuration of a folder'],
    [
      'wincni config validate 10-flannel.conflist --subnet-env C:\\run\\flannel\\subnet.env',
      "what flannel's delegate would be called with, too",
    ],
  ],
  given: () =>
    z.object({
      arguments: z.tuple([z.string().check(z.minLength(1))]),
      options: z.object({
        ...shared(),
        subnetEnv: z.optional(z.string().check(z.minLength(1))),
        binDir: z.optional(z.string().check(z.minLength(1))),
        all: z.optional(z.boolean()),
      }),
    }),
  document: () =>
    z.object({
      files: z.array(z.string()),
      checks: outcomesSchema(),
    }),
  async run(operator, { arguments: [path], options }) {
    const files = givenFiles(operator, path);
    const outcomes = validation(
      {
        files,
        ...(options.subnetEnv === undefined
          ? {}
          : { subnetEnv: readSubnetEnv(operator, options.subnetEnv) }),
        ...(options.binDir === undefined ? {} : { bin: pluginsIn(operator, options.binDir) }),
      },
      operator,
    );
    return {
      exitCode: exitOf(outcomes),
      document: { files: files.map((file) => file.path), checks: outcomes },
      text: (terminal) =>
        `${wrapped(terminal, `of ${files.map((file) => nameOf(file.path)).join(', ')}`)}\n${outcomesText(terminal, outcomes, options.all)}`,
    };
  },
});

function readSubnetEnv({ machine }: Operator, path: string) {
  const fact = fileFact(machine.files, path);
  if (fact.text !== undefined) return fact;
  throw new OperatorError(exit.blind, `${path} cannot be read: ${fact.error}`);
}

function pluginsIn({ machine }: Operator, folder: string) {
  try {
    return { folder, names: machine.files.list(folder) };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new OperatorError(exit.blind, `${folder} cannot be read: ${why}`, [], { cause: error });
  }
}
