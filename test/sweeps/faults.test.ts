import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { knownCode } from '../../hns-bridge/hresults.ts';
import { isLong } from '../helpers/long.ts';
import type { FileOperation } from '../helpers/memory-node.ts';
import { root } from '../helpers/trial-node.ts';
import { tell } from './counts.ts';
import { fileBlows, fileErrors } from './file-blows.ts';
import { atCall, faultsOf } from './hns-blows.ts';
import { type Blow, judgeOf } from './judge.ts';
import { killBefore } from './kills.ts';
import { places } from './places.ts';
import { type Prepared, prepare, type Scenario, scenarios } from './scenarios.ts';

/** Every HRESULT in the table, as its source lists them, and one that is in nobody's. */
const table = readFileSync(join(root, 'hns-bridge/hresults.ts'), 'utf8');
const known = [...table.matchAll(/\[(0x[0-9a-f]{8}), '/g)].map(([, code]) => Number(code));
const faults = faultsOf([...known, 0x803bffff]);

/** What a command does by itself. */
interface Recorded {
  readonly files: readonly FileOperation[];
  readonly calls: readonly string[];
  /** Both, in their order. */
  readonly effects: readonly string[];
}

/** The sweeps; where not all is tried, of each every so many-th blow, at every sixth place. */
const sweeps = [
  {
    name: 'HNS faults',
    stride: 307,
    counts: { 'codes and a strange one': known.length + 1, 'answers to each call': faults.length },
    blows: ({ calls }: Recorded) =>
      calls.flatMap((call, nth) => faults.map((fault) => atCall(nth, call, fault))),
  },
  {
    name: 'file faults',
    stride: 101,
    counts: { 'errors to each operation': fileErrors.length * 2 },
    blows: ({ files }: Recorded) => fileBlows(files),
  },
  {
    name: 'kills',
    stride: 11,
    counts: {},
    blows: ({ effects }: Recorded) => effects.map((effect, nth) => killBefore(nth, effect)),
  },
] as const;

it('knows the codes it tries', () => {
  expect(known.length).toBeGreaterThan(55);
  expect(known.filter((code) => knownCode(code) === undefined)).toEqual([]);
});

describe.each(sweeps)('$name', (sweep) => {
  const { blows, counts, name, stride } = sweep;
  const isHere = (at: number) => isLong || at % (2 * sweeps.length) === sweeps.indexOf(sweep);
  const total = { commands: 0, struck: 0, left: 0, cleanings: 0, problems: 0 };
  afterAll(() => {
    tell({
      sweep: name,
      counts: {
        'commands struck': total.commands,
        'places to strike at': total.struck,
        ...counts,
        'states left for DEL': total.left,
        'nodes cleaned up three ways': total.cleanings,
      },
      leftOver: total.problems,
    });
  });

  describe.each(places.filter((_, at) => isHere(at)))('$name', (place) => {
    const fitting = scenarios.filter(({ suits }) => suits(place));
    it.each(fitting)('$name is answered, and leaves nothing behind', async (scenario) => {
      const prepared = await prepare(place, scenario);
      const recorded = await record(prepared, scenario);
      const { cleanings, judge } = judgeOf(prepared, scenario);
      const all: readonly Blow[] = blows(recorded);
      const chosen = isLong ? all : all.filter((_, at) => (at + total.struck) % stride === 0);
      const problems: string[] = [];
      for (const blow of chosen) {
        const verdict = await judge(blow);
        total.left += verdict.left > 0 ? 1 : 0;
        problems.push(...verdict.problems);
      }
      total.commands += chosen.length;
      total.struck += name === 'HNS faults' ? recorded.calls.length : all.length;
      total.cleanings += cleanings();
      total.problems += problems.length;
      expect(problems.slice(0, 20)).toEqual([]);
    });
  });
});

async function record({ before, keys, site }: Prepared, { command }: Scenario): Promise<Recorded> {
  const files: FileOperation[] = [];
  const calls: string[] = [];
  const effects: string[] = [];
  site.node.restore(before);
  const answer = await site.run(command, {
    keys,
    watch: {
      onFile(operation) {
        files.push(operation);
        effects.push(`${operation.name} ${operation.path}`);
      },
      onHns(call, perform) {
        const name = call.operation.replace(call.target || '-', '<id>');
        calls.push(name);
        effects.push(name);
        return perform();
      },
    },
  });
  if (answer.exitCode !== 0) throw new Error(`it fails by itself: ${JSON.stringify(answer)}`);
  return { files, calls, effects };
}
