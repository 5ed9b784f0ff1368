import { afterAll, describe, expect, it } from 'vitest';
import { isLong } from '../helpers/long.ts';
import { tell } from './counts.ts';
import { goOn } from './judge.ts';
import { killing } from './kills.ts';
import { everythingOf, neighbourOf } from './left.ts';
import { places } from './places.ts';
import { type Prepared, prepare, type Scenario, type Site, scenarios } from './scenarios.ts';

/** A command is killed, and so is the DEL that the runtime sends after it: the next DEL does it. */

const total = { kills: 0, states: 0, secondKills: 0, problems: 0 };

afterAll(() => {
  tell({
    sweep: 'second kills',
    counts: {
      'commands killed': total.kills,
      'states that DEL found': total.states,
      'DELs killed': total.secondKills,
    },
    leftOver: total.problems,
  });
});

const changing = ['ADD', 'DEL', 'GC'];
const killed = scenarios.filter(({ command }) => changing.includes(command));

describe.each(places.filter((_, at) => isLong || at % 12 === 0))('$name', (place) => {
  it.each(killed.filter(({ suits }) => suits(place)))(
    '$name is killed, and the DEL after it',
    async (scenario) => {
      const prepared = await prepare(place, scenario);
      const { site } = prepared;
      const neighbour = neighbourOf(site);
      const problems: string[] = [];
      for (const { state, title } of await statesAfterKills(prepared, scenario)) {
        let isOver = false;
        for (let nth = 0; !isOver; nth += isLong ? 1 : 5) {
          site.node.restore(state);
          const { wasMet, watch } = killing(nth);
          await site.run('DEL', { watch });
          isOver = !wasMet();
          if (isOver) break;
          total.secondKills++;
          const found = await cleaned(site, neighbour);
          problems.push(...found.map((problem) => `${title}, DEL killed (${nth + 1}): ${problem}`));
        }
      }
      total.problems += problems.length;
      expect(problems.slice(0, 20)).toEqual([]);
    },
  );
});

const ways = new Map<string, readonly string[]>();

/** What is not clean after another DEL; nodes alike are looked at once. */
async function cleaned(site: Site, neighbour: string): Promise<readonly string[]> {
  const key = `${site.place.name} ${everythingOf(site)}`;
  const known = ways.get(key);
  if (known) return known;
  const way = site.place.isWorkload ? ['DEL'] : ['DEL', 'GC', 'ADD', 'DEL'];
  const found = await goOn(site, way, neighbour);
  ways.set(key, found);
  return found;
}

/** Every state that a kill leaves, each once. */
async function statesAfterKills({ before, keys, site }: Prepared, { command, name }: Scenario) {
  const states = new Map<string, { title: string; state: Prepared['before'] }>();
  for (let nth = 0; ; nth++) {
    site.node.restore(before);
    const { wasMet, watch } = killing(nth);
    await site.run(command, { keys, watch });
    if (!wasMet()) break;
    total.kills++;
    const title = `${name} killed (${nth + 1})`;
    states.set(everythingOf(site), { title, state: site.node.snapshot() });
  }
  total.states += states.size;
  return isLong ? [...states.values()] : [...states.values()].slice(0, 2);
}
