import { describe, expect, it } from 'vitest';
import { type Disk, emptyDisk, withFile } from './disk.ts';
import { type End, explore } from './explore.ts';
import { emptyWorldOf, toyProgram } from './toys.ts';

const disk: Disk = withFile(emptyDisk, '/count', { text: '0', written: 0 });

/** Reads so many times: each is one step. */
const reader = (pid: number, times: number) =>
  toyProgram(`reader ${pid}`, pid, (files) => {
    for (let time = 0; time < times; time++) files.read('/count');
  });

/** Adds one to a number in a file, as nobody should. */
const adder = (pid: number) =>
  toyProgram(`adder ${pid}`, pid, (files) => {
    const count = Number(files.read('/count'));
    files.writeNew(`/count.${pid}`, String(count + 1));
    files.rename(`/count.${pid}`, '/count');
  });

const nothing = async () => [];

describe('every schedule is counted', () => {
  it.each([
    { steps: [2, 3], schedules: 10n },
    { steps: [1, 1, 1], schedules: 6n },
    { steps: [4, 4], schedules: 70n },
    { steps: [2, 2, 2], schedules: 90n },
  ])('of $steps steps there are $schedules', async ({ schedules, steps }) => {
    const programs = await Promise.all(steps.map((times, index) => reader(index + 1, times)));
    const report = await explore({ world: emptyWorldOf(disk), programs, judge: nothing });
    expect(report).toMatchObject({ schedules, problems: new Map() });
  });

  it('and each with a kill of one after each of its steps', async () => {
    const programs = [await reader(1, 2), await reader(2, 1)];
    const report = await explore({ world: emptyWorldOf(disk), programs, judge: nothing });
    // One of two steps is killed after its first: the other's step is before, between or after.
    expect(report).toMatchObject({ schedules: 3n, killed: 3n });
  });

  it('an operation of two steps counts as two', async () => {
    const programs = [
      await reader(1, 1),
      await toyProgram('writer', 2, (files) => files.writeNew('/new', 'x')),
    ];
    const report = await explore({ world: emptyWorldOf(disk), programs, judge: nothing });
    expect(report.schedules).toBe(3n);
  });
});

it('finds the schedule in which one of two additions is lost, and shows it', async () => {
  const judge = async ({ outcomes, world }: End) => {
    if (outcomes.includes(undefined)) return [];
    const text = world.disk.files.get('/count')?.text;
    return text === '2' ? [] : [`two added one, and it is ${text}`];
  };
  const programs = [await adder(1), await adder(2)];
  const { problems } = await explore({ world: emptyWorldOf(disk), programs, judge });
  expect([...problems.keys()]).toEqual(['two added one, and it is 1']);
  const schedule = problems.get('two added one, and it is 1') ?? [];
  const reads = schedule.flatMap((step, index) => (step.endsWith('read /count') ? [index] : []));
  const renames = schedule.flatMap((step, index) => (step.includes('rename') ? [index] : []));
  expect(reads).toHaveLength(2);
  expect(Math.max(...reads)).toBeLessThan(Math.min(...renames));
});

it('sees a file between its creation and its text, and what a kill leaves of it', async () => {
  const seen = new Set<unknown>();
  const judge = async ({ outcomes: [, looked], world }: End) => {
    seen.add(looked?.document['gave']);
    seen.add(`in the end: ${world.disk.files.get('/new')?.text}`);
    return [];
  };
  const programs = [
    await toyProgram('writer', 1, (files) => files.writeNew('/new', 'text')),
    await toyProgram('looker', 2, (files) => {
      try {
        return files.read('/new');
      } catch {
        return 'nothing';
      }
    }),
  ];
  await explore({ world: emptyWorldOf(disk), programs, judge });
  expect(seen).toEqual(new Set(['nothing', '', 'text', 'in the end: text', 'in the end: ']));
});

it('knows whether one was over before another began', async () => {
  const orders = new Set<string>();
  const judge = async ({ isBefore, outcomes }: End) => {
    if (!outcomes.includes(undefined)) orders.add(`${isBefore(0, 1)} ${isBefore(1, 0)}`);
    return [];
  };
  const programs = [await reader(1, 2), await reader(2, 2)];
  await explore({ world: emptyWorldOf(disk), programs, judge });
  expect(orders).toEqual(new Set(['true false', 'false true', 'false false']));
});

it('says so when a command takes other steps on the same answers', async () => {
  let plays = 0;
  const fickle = await toyProgram('fickle', 1, (files) => {
    plays += 1;
    files.read(plays > 1 ? '/count' : '/other');
    files.read('/count');
  });
  const trial = { world: emptyWorldOf(disk), programs: [fickle], judge: nothing };
  await expect(explore(trial)).rejects.toThrow('fickle is not the same each time');
});

it('says so when a command does not end', async () => {
  const endless = await toyProgram('endless', 1, (files) => {
    for (;;) files.read('/count');
  });
  const trial = { world: emptyWorldOf(disk), programs: [endless], judge: nothing };
  await expect(explore(trial)).rejects.toThrow('endless does not end');
});
