import { expect, it } from 'vitest';
import { growthOf, growthOfCosts } from '../../../scripts/bench/growth-rule.ts';
import type { Cost } from '../../../scripts/bench/meter.ts';

const sizes = [0, 250, 500, 1000];
const exactly = (median: number, around = 0) => ({
  median,
  low: median - around,
  high: median + around,
});

it.each([
  ['nothing', () => 50, 'flat', undefined],
  ['a little', (size: number) => 50 + size / 200, 'flat', undefined],
  ['a root', (size: number) => 50 + 10 * Math.sqrt(size), 'linear or less', 0.5],
  ['a line', (size: number) => 50 + size, 'linear or less', 1],
  [
    'a line and a logarithm',
    (size: number) => 50 + size * Math.log2(size + 2),
    'linear or less',
    1.15,
  ],
  ['a square', (size: number) => 50 + size ** 2 / 1000, 'ABOVE LINEAR', 2],
  [
    'a step in the second half',
    (size: number) => (size > 600 ? 500 : 50),
    'ABOVE LINEAR',
    Infinity,
  ],
] as const)('growth by %s', (_, cost, verdict, power) => {
  const growth = growthOfCosts(
    sizes,
    sizes.map((size) => exactly(cost(size))),
  );
  expect(growth.verdict).toBe(verdict);
  if (power === undefined) expect(growth.power).toBeUndefined();
  else expect(growth.power).toBeCloseTo(power, 1);
});

it('what may be noise is not called above linear', () => {
  const costs = [exactly(50), exactly(55), exactly(60, 20), exactly(120, 30)];
  expect(growthOfCosts(sizes, costs).verdict).toBe('too noisy to tell');
});

it('factors are against the smallest', () => {
  const costs = [50, 60, 100, 200].map((cost) => exactly(cost));
  expect(growthOfCosts(sizes, costs).factors).toEqual([1.2, 2, 4]);
});

it('what the harness costs more at a size is taken away', () => {
  const cost = (wall: number): Cost => ({
    wall,
    walls: [wall],
    cpu: undefined,
    peak: undefined,
    inNoFile: undefined,
  });
  const measured = sizes.map((size) => ({
    size,
    run: [cost(50 + 3 * size)],
    idle: [cost(20 + 2 * size)],
  }));
  const { factors, verdict } = growthOf(measured, ({ wall }) => wall);
  expect([factors, verdict]).toEqual([[6, 11, 21], 'linear or less']);
});
