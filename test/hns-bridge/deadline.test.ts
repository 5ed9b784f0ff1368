import { describe, expect, it } from 'vitest';
import { type Calls, callsOver } from '../../hns-bridge/calls.ts';
import { withDeadline } from '../../hns-bridge/deadline.ts';
import { startDeadline } from '../../system/deadline.ts';
import { nodeHost } from '../../system/node-host.ts';
import { recorder } from './recorder.ts';

/** Calls on an HNS that never answers, with 100 s of which 10 are kept back, and timers a test fires. */
function trial(isHanging = true) {
  const { calls, transport } = recorder(...Array<string>(20).fill('{}'));
  const time = { now: 0 };
  const timers: { readonly ms: number; readonly act: () => void }[] = [];
  const clock = {
    ...nodeHost(process).clock,
    elapsed: () => time.now,
    after: (ms: number, act: () => void) => {
      timers.push({ ms, act });
      return () => timers.splice(0);
    },
  };
  const deadline = startDeadline(clock, { total: 100_000, kept: 10_000, started: 0 });
  const never = new Promise<never>(() => {});
  const hanging: Calls = {
    v1: () => never,
    enumerate: () => never,
    query: () => never,
    create: () => never,
    modify: () => never,
    delete: () => never,
    modifySystem: () => never,
  };
  const answering = callsOver(transport);
  return {
    calls,
    deadline,
    time,
    timers,
    hns: withDeadline(isHanging ? hanging : answering, { clock, deadline }),
  };
}

const operation = 'do it';
const object = { operation, kind: 'Endpoint', id: 'x' } as const;
const every: readonly (readonly [string, string, (hns: Calls) => Promise<unknown>])[] = [
  ['v1', operation, (hns) => hns.v1({ operation, method: 'GET', path: '/networks' })],
  ['enumerate', operation, (hns) => hns.enumerate({ operation, kind: 'Network', query: '{}' })],
  ['query', operation, (hns) => hns.query({ ...object, query: '{}' })],
  ['create', operation, (hns) => hns.create({ ...object, settings: '{}' })],
  ['modify', 'modify Endpoint x', (hns) => hns.modify({ ...object, settings: '{}' })],
  ['delete', 'delete Endpoint x', (hns) => hns.delete(object)],
  ['modifySystem', 'modify compute system x', (hns) => hns.modifySystem({ id: 'x', request: '' })],
];

describe.each(every)('%s', (_, named, ask) => {
  it('is waited for as long as the command has, which the error says', async () => {
    const { hns, time, timers } = trial();
    time.now = 30_000;
    const answer = ask(hns);
    expect(timers.map(({ ms }) => ms)).toEqual([60_000]);
    timers[0]?.act();
    await expect(answer).rejects.toMatchObject({
      kind: 'hns-timeout',
      message: `HNS did not answer within the 60 s that were left to this command: ${named}`,
      details: expect.stringContaining('Restart-Service hns'),
    });
    expect(timers).toEqual([]);
  });

  it('does not begin when that is over', async () => {
    const { calls, hns, time } = trial(false);
    time.now = 90_000;
    await expect(ask(hns)).rejects.toMatchObject({
      kind: 'hns-timeout',
      message: `HNS was not asked any more, the 100 s of this command are over: ${named}`,
    });
    expect(calls).toEqual([]);
  });
});

it('an answer in time is the answer, and no timer stays', async () => {
  const { hns, timers } = trial(false);
  expect(await hns.query({ ...object, query: '{}' })).toEqual({});
  expect(timers).toEqual([]);
});

it('on the way back HNS is asked again, for what was kept back', async () => {
  const { calls, deadline, hns, time } = trial(false);
  time.now = 95_000;
  deadline.turnBack();
  await hns.delete(object);
  expect(calls).toEqual([['delete', 'Endpoint', 'x']]);
  time.now = 100_000;
  await expect(hns.delete(object)).rejects.toMatchObject({ kind: 'hns-timeout' });
});
