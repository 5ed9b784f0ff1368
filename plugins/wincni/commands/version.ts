import * as z from 'zod/mini';
import type { CacheState } from '../../../system/parts.ts';
import { operatorCommand } from '../command.ts';
import { exit } from '../exit.ts';
import { shared } from '../given.ts';

/** `wincni version`: what this executable is, and how well it starts. Asks nobody, starts nothing. */
export const versionCommand = operatorCommand({
  name: 'version',
  summary: 'the version; with --verbose also of Node, and whether it takes the compiled code',
  options: [['--verbose', 'of Node, and of the compiled code, too']],
  examples: [['wincni version --verbose', 'what this executable is, and how well it starts']],
  given: () => z.object({ options: z.object({ ...shared(), verbose: z.optional(z.boolean()) }) }),
  document: () =>
    z.object({
      version: z.string(),
      node: z.string(),
      platform: z.string(),
      arch: z.string(),
      compiledCode: z.optional(z.record(z.string(), z.enum(['taken', 'refused', 'none']))),
    }),
  async run({ program, version }, { options }) {
    const { arch, caches, node, platform } = program;
    const states = options.verbose ? caches() : undefined;
    const lines = options.verbose
      ? [`wincni ${version}`, `Node.js ${node}, ${platform} ${arch}`, describe(states)]
      : [`wincni ${version}`];
    return {
      exitCode: exit.fine,
      document: {
        version,
        node,
        platform,
        arch,
        ...(states ? { compiledCode: Object.fromEntries(states) } : {}),
      },
      text: () => `${lines.join('\n')}\n`,
    };
  },
});

function describe(caches: ReadonlyMap<string, CacheState> | undefined): string {
  if (!caches) return 'run from its sources: no compiled code';
  const named = (state: CacheState) =>
    [...caches].filter(([, found]) => found === state).map(([name]) => name);
  const taken = `compiled code: taken for ${named('taken').length} of ${caches.size} parts`;
  const others = (['refused', 'none'] as const).flatMap((state) => {
    const names = named(state);
    return names.length === 0 ? [] : [`  ${state}: ${names.join(', ')}`];
  });
  return [taken, ...others].join('\n');
}
