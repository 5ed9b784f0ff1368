import { expect, it } from 'vitest';
import { collects } from './life-everywhere.ts';
import { type LifeOptions, openForEach, type Place } from './place.ts';
import { type Json, sandboxes } from './trial-node.ts';

/** Every command that succeeds: what is asked of HNS, and what is answered. */
export function commandsOfPods(place: Place, options: LifeOptions): void {
  const { firstAddress, network } = place;
  const at = openForEach(place, options);

  const [title, play] = collects;
  it(title, () => play(at()));

  it('answers ADD with one interface of the name asked for, every address pointing to it', async () => {
    expect(await at().added()).toMatchObject({
      cniVersion: '1.1.0',
      interfaces: [{ name: 'eth0', sandbox: sandboxes.first }],
      ips: [{ address: firstAddress, interface: 0 }],
    });
    expect(at().pods()).toMatchObject([{ Name: `pod1_${network}` }]);
  });

  it('succeeds without a word, and asks HNS no more often than promised', async () => {
    const spent = async (command: string, changes: Json = {}) => {
      const before = at().node.calls().length;
      const answer = await at().run(command, changes);
      expect([command, answer]).toMatchObject([command, { exitCode: 0, stderr: '' }]);
      return { document: answer.document, calls: at().node.calls().length - before };
    };
    const add = await spent('ADD');
    const prevResult = add.document ?? {};
    expect(await spent('CHECK', { prevResult })).toEqual({ document: undefined, calls: 4 });
    expect(await spent('STATUS')).toEqual({ document: undefined, calls: 1 });
    at().node.ageLeases();
    expect(await spent('DEL', { prevResult })).toEqual({ document: undefined, calls: 3 });
    expect(add.calls).toBe(7);
    at().expectNothingLeft();
  });
}
