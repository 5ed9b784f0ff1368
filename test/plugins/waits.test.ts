import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { callsOver } from '../../hns-bridge/calls.ts';
import { withRetries } from '../../hns-bridge/retry.ts';
import { hnsV2 } from '../../hns-bridge/v2-client.ts';
import { awaitNetwork } from '../../plugins/attach/network.ts';
import { awaitSubnetEnv } from '../../plugins/flannel/subnet-env-file.ts';
import type { Host } from '../../system/host.ts';
import { hostOf, tempFolder } from '../cni/trial.ts';
import { deadlineOf } from '../helpers/deadline.ts';
import { output, recorder } from '../hns-bridge/recorder.ts';
import { refusedWith } from '../hns-bridge/specs.ts';

/** A host whose command has so many milliseconds, and the pauses it made. */
function hostWith(total: number) {
  const slept: number[] = [];
  let now = 0;
  const clock = {
    ...hostOf().clock,
    elapsed: () => now,
    sleep: async (ms: number) => {
      slept.push(ms);
      now += ms;
    },
  };
  return { slept, host: { ...hostOf(), clock, deadline: deadlineOf(total, clock) } };
}

const busyHns = (host: Host) => {
  const { transport } = recorder(...Array<Error>(20).fill(refusedWith(0x803b0020)));
  return withRetries(callsOver(transport), host).delete({ kind: 'Endpoint', id: 'x' });
};
const missingNetwork = (host: Host) => {
  const { transport } = recorder(...Array<string>(20).fill(output([])));
  return awaitNetwork(hnsV2(callsOver(transport)), 'cbr0', host, { notes: [] });
};
const halfSubnetEnv = (host: Host) => {
  const file = join(tempFolder(), 'subnet.env');
  writeFileSync(file, 'FLANNEL_NETWORK=10.244.0.0/16\n');
  return awaitSubnetEnv(host, file);
};

it.each<[string, (host: Host) => Promise<unknown>, number, number]>([
  ['tries while HNS is busy', busyHns, 100_000, 6_300],
  ['tries while HNS is busy', busyHns, 1_000, 700],
  ['a network that is missing', missingNetwork, 100_000, 5_000],
  ['a network that is missing', missingNetwork, 1_200, 1_000],
  ['half a subnet.env', halfSubnetEnv, 100_000, 3_000],
  ['half a subnet.env', halfSubnetEnv, 250, 200],
])('%s: waited for within the command’s time (%#)', async (_, wait, total, waited) => {
  const { host, slept } = hostWith(total);
  await expect(wait(host)).rejects.toThrow();
  expect(slept.reduce((sum, ms) => sum + ms, 0)).toBe(waited);
});
