import * as z from 'zod/mini';
import type { Described } from '../command.ts';
import { changing } from '../given.ts';

/** The options that the commands about installing share. */
export const folderOptions: readonly Described[] = [
  ['--bin-dir <folder>', "the runtime's folder of plugins, where it is not found"],
  ['--program-dir <folder>', 'where wincni itself is: %ProgramFiles%\\wincni'],
];

export const programOption: readonly Described[] = folderOptions.slice(1);

/** The fields of those that change something. */
export function installing() {
  return { ...changing(), binDir: z.optional(z.string()), programDir: z.optional(z.string()) };
}

export const actSchema = () =>
  z.object({
    act: z.enum(['copy', 'link', 'place', 'restore', 'remove']),
    from: z.optional(z.string()),
    to: z.optional(z.string()),
    keep: z.optional(z.string()),
    path: z.optional(z.string()),
    bytes: z.optional(z.number()),
  });

/** A file that was kept. */
export const keptSchema = () =>
  z.object({
    of: z.string(),
    file: z.object({ path: z.string(), sha256: z.string(), size: z.number() }),
  });
