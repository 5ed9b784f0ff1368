import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isLong } from '../helpers/long.ts';
import { tell } from '../sweeps/counts.ts';
import { afterError, afterKill, isBelieved, isLeftUnread } from './aftermath.ts';
import type { Chain } from './chains.ts';
import { type Effect, errorsFor, titleOf } from './effects.ts';
import { type Before, leftOf, stateBefore } from './leftovers.ts';
import { callsHns, type Prepared, type Scenario, scenarios } from './scenarios.ts';
import { recordEffects, refuseOnce, strike } from './strike.ts';

/** E_FAIL, which says nothing, and RPC_S_CALL_FAILED, after which a call is looked for or made again. */
const refusals = ['0x80004005', '0x800706BE'];

/** Stops every command of a chain before each of its effects, and makes each of them fail. */
export function crashSuite(chain: Chain): void {
  const fitting = scenarios.filter(({ suits }) => suits(chain));
  describe.each(fitting)(`$name by ${chain.name}`, (scenario) => {
    let prepared: Prepared;
    let effects: readonly Effect[];
    let before: Before;

    beforeAll(async () => {
      prepared = await scenario.prepare(chain);
      before = stateBefore(prepared.node);
      // What is not there can't be missed afterwards.
      expect(leftOf(prepared.node, 'neighbour').length > 0).toBe(scenario.hasNeighbour(chain));
      expect(before.pod.length > 0).toBe(scenario.hasPod);
      effects = await recordEffects(scenario, prepared);
    });
    afterAll(() => prepared.node.trial.remove());

    it('is killed before each thing it does', async () => {
      const points = effects.filter(({ kind }) => kind !== 'read');
      const problems: string[] = [];
      for (const effect of points) {
        const struck = await strike(scenario, prepared, effect);
        const found = await afterKill(struck, before);
        problems.push(...found.map((problem) => `${titleOf(effect)}: ${problem}`));
        struck.node.trial.remove();
      }
      tellOf(scenario, chain, { 'effects it was killed before': points.length }, problems);
      expect(problems).toEqual([]);
      expect(points.map(titleOf)).toEqual(expect.arrayContaining(scenario.does(chain)));
    });

    it('fails at each thing it does', async () => {
      const blows = effects.flatMap((effect, turn) =>
        errorsToTry(effect, turn).map((error) => ({ effect, error })),
      );
      const problems: string[] = [];
      for (const { effect, error } of blows) {
        const struck = await strike(scenario, prepared, effect, error);
        const believed = isBelieved(effect, error) || isLeftUnread(scenario.command, effect, error);
        const found = await afterError(scenario, struck, before, { believed });
        problems.push(...found.map((problem) => `${error} at ${titleOf(effect)}: ${problem}`));
        struck.node.trial.remove();
      }
      const failing = new Set(blows.map(({ effect }) => effect)).size;
      tellOf(scenario, chain, { errors: blows.length, 'effects they struck': failing }, problems);
      expect(problems).toEqual([]);
      // All but the answer.
      expect(failing).toBeGreaterThan(effects.length - 2);
    });

    if (!callsHns(chain)) return;
    it('is refused by HNS at each call', async () => {
      const calls = effects.flatMap(({ hns }) => (hns?.when === 'before' ? [hns] : []));
      const problems: string[] = [];
      for (const call of calls) {
        for (const code of refusals) {
          const struck = await refuseOnce(scenario, prepared, call, code);
          const found = await afterError(scenario, struck, before, { believed: false });
          const where = `${code} at ${call.operation} (${call.turn})`;
          problems.push(...found.map((problem) => `${where}: ${problem}`));
          struck.node.trial.remove();
        }
      }
      tellOf(scenario, chain, { 'HNS calls refused': calls.length }, problems);
      expect(problems).toEqual([]);
      expect(calls.length).toBeGreaterThan(2);
    });
  });
}

/** Every error that an effect may meet; for every day one of them, another at each effect. */
function errorsToTry(effect: Effect, turn: number): readonly string[] {
  const errors = errorsFor(effect);
  return isLong ? errors : errors.filter((_, index) => index === turn % errors.length);
}

function tellOf(
  scenario: Scenario,
  chain: Chain,
  counts: Readonly<Record<string, number>>,
  problems: readonly string[],
): void {
  const sweep = `executables: ${scenario.name} by ${chain.name}`;
  tell({ sweep, counts, leftOver: problems.length });
}
