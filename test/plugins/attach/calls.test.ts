import { describe, expect, it } from 'vitest';
import type { Json } from '../../helpers/trial-node.ts';
import { type TrialOptions, trial } from './trial.ts';

const answer = (address: string) => ({ ADD: { says: { ips: [{ address }] } } });
const places: readonly TrialOptions[] = [
  { conf: 'win-bridge', fixture: 'alone' },
  { conf: 'win-bridge-l2tunnel', fixture: 'every-type', ipam: answer('10.241.0.15/16') },
  { conf: 'win-bridge-port-mappings', fixture: 'alone' },
  { conf: 'win-overlay', fixture: 'alone' },
  { conf: 'win-overlay-policies', fixture: 'alone' },
  { conf: 'nat-hns', fixture: 'every-type' },
  { conf: 'win-transparent', fixture: 'every-type' },
  { conf: 'sdnbridge', fixture: 'every-type', ipam: answer('10.240.0.15/16') },
  { conf: 'flannel-sdnbridge', fixture: 'host-gw' },
  { conf: 'flannel-sdnoverlay', fixture: 'overlay' },
];
const docker: readonly TrialOptions[] = [
  { conf: 'win-bridge-docker', fixture: 'alone', keys: { loopbackDSR: false } },
  { conf: 'win-overlay-docker', fixture: 'alone' },
].map((place) => ({ ...place, request: { netns: 'none' } }));

const spentOn = async (place: TrialOptions) => {
  const play = trial({ ...place, keys: { ...place.keys, cniVersion: '1.1.0' } });
  let prevResult: Json = {};
  const succeeded = async (command: string) =>
    expect(await play.run(command, { prevResult })).toMatchObject({ exitCode: 0 });
  const add = await play.spent(async () => {
    prevResult = await play.added();
  });
  const again = await play.spent(() => succeeded('ADD'));
  const check = await play.spent(() => succeeded('CHECK'));
  const status = await play.spent(() => succeeded('STATUS'));
  play.node.ageLeases();
  const del = await play.spent(() => succeeded('DEL'));
  return { add, again, check, status, del };
};

describe('the calls to HNS', () => {
  it.each(places)('by V2, on a network that is there: $conf', async (place) => {
    expect(await spentOn(place)).toEqual({ add: 7, again: 4, check: 4, status: 1, del: 3 });
  });

  it.each(docker)('by V1, for Docker: $conf', async (place) => {
    expect(await spentOn(place)).toEqual({ add: 5, again: 3, check: 3, status: 1, del: 4 });
  });

  it('are one more where the version of HNS decides', async () => {
    const dsr = { conf: 'win-bridge', fixture: 'alone', keys: { loopbackDSR: true } };
    expect((await spentOn(dsr)).add).toBe(8);
    const dual = { conf: 'win-bridge-dual-stack', fixture: 'every-type' };
    expect((await spentOn(dual)).add).toBe(8);
  });
});
