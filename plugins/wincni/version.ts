import type { CacheState } from '../../system/parts.ts';

/** `wincni version`: what this executable is, and how well it starts. */

/** What is known of the executable. */
export interface ExecutableFacts {
  /** Of the suite. */
  readonly version: string;
  readonly node: string;
  readonly platform: string;
  readonly arch: string;
  /** Whether each part's compiled code is taken by this Node on this machine; undefined where the sources are run. */
  readonly caches: ReadonlyMap<string, CacheState> | undefined;
}

/** The text of `wincni version --verbose`. */
export function describeExecutable(facts: ExecutableFacts): string {
  const lines = [
    `wincni ${facts.version}`,
    `Node.js ${facts.node}, ${facts.platform} ${facts.arch}`,
    facts.caches ? describeCaches(facts.caches) : 'run from its sources: no compiled code',
  ];
  return `${lines.join('\n')}\n`;
}

function describeCaches(caches: ReadonlyMap<string, CacheState>): string {
  const named = (state: CacheState) =>
    [...caches].filter(([, found]) => found === state).map(([name]) => name);
  const taken = `compiled code: taken for ${named('taken').length} of ${caches.size} parts`;
  const others = (['refused', 'none'] as const).flatMap((state) => {
    const names = named(state);
    return names.length === 0 ? [] : [`  ${state}: ${names.join(', ')}`];
  });
  return [taken, ...others].join('\n');
}
