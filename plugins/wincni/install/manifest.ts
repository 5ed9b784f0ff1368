import * as z from 'zod/mini';
import { once } from '../../../system/once.ts';
import { readIfThere, replaceWhole } from '../../../system/whole-files.ts';
import { bare } from '../checks/commands.ts';
import { exit, OperatorError } from '../exit.ts';
import type { Installer } from './installer.ts';

/**
 * What was installed, and what stood there before: `installed.json` beside the versions. It is written
 * before anything is done and after all is done, whole each time: whatever is killed in between is
 * finished or undone by the next run.
 */

/** A file that stood in the way, moved aside. */
const keptFile = z.object({ path: z.string(), sha256: z.string(), size: z.number() });

/** A name under which something was put, and what stood there. */
const place = z.object({ path: z.string(), before: z.optional(keptFile) });

/** One install or upgrade: what it changed. */
const step = z.object({
  number: z.number(),
  version: z.string(),
  sha256: z.string(),
  /** ISO 8601. */
  at: z.string(),
  places: z.array(place),
});

const manifestSchema = once(() =>
  z.object({
    schema: z.literal(1),
    /** Oldest first. */
    steps: z.array(step),
    /** What was begun and did not end: it is undone, back behind the step of this number. */
    begun: z.optional(z.object({ what: z.enum(['install', 'rollback']), to: z.number() })),
    /** Where it put something, or began to. */
    folders: z.array(z.string()),
    /** What was kept and could not be put back, for another file stands there now. It is not ours to remove. */
    orphans: z.array(z.object({ of: z.string(), file: keptFile })),
  }),
);

export type Manifest = z.infer<ReturnType<typeof manifestSchema>>;
export type Step = z.infer<typeof step>;
export type Place = z.infer<typeof place>;
export type KeptFile = z.infer<typeof keptFile>;

const nothing: Manifest = { schema: 1, steps: [], folders: [], orphans: [] };

/** Reads it; where there is none, nothing was installed. Throws OperatorError for a damaged one. */
export function readManifest({ host, layout }: Installer): Manifest {
  const text = readIfThere(host.files, layout.manifest);
  if (text === undefined) return nothing;
  const { data, error } = z.safeParse(manifestSchema(), parsed(text));
  if (data !== undefined) return data;
  const [issue] = error?.issues ?? [];
  throw new OperatorError(
    exit.failed,
    `${layout.manifest} is damaged (${issue?.path.join('.')}: ${issue?.message}): it says what was installed, and is not written over`,
    [
      'what stood there before is kept in the folders .wincni-kept beside the plugins and this file; move it away to begin anew:',
      `Rename-Item ${bare(layout.manifest)} installed.damaged.json`,
    ],
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Writes it whole. */
export function writeManifest({ host, layout }: Installer, manifest: Manifest): void {
  replaceWhole(host, layout.manifest, `${JSON.stringify(manifest, null, 2)}\n`);
}
