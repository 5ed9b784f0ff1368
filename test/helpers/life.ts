import { describe, expect, it } from 'vitest';
import type { JournalLine } from '../../scripts/simulated-node.ts';
import { commandsOfPods } from './life-commands.ts';
import { otherDialects } from './life-dialects.ts';
import { refusalsOfHns } from './life-refusals.ts';
import { rulesOfPods } from './life-rules.ts';
import { type Part, type Place, places } from './place.ts';
import type { TrialOptions } from './trial-node.ts';

/** On which nodes each part of a pod's life is played. */
export type Parts = Readonly<Record<Part, readonly Place[]>>;

/** All of it: on the simulator, in this process, where a command takes a few milliseconds. */
export const wholeLife: Parts = { commands: places, refusals: places, rules: places };

const [firstPlace] = places;

/**
 * What may differ by the way to HNS or by the executable, each command of which starts a process.
 *
 * - commands, on every node: each mode sends documents and options of its own, which have to arrive
 *   as they left, and no way may ask HNS more often than another.
 * - refusals, on one node: a code of HNS comes through a transport the same in every mode. Here are
 *   both dialects, calls that fail before and after an effect, and codes that steer an ADD.
 * - rules: not here. They depend on what the documents say, not on how they came; the calls they
 *   make are all among those of the other parts, which the simulator's life makes sure of.
 */
export const lifeByTransport: Parts = {
  commands: places,
  refusals: firstPlace ? [firstPlace] : [],
  rules: [],
};

const partsOfLife = [
  { part: 'commands', title: 'day by day', play: commandsOfPods },
  { part: 'refusals', title: 'when HNS refuses', play: refusalsOfHns },
  { part: 'rules', title: 'by the rules', play: rulesOfPods },
] as const;

/** A pod's life on every kind of node: what must hold however HNS is reached. */
export function lifeOfPods(options: TrialOptions, parts: Parts): void {
  /** The HNS calls, by the part and the node they were made in. */
  const made = new Map<string, readonly JournalLine[]>();
  const keyOf = (part: Part, { conf }: Place) => `${part} of ${conf}`;
  for (const place of places) {
    describe(place.conf, () => {
      for (const { part, play, title } of partsOfLife) {
        if (!parts[part].includes(place)) continue;
        const key = keyOf(part, place);
        const onPlayed = (calls: readonly JournalLine[]) => {
          made.set(key, [...(made.get(key) ?? []), ...calls]);
        };
        describe(title, () => play(place, { ...options, onPlayed }));
      }
    });
  }
  otherDialects(options);

  if (parts !== wholeLife) return;
  it('has no call or refusal of HNS that the other ways to it are not tried with', () => {
    const tried = new Set(
      partsOfLife.flatMap(({ part }) =>
        lifeByTransport[part].flatMap((place) => kindsOf(made.get(keyOf(part, place)) ?? [])),
      ),
    );
    expect(tried.size).toBeGreaterThan(10);
    const untried = [...made].flatMap(([key, calls]) =>
      kindsOf(calls).flatMap((kind) => (tried.has(kind) ? [] : [`${key}: ${kind}`])),
    );
    expect(untried).toEqual([]);
  });
}

/** `v2 CreateEndpoint 0x803B002F`, each once. */
function kindsOf(calls: readonly JournalLine[]): string[] {
  return [
    ...new Set(
      calls.map(({ api, code, operation, target }) =>
        [api, operation.replace(target || '-', '<id>'), code ?? 'succeeds'].join(' '),
      ),
    ),
  ];
}
