import * as z from 'zod/mini';

/** What became of checks, as `--json` prints it: the schema of a list of Outcome. */
export function outcomesSchema() {
  return z.array(
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
  );
}
