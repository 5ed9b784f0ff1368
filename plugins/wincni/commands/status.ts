import { basename } from 'node:path';
import * as z from 'zod/mini';
import { operatorCommand } from '../command.ts';
import { exit } from '../exit.ts';
import { shared } from '../given.ts';
import { guarded } from '../install/guarded.ts';
import { asFolder, installerOf } from '../install/installer.ts';
import { leftovers } from '../install/leftovers.ts';
import { readManifest } from '../install/manifest.ts';
import { folderOptions, keptSchema } from '../install/options.ts';
import { type NameStatus, statusOf } from '../install/status.ts';
import { leftText, orphansText } from '../install/text.ts';
import { table } from '../terminal.ts';

/** `wincni status`: what is installed. */
export const statusCommand = operatorCommand({
  name: 'status',
  summary: 'which version is installed under which name, and what is kept',
  options: folderOptions,
  examples: [['wincni status', 'what is installed']],
  given: () =>
    z.object({
      options: z.object({
        ...shared(),
        binDir: z.optional(z.string()),
        programDir: z.optional(z.string()),
      }),
    }),
  document: () =>
    z.object({
      version: z.optional(z.string()),
      program: z.optional(z.string()),
      /** What did not end: the next install or rollback undoes it. */
      begun: z.optional(z.enum(['install', 'rollback'])),
      names: z.array(
        z.object({
          path: z.string(),
          version: z.optional(z.string()),
          way: z.enum(['link', 'copy', 'other', 'missing']),
          original: z.optional(z.string()),
        }),
      ),
      /** Every install and upgrade that rollback can undo, oldest first. */
      steps: z.array(z.object({ version: z.string(), at: z.string() })),
      kept: z.array(keptSchema()),
      left: z.array(z.string()),
    }),
  run: async (operator, { options }) =>
    guarded(() => {
      const installer = installerOf(operator, options.programDir);
      const manifest = readManifest(installer);
      const bins = options.binDir === undefined ? [] : [asFolder(options.binDir)];
      const names = statusOf(installer, manifest, bins);
      const left = leftovers(installer, manifest);
      const { begun, orphans, steps } = manifest;
      const last = steps.at(-1);
      const program = last && installer.layout.program(last.version);
      return {
        exitCode: begun ? exit.failures : exit.fine,
        document: {
          ...(last ? { version: last.version, program } : {}),
          ...(begun ? { begun: begun.what } : {}),
          names,
          steps: steps.map(({ at, version }) => ({ version, at })),
          kept: orphans,
          left,
        },
        text: (terminal) =>
          [
            last ? `wincni ${last.version}: ${program}\n` : 'wincni is not installed\n',
            begun ? `A run did not end: ${begun.what}. To undo it:\n  wincni rollback\n` : '',
            names.length > 0
              ? table(terminal, ['NAME', 'VERSION', 'BY', 'ORIGINAL', 'PATH'], names.map(rowOf))
              : '',
            orphansText(terminal, orphans),
            leftText(terminal, left),
          ].join(''),
      };
    }),
});

function rowOf({ original, path, version, way }: NameStatus): readonly string[] {
  const name = basename(path).replace(/\.exe$/i, '');
  return [name, version ?? '-', way, original === undefined ? '-' : 'kept', path];
}
