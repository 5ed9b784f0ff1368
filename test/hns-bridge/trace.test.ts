import { expect, it } from 'vitest';
import { withTrace } from '../../hns-bridge/trace.ts';
import type { Transport } from '../../hns-bridge/transport.ts';
import { output, type Reply, recorder, refused } from './recorder.ts';
import { refusedWith } from './specs.ts';

type Facts = Readonly<Record<string, unknown>>;

/** What one call leaves in the log; it takes 7 ms. */
async function tracedBy(reply: Reply, ask: (hns: Transport) => Promise<unknown>) {
  const log: [string, Facts][] = [];
  let now = 1000;
  const clock = { now: () => (now += 7) };
  const { transport } = recorder(reply);
  const outcome = await ask(
    withTrace(transport, (step, facts) => log.push([step, facts]), clock),
  ).catch((error: unknown) => error);
  return { log, outcome };
}

it.each<[what: string, ask: (hns: Transport) => Promise<unknown>, facts: Facts]>([
  ['V1', (hns) => hns.v1('GET', '/networks/', ''), { operation: 'GET /networks/' }],
  [
    'V1 with a body',
    (hns) => hns.v1('POST', '/endpoints', '{"a":1}'),
    { operation: 'POST /endpoints', asked: '{"a":1}' },
  ],
  [
    'enumerate',
    (hns) => hns.enumerate('Endpoint', '{"Filter":"x"}'),
    { operation: 'enumerate Endpoint', asked: '{"Filter":"x"}' },
  ],
  [
    'query',
    (hns) => hns.query('Endpoint', 'id', '{}'),
    { operation: 'query Endpoint', target: 'id' },
  ],
  [
    'create',
    (hns) => hns.create('Endpoint', 'id', '{"a":1}', 'n'),
    { operation: 'create Endpoint', target: 'id', asked: '{"a":1}' },
  ],
  [
    'modify',
    (hns) => hns.modify('Namespace', 'id', '{"a":1}'),
    { operation: 'modify Namespace', target: 'id', asked: '{"a":1}' },
  ],
  ['delete', (hns) => hns.delete('Endpoint', 'id'), { operation: 'delete Endpoint', target: 'id' }],
])('one line a call: %s', async (_, ask, facts) => {
  expect((await tracedBy(output([]), ask)).log).toEqual([['hns', { ...facts, ms: 7 }]]);
  const error = refusedWith(0x803b0002);
  const failed = await tracedBy(error, ask);
  expect(failed.outcome).toBe(error);
  const told = { code: '0x803B0002', error: 'HNS refused to do it: said HNS' };
  expect(failed.log).toEqual([['hns', { ...facts, ms: 7, ...told }]]);
});

it('tells what V1 refuses in its answer, and hands the answer on', async () => {
  const answer = refused({ ErrorCode: 1168, Error: 'Element not found.' });
  const { log, outcome } = await tracedBy(answer, (hns) => hns.v1('GET', '/endpoints/x', ''));
  expect(outcome).toBe(answer);
  const error = 'HNS refused to answer GET /endpoints/x: Element not found.';
  const facts = { operation: 'GET /endpoints/x', ms: 7, code: '0x80070490', error };
  expect(log).toEqual([['hns', facts]]);
});

it('tells a failure that has no code', async () => {
  const { log } = await tracedBy(new Error('gone'), (hns) => hns.delete('Endpoint', 'id'));
  const facts = { operation: 'delete Endpoint', target: 'id', ms: 7, error: 'gone' };
  expect(log).toEqual([['hns', facts]]);
});

it.each([
  [2048, 'x'.repeat(2048)],
  [5000, `${'x'.repeat(2048)}… (5000 characters in all)`],
])('writes no more than 2048 characters of a body: %i', async (length, asked) => {
  const body = 'x'.repeat(length);
  const { log } = await tracedBy('{}', (hns) => hns.create('Endpoint', 'id', body, 'n'));
  expect(log).toEqual([['hns', { operation: 'create Endpoint', target: 'id', asked, ms: 7 }]]);
});
