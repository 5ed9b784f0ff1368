import { describe, expect, it } from 'vitest';
import { isLong } from '../helpers/long.ts';
import { tell } from '../sweeps/counts.ts';
import { type Planned, play, titleOfPlanned } from './bouts.ts';

/**
 * Plays bouts: all of them in `npm run test:long`, which tells how many schedules each had; in every other
 * run those few that are named by their places in the list, with one interruption.
 */
export function playAll(name: string, plans: readonly Planned[], usual: readonly number[]): void {
  const few = usual.flatMap((index) => plans[index] ?? []);
  const chosen = isLong ? plans : few.map((planned) => ({ ...planned, mostInterruptions: 1 }));
  if (chosen.length === 0) return;
  describe(name, () => {
    it.each(chosen.map((planned) => ({ title: titleOfPlanned(planned), planned })))(
      '$title',
      async ({ planned, title }) => {
        const { ends, killed, problems, schedules, states } = await play(planned);
        const counts = {
          schedules: String(schedules),
          'with a kill': String(killed),
          states,
          ends,
        };
        if (isLong) tell({ sweep: title, counts, leftOver: problems.size });
        expect(Object.fromEntries(problems)).toEqual({});
        expect(schedules).toBeGreaterThan(0n);
      },
      3_600_000,
    );
  });
}
