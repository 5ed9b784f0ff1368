import type { Json } from '../helpers/trial-node.ts';
import { tables } from './configurations.ts';
import { type Part, type Place, places } from './parts.ts';

/**
 * What the reference and ours are asked, side by side: each entry of the tables by itself on every network
 * in both dialects, and mixtures of them drawn from a seed.
 */

/** One command of a runtime. */
export interface Step {
  readonly command: 'ADD' | 'CHECK' | 'DEL';
  readonly containerId: string;
  readonly netns: string;
}

export interface Case {
  readonly title: string;
  readonly place: Place;
  readonly dialect: 'v1' | 'v2';
  /** What is in it, by the tables' words. */
  readonly parts: readonly string[];
  readonly config: Json;
  readonly steps: readonly Step[];
}

export const sandboxes: Readonly<Record<string, string>> = {
  pod1: '7e2f9d10-3c55-4b1e-8a27-90c4e5d1b001',
  pod2: '7e2f9d10-3c55-4b1e-8a27-90c4e5d1b002',
  pod3: '7e2f9d10-3c55-4b1e-8a27-90c4e5d1b003',
  pod4: '7e2f9d10-3c55-4b1e-8a27-90c4e5d1b004',
};

type Steps = readonly (readonly [Step['command'], container: string])[];

/** What a runtime does with it: all containers are sandboxes but those of `workload`. */
const stories: Readonly<Record<string, Steps>> = {
  'added, deleted': [
    ['ADD', 'pod1'],
    ['DEL', 'pod1'],
  ],
  'added twice, deleted twice': [
    ['ADD', 'pod1'],
    ['ADD', 'pod1'],
    ['DEL', 'pod1'],
    ['DEL', 'pod1'],
  ],
  'two pods': [
    ['ADD', 'pod1'],
    ['ADD', 'pod2'],
    ['DEL', 'pod2'],
    ['DEL', 'pod1'],
  ],
  'deleted, never added': [['DEL', 'pod1']],
  'added, checked, deleted': [
    ['ADD', 'pod1'],
    ['CHECK', 'pod1'],
    ['DEL', 'pod1'],
  ],
  'checked, never added': [
    ['CHECK', 'pod1'],
    ['DEL', 'pod1'],
  ],
  'a sandbox that is gone': [
    ['ADD', 'gone'],
    ['DEL', 'gone'],
  ],
};

/** Docker's: a workload beside its sandbox. */
const shared: Steps = [
  ['ADD', 'pod1'],
  ['ADD', 'work1'],
  ['DEL', 'work1'],
  ['DEL', 'pod1'],
];

function stepsOf(story: Steps, dialect: Case['dialect']): readonly Step[] {
  return story.map(([command, containerId]) => ({
    command,
    containerId,
    netns:
      dialect === 'v2'
        ? (sandboxes[containerId] ?? '7e2f9d10-3c55-4b1e-8a27-90c4e5d1bfff')
        : containerId.startsWith('work')
          ? 'container:pod1'
          : 'none',
  }));
}

function caseOf(
  place: Place,
  dialect: Case['dialect'],
  parts: readonly Part[],
  [told, story]: readonly [string, Steps],
): Case {
  const says = [...parts.map((part) => part.says), told];
  const keys = parts.map((part) => part.keys(place));
  const runtimeConfig = Object.assign({}, ...keys.map((part) => part['runtimeConfig']));
  return {
    title: `${place.network}, ${dialect}: ${says.join('; ')}`,
    place,
    dialect,
    parts: says,
    config: {
      name: place.network,
      type: place.plugin,
      apiVersion: dialect === 'v1' ? 1 : 2,
      ...Object.assign({}, ...keys),
      ...(Object.keys(runtimeConfig).length > 0 ? { runtimeConfig } : {}),
    },
    steps: stepsOf(story, dialect),
  };
}

const fits = ({ only }: Part, { plugin }: Place, dialect: Case['dialect']) =>
  only === undefined || only === plugin || only === dialect;

const usual = Object.values(tables).flatMap(([first]) => first ?? []);
const usualBut = (table: string, part: Part) =>
  Object.entries(tables).flatMap(([name, [first]]) => (name === table ? part : (first ?? [])));

/** Each entry of each table, and each story, by itself: on every network, in both dialects. */
function singles(place: Place, dialect: Case['dialect']): readonly Case[] {
  const short = ['added, deleted', stories['added, deleted'] ?? []] as const;
  const ofTables = Object.entries(tables).flatMap(([table, parts]) =>
    parts
      .filter((part, index) => index > 0 && fits(part, place, dialect))
      .map((part) => caseOf(place, dialect, usualBut(table, part), short)),
  );
  const told = Object.entries(stories).map((story) => caseOf(place, dialect, usual, story));
  const docker =
    dialect === 'v1' ? [caseOf(place, dialect, usual, ['a workload beside it', shared])] : [];
  return [...ofTables, ...told, ...docker];
}

/** So many mixtures, drawn from a seed: one entry of each table, and a story. */
export function mixtures(count: number, seed: number): readonly Case[] {
  const draw = randomFrom(seed);
  const pick = <Entry>(entries: readonly Entry[]): Entry | undefined =>
    entries[Math.floor(draw() * entries.length)];
  return Array.from({ length: count }, (_, index) => {
    const place = pick(places) ?? { plugin: 'win-bridge', network: '', subnet: '' };
    const dialect = draw() < 0.5 ? 'v1' : 'v2';
    // The others say again what a table before them says: they are for themselves.
    const parts = Object.entries(tables).flatMap(
      ([name, table]) =>
        (name === 'others' ? table[0] : pick(table.filter((part) => fits(part, place, dialect)))) ??
        [],
    );
    const made = caseOf(place, dialect, parts, pick(Object.entries(stories)) ?? ['', []]);
    return { ...made, title: `mixture ${seed}/${index}: ${made.title}` };
  });
}

/** A sequence of numbers from 0 to 1 that a seed decides (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Everything by itself. */
export const eachAlone: readonly Case[] = places.flatMap((place) =>
  (['v1', 'v2'] as const).flatMap((dialect) => singles(place, dialect)),
);
