import * as z from 'zod/mini';

/** What every command takes: the fields of its options' schema. */
export function shared() {
  return { json: z.optional(z.boolean()) };
}

/** What a command that changes something takes, too. */
export function changing() {
  return { ...shared(), dryRun: z.optional(z.boolean()), yes: z.optional(z.boolean()) };
}

/** What a command that looks at a node takes, too: where it looks. */
export function gathering() {
  return {
    root: z.optional(z.string().check(z.minLength(1))),
    confDir: z.optional(z.string().check(z.minLength(1))),
    binDir: z.optional(z.string().check(z.minLength(1))),
  };
}

/** The same, for its --help. */
export const gatheringOptions = [
  ['--conf-dir <folder>', 'where the configurations are, if not where the runtime says'],
  ['--bin-dir <folder>', 'where the plugins are, if not where the runtime says'],
  ['--root <folder>', "looks at the files below this folder, as a node's"],
] as const;
