import { parse } from 'yaml';
import * as z from 'zod/mini';

/** A `run:` of a workflow, as text, and the shell it is for. */
export interface RunStep {
  readonly job: string;
  /** Undefined where nothing is said: the runner's own. */
  readonly shell: string | undefined;
  readonly text: string;
}

const shell = z.object({ run: z.object({ shell: z.string() }) });
const schema = z.object({
  permissions: z.record(z.string(), z.string()),
  jobs: z.record(
    z.string(),
    z.object({
      defaults: z.optional(shell),
      steps: z.array(z.object({ run: z.optional(z.string()), shell: z.optional(z.string()) })),
    }),
  ),
});

/** Reads a workflow. Throws where it has not what every one of ours has. */
export function readWorkflow(text: string) {
  const { jobs, permissions } = z.parse(schema, parse(text));
  const steps = Object.entries(jobs).flatMap(([job, { defaults, steps }]) =>
    steps.flatMap(({ run, shell }): readonly RunStep[] =>
      run === undefined ? [] : [{ job, shell: shell ?? defaults?.run.shell, text: run }],
    ),
  );
  return { permissions, steps };
}
