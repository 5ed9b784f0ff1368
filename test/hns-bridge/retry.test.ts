import { describe, expect, it } from 'vitest';
import { type Calls, callsOver } from '../../hns-bridge/calls.ts';
import { hex, refusal } from '../../hns-bridge/error.ts';
import { withRetries } from '../../hns-bridge/retry.ts';
import { nodeHost } from '../../system/node-host.ts';
import { deadlineOf } from '../helpers/deadline.ts';
import { output, type Reply, recorder, refused } from './recorder.ts';
import { refusedWith } from './specs.ts';

const operation = 'do it';
const object = { operation, kind: 'Endpoint', id: 'x' } as const;
const v1 = (method: 'GET' | 'POST' | 'DELETE', path: string, body = '') => ({
  operation,
  method,
  path,
  body,
});

const wholeQuery = { SchemaVersion: { Major: 2, Minor: 0 } };

/** A clock on which only sleeping, and what a test says, takes time. */
function trial(...replies: readonly Reply[]) {
  const { calls, transport } = recorder(...replies);
  const slept: number[] = [];
  const time = { now: 0 };
  const clock = {
    ...nodeHost(process).clock,
    elapsed: () => time.now,
    sleep: async (ms: number) => {
      slept.push(ms);
      time.now += ms;
    },
  };
  const host = { clock, deadline: deadlineOf(3_600_000, clock) };
  return { calls, slept, time, transport, hns: withRetries(callsOver(transport), host), host };
}

const outcomeOf = async (call: Promise<unknown>): Promise<unknown> => {
  try {
    return await call;
  } catch (error) {
    return error;
  }
};

const anyCalls: readonly (readonly [name: string, ask: (hns: Calls) => Promise<unknown>])[] = [
  ['V1 GET', (hns) => hns.v1(v1('GET', '/networks/'))],
  ['V1 DELETE', (hns) => hns.v1(v1('DELETE', '/endpoints/x'))],
  ['enumerate', (hns) => hns.enumerate({ operation, kind: 'Endpoint', query: '{}' })],
  ['query', (hns) => hns.query({ ...object, query: '{}' })],
  ['create', (hns) => hns.create({ ...object, settings: '{}', network: 'n' })],
  ['modify', (hns) => hns.modify({ ...object, kind: 'Namespace', settings: '{}' })],
  ['delete', (hns) => hns.delete(object)],
];

/** Codes, and how they are shown. */
const coded = (...codes: readonly number[]) => codes.map((code) => [hex(code), code] as const);

describe.each(anyCalls)('%s', (name, ask) => {
  it.each(coded(0x803b0020, 0x800706ba, 0x80070426))('is asked again after %s', async (_, code) => {
    const answer = name === 'enumerate' ? '[]' : '{"Success":true}';
    const { calls, hns, slept } = trial(refusedWith(code), refusedWith(code), answer);
    await ask(hns);
    expect(calls).toHaveLength(3);
    expect(calls[2]).toEqual(calls[0]);
    expect(slept).toEqual([100, 200]);
  });

  it.each(
    coded(0x803b000d, 0x803b001b, 0x80070057, 0x80071392, 0x803b0014, 0x803b0017, 0x803b0001),
  )('is not asked again after %s', async (_, code) => {
    const error = refusedWith(code);
    const { calls, hns, slept } = trial(error);
    expect(await outcomeOf(ask(hns))).toBe(error);
    expect(calls).toHaveLength(1);
    expect(slept).toEqual([]);
  });

  it('is given up after some seconds, with growing waits', async () => {
    const error = refusedWith(0x800706ba);
    const { hns, slept } = trial(...Array<Error>(20).fill(error));
    expect(await outcomeOf(ask(hns))).toBe(error);
    expect(slept).toEqual([100, 200, 400, 800, 1600, 3200]);
  });
});

