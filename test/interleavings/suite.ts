import { describe, expect, it } from 'vitest';
import { isLong } from '../helpers/long.ts';
import { type Planned, play, titleOfPlanned } from './bouts.ts';

/**
 * Plays bouts: all of them in `npm run test:long`, where each writes down how many schedules it had; in
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
          console.log(
            `${title}: ${schedules} schedules, ${killed} with a kill, ${states} states, ${ends} ends`,
          );
        }
        expect(Object.fromEntries(problems)).toEqual({});
        expect(schedules).toBeGreaterThan(0n);
        expect(killed).toBeGreaterThan(0n);
      },
      3_600_000,
    );
  });
}
