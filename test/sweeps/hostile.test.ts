import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { code as codes, toCniError } from '../../cni/error.ts';
import { isLong } from '../helpers/long.ts';
import { answerReaders } from './answer-readers.ts';
import { commandReaders } from './command-readers.ts';
import { tell } from './counts.ts';
import { type Reader, writtenReaders } from './readers.ts';
import seeds from './seeds.json' with { type: 'json' };

const readers: readonly Reader[] = [...writtenReaders, ...answerReaders, ...commandReaders];

/** How often each is tried, with all seeds together. */
const runs = isLong ? { usual: 45_000, slow: 2500 } : { usual: 90, slow: 6 };

const prototypes = [Object.prototype, Array.prototype, Function.prototype];
const keysOf = () => prototypes.map((prototype) => Reflect.ownKeys(prototype).length);
const keysBefore = keysOf();

const counted = new Map<string, number>();
let refused = 0;

afterAll(() => {
  const inputs = [...counted.values()].reduce((sum, count) => sum + count, 0);
  for (const [name, count] of isLong ? counted : []) {
    tell({ sweep: `hostile: ${name}`, counts: { inputs: count }, leftOver: 0 });
  }
  const leftOver = readers.length - counted.size;
  tell({
    sweep: 'hostile inputs, all readers',
    counts: { inputs, readers: readers.length, refused, seeds: seeds.seeds.join(' ') },
    leftOver,
  });
  if (isLong) expect(inputs).toBeGreaterThan(1_000_000);
});

describe.each(readers)('$name', ({ isSlow, name, trials }) => {
  it('gives a result or an error of the table', async () => {
    const numRuns = Math.ceil((isSlow ? runs.slow : runs.usual) / seeds.seeds.length);
    let inputs = 0;
    const property = fc.asyncProperty(trials, async ({ read }) => {
      inputs++;
      try {
        await read();
      } catch (error) {
        refused++;
        expectTold(error);
      }
      expect(keysOf()).toEqual(keysBefore);
    });
    for (const seed of seeds.seeds) await fc.assert(property, { seed, numRuns });
    counted.set(name, inputs);
  });
});

/** An error that a runtime can be told: of the table, and not a bug of ours. */
function expectTold(error: unknown): void {
  const told = toCniError(error);
  if (told.code === codes.internal) throw error;
  const known: readonly number[] = Object.values(codes);
  expect(known).toContain(told.code);
  expect(told.message).toMatch(/./);
  expect(told.details).not.toMatch(/\n\s+at /);
}