it('begins no try later than 10 seconds after the first, however long HNS takes to refuse', async () => {
  const { host, slept, time, transport } = trial(...Array<Error>(20).fill(refusedWith(0x803b0020)));
  const calls = callsOver(transport);
  const slow: Calls = {
    ...calls,
    delete: (call) => {
      time.now += 3000;
      return calls.delete(call);
    },
  };
  await outcomeOf(withRetries(slow, host).delete(object));
  expect(slept).toEqual([100, 200, 400]);
});

describe('creating', () => {
  const create = (hns: Calls) => hns.create({ ...object, settings: '{}', network: 'n' });
  const asked = ['create', 'Endpoint', 'x', {}, 'n'];
  const looked = ['query', 'Endpoint', 'x', wholeQuery];

  it.each(coded(0x800706be, 0x803b0025))('looks first after %s: it was done', async (_, code) => {
    const { calls, hns } = trial(refusedWith(code), '{"ID":"x"}');
    expect(await create(hns)).toEqual({ ID: 'x' });
    expect(calls).toEqual([asked, looked]);
  });

  it.each(coded(0x803b0002, 0x80070490))('looks first: %s, it was not done', async (_, code) => {
    const { calls, hns } = trial(refusedWith(0x800706be), refusedWith(code), '{"ID":"x"}');
    expect(await create(hns)).toEqual({ ID: 'x' });
    expect(calls).toEqual([asked, looked, asked]);
  });

  it('does not create while it cannot look', async () => {
    const gone = refusedWith(0x800706ba);
    const { calls, hns } = trial(refusedWith(0x800706be), gone, gone, '{"ID":"x"}');
    expect(await create(hns)).toEqual({ ID: 'x' });
    expect(calls).toEqual([asked, looked, looked, looked]);
  });

  it.each(coded(0x803b0020, 0x800706ba))(
    'looks first when what was made could not be read for %s',
    async (_, code) => {
      const unread = refusal(operation, code, 'stopping', 'HcnQueryEndpointProperties');
      const { calls, hns } = trial(unread, '{"ID":"x"}');
      expect(await create(hns)).toEqual({ ID: 'x' });
      expect(calls).toEqual([asked, looked]);
    },
  );

  it('tries once more when an element is not found, no more', async () => {
    const error = refusedWith(0x80070490);
    const { calls, hns } = trial(error, '{"ID":"x"}');
    expect(await create(hns)).toEqual({ ID: 'x' });
    expect(calls).toEqual([asked, asked]);
    const again = trial(error, error, '{}');
    expect(await outcomeOf(create(again.hns))).toBe(error);
    expect(again.calls).toHaveLength(2);
  });
});

describe('V1, which tells refusals in its answers', () => {
  const busy = (ErrorCode: number) => refused({ ErrorCode, Error: 'stopping' });

  it('is asked again when it is busy', async () => {
    const { calls, hns } = trial(busy(0x803b0020), busy(0x800706be), output([]));
    expect(await hns.v1(v1('GET', '/networks/'))).toEqual([]);
    expect(calls).toHaveLength(3);
  });

  it('is not asked again when it refuses for another reason', async () => {
    const { calls, hns } = trial(refused({ ErrorCode: 0x803b0002 }));
    const outcome = await outcomeOf(hns.v1(v1('GET', '/endpoints/x')));
    expect(outcome).toMatchObject({ reason: 'not-found', code: 0x803b0002 });
    expect(calls).toHaveLength(1);
  });

  it('is posted to again when nothing can have been done', async () => {
    const { calls, hns } = trial(busy(0x803b0020), refusedWith(0x800706ba), output({}));
    expect(await hns.v1(v1('POST', '/endpoints', '{}'))).toEqual({});
    expect(calls).toHaveLength(3);
  });

  it.each(coded(0x800706be, 0x803b0025))('is not posted to again after %s', async (_, code) => {
    for (const reply of [busy(code), refusedWith(code)]) {
      const { calls, hns } = trial(reply);
      expect(await outcomeOf(hns.v1(v1('POST', '/endpoints', '{}')))).toMatchObject({
        kind: 'hns-busy',
        code,
      });
      expect(calls).toHaveLength(1);
    }
  });
});
