import { describe, expect, it } from 'vitest';
import { isLong } from '../helpers/long.ts';
import { tell } from '../sweeps/counts.ts';
import { type Planned, play, titleOfPlanned } from './bouts.ts';

/**
 * Plays bouts: all of them in `npm run test:long`, where each tells how many schedules it had; in
 * every other run those few that are named.
 */
export function playAll(name: string, plans: readonly Planned[], usual: readonly number[]): void {
  describe(name, () => {
    const chosen = isLong ? plans : usual.flatMap((index) => plans[index] ?? []);
    it.each(chosen.map((planned) => ({ title: titleOfPlanned(planned), planned })))(
      '$title',
      async ({ planned, title }) => {
        const { ends, killed, problems, schedules, states } = await play(planned);
        if (isLong) {
          tell({
            sweep: title,
            counts: {
              schedules: String(schedules),
              'with a kill': String(killed),
              states,
              ends,
            },
            leftOver: problems.size,
          });
        }
        expect(Object.fromEntries(problems)).toEqual({});
        expect(schedules).toBeGreaterThan(0n);
        expect(killed).toBeGreaterThan(0n);
      },
      3_600_000,
    );
  });
}
