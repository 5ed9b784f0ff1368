import { expect, it } from 'vitest';
import { type Calls, callsOver } from '../../hns-bridge/calls.ts';
import { withTrace } from '../../hns-bridge/trace.ts';
import { output, type Reply, recorder, refused } from './recorder.ts';
import { refusedWith } from './specs.ts';

const operation = 'do it';
const object = { operation, kind: 'Endpoint', id: 'id' } as const;
const v1 = (method: 'GET' | 'POST', path: string, body = '') => ({ operation, method, path, body });

type Facts = Readonly<Record<string, unknown>>;

/** What one call leaves in the log; it takes 7 ms. */
async function tracedBy(reply: Reply, ask: (hns: Calls) => Promise<unknown>) {
  const log: [string, Facts][] = [];
  let now = 1000;
  const clock = { now: () => (now += 7) };
  const { transport } = recorder(reply);
  const outcome = await ask(
    withTrace(callsOver(transport), (step, facts = {}) => log.push([step, facts]), clock),
  ).catch((error: unknown) => error);
  return { log, outcome };
}

it.each<[what: string, ask: (hns: Calls) => Promise<unknown>, facts: Facts]>([
  ['V1', (hns) => hns.v1(v1('GET', '/networks/')), { operation: 'GET /networks/' }],
  [
    'V1 with a body',
    (hns) => hns.v1(v1('POST', '/endpoints', '{"a":1}')),
    { operation: 'POST /endpoints', asked: '{"a":1}' },
  ],
  [
    'enumerate',
    (hns) => hns.enumerate({ operation, kind: 'Endpoint', query: '{"Filter":"x"}' }),
    { operation: 'enumerate Endpoint', asked: '{"Filter":"x"}' },
  ],
  [
    'query',
    (hns) => hns.query({ ...object, query: '{}' }),
    { operation: 'query Endpoint', target: 'id' },
  ],
  [
    'create',
    (hns) => hns.create({ ...object, settings: '{"a":1}', network: 'n' }),
    { operation: 'create Endpoint', target: 'id', asked: '{"a":1}' },
  ],
  [
    'modify',
    (hns) => hns.modify({ ...object, kind: 'Namespace', settings: '{"a":1}' }),
    { operation: 'modify Namespace', target: 'id', asked: '{"a":1}' },
  ],
  ['delete', (hns) => hns.delete(object), { operation: 'delete Endpoint', target: 'id' }],
])('one line a call: %s', async (what, ask, facts) => {
  const answer = what === 'enumerate' ? '[]' : output([]);
  expect((await tracedBy(answer, ask)).log).toEqual([['hns', { ...facts, ms: 7 }]]);
  const error = refusedWith(0x803b0002);
  const failed = await tracedBy(error, ask);
  expect(failed.outcome).toBe(error);
  const told = { code: '0x803B0002', error: 'HNS refused to do it: said HNS' };
  expect(failed.log).toEqual([['hns', { ...facts, ms: 7, ...told }]]);
});

it('tells what V1 refuses in its answer', async () => {
  const answer = refused({ ErrorCode: 1168, Error: 'Element not found.' });
  const { log, outcome } = await tracedBy(answer, (hns) => hns.v1(v1('GET', '/endpoints/x')));
  const error = 'HNS refused to do it: Element not found.';
  expect(outcome).toMatchObject({ message: error });
  const facts = { operation: 'GET /endpoints/x', ms: 7, code: '0x80070490', error };
  expect(log).toEqual([['hns', facts]]);
});

it('tells a failure that has no code', async () => {
  const { log } = await tracedBy(new Error('gone'), (hns) => hns.delete(object));
  const facts = { operation: 'delete Endpoint', target: 'id', ms: 7, error: 'gone' };
  expect(log).toEqual([['hns', facts]]);
});

it.each([
  [2048, 'x'.repeat(2048)],
  [5000, `${'x'.repeat(2048)}… (5000 characters in all)`],
])('writes no more than 2048 characters of a body: %i', async (length, asked) => {
  const body = 'x'.repeat(length);
  const { log } = await tracedBy('{}', (hns) =>
    hns.create({ ...object, settings: body, network: 'n' }),
  );
  expect(log).toEqual([['hns', { operation: 'create Endpoint', target: 'id', asked, ms: 7 }]]);
});
