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
const permissions = z.record(z.string(), z.string());
const step = z.object({
  run: z.optional(z.string()),
  shell: z.optional(z.string()),
  uses: z.optional(z.string()),
  with: z.optional(z.record(z.string(), z.unknown())),
});
const schema = z.object({
  on: z.record(z.string(), z.unknown()),
  permissions,
  jobs: z.record(
    z.string(),
    z.object({
      defaults: z.optional(shell),
      permissions: z.optional(permissions),
      steps: z.array(step),
    }),
  ),
});

/** Reads a workflow. Throws where it has not what every one of ours has. */
export function readWorkflow(text: string) {
  const { jobs, on, permissions } = z.parse(schema, parse(text));
  const steps = Object.entries(jobs).flatMap(([job, { defaults, steps }]) =>
    steps.flatMap(({ run, shell }): readonly RunStep[] =>
      run === undefined ? [] : [{ job, shell: shell ?? defaults?.run.shell, text: run }],
    ),
  );
  return {
    events: Object.keys(on),
    permissions,
    /** The rights of each job that says its own. */
    jobPermissions: Object.fromEntries(
      Object.entries(jobs).flatMap(([job, { permissions: own }]) => (own ? [[job, own]] : [])),
    ),
    /** What each checkout is told. */
    checkouts: Object.values(jobs)
      .flatMap((job) => job.steps)
      .filter(({ uses }) => uses?.startsWith('actions/checkout@'))
      .map((checkout) => checkout.with ?? {}),
    steps,
  };
}
