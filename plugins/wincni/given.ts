import * as z from 'zod/mini';

/** What every command takes: the fields of its options' schema. */
export function shared() {
  return { json: z.optional(z.boolean()) };
}

/** What a command that changes something takes, too. */
export function changing() {
  return { ...shared(), dryRun: z.optional(z.boolean()), yes: z.optional(z.boolean()) };
}
