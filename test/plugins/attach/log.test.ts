import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { Json } from '../../helpers/trial-node.ts';
import { type TrialOptions, trial } from './trial.ts';

const bridge = { conf: 'win-bridge', fixture: 'alone' };
const fault = (operation: string, code: string) => [{ operation, code, times: 1 }];

it.each<[string, TrialOptions & { readonly faults?: Json[] }, string]>([
  [
    'host bits that were cleared',
    { conf: 'win-overlay-policies', fixture: 'alone' },
    '172.16.0.7/12 was read as 172.16.0.0/12',
  ],
  [
    'loopbackDSR left out',
    { conf: 'win-overlay-docker', fixture: 'alone', keys: { loopbackDSR: true } },
    'HNS chooses the address',
  ],
  [
    'a route of IPAM’s left out',
    {
      conf: 'sdnbridge',
      fixture: 'every-type',
      ipam: {
        ADD: { says: { ips: [{ address: '10.240.0.15/16' }], routes: [{ dst: '10.0.0.0/8' }] } },
      },
    },
    "IPAM's route to 10.0.0.0/8 is left out",
  ],
  [
    'an address that is taken',
    { ...bridge, faults: fault('CreateEndpoint', '0x803B002F') },
    'address taken',
  ],
  [
    'an endpoint made anew',
    { ...bridge, faults: fault('ModifyNamespace', '0x803B0017') },
    'degraded endpoint replaced',
  ],
])('the log tells of %s', async (_, { faults, ...place }, words) => {
  const play = trial(place);
  play.node.orderFaults(faults ?? []);
  const file = join(play.node.folder, 'steps.log');
  await play.added({}, { env: { WINCNI_LOG_FILE: file } });
  expect(readFileSync(file, 'utf8')).toContain(words);
});

it('the log tells of a key passed over though ADD fails, and so does a missing network’s error', async () => {
  const play = trial({ ...bridge, keys: { name: 'gone', createNetwork: 'true', hns: 'Native' } });
  const file = join(play.node.folder, 'steps.log');
  const { document } = await play.run('ADD', {}, { env: { WINCNI_LOG_FILE: file } });
  const note = 'createNetwork: expected boolean, found ';
  expect(document).toMatchObject({ code: 11, details: expect.stringContaining(note) });
  const log = readFileSync(file, 'utf8');
  expect(log).toContain(note);
  expect(log).toContain('hns: expected ');
});

it.each(['logFile', 'LogFile', 'LOGFILE'])(
  'the log is where %s of the configuration says',
  async (key) => {
    const play = trial(bridge);
    const file = join(play.node.folder, 'steps.log');
    await play.added({ [key]: file });
    expect(readFileSync(file, 'utf8')).toContain('"container":"pod1"');
  },
);
