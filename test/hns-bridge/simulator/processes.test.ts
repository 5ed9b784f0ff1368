import { spawn } from 'node:child_process';
import { appendFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { isLong } from '../../helpers/long.ts';
import { ids, trialFolder } from './trial.ts';

let node = trialFolder();
beforeEach(() => {
  node.remove();
  node = trialFolder();
});
afterEach(() => node.remove());

const podId = (number: number) => `1f0c2b3a-4d5e-4f60-8a7b-${String(number).padStart(12, '0')}`;

/** Starts a process that creates endpoints; gives the signal that ended it, or its exit code. */
function worker(...numbers: readonly number[]): Promise<string> {
  const script = join(import.meta.dirname, 'worker.ts');
  const args = [script, node.folder, ids.bridge, ...numbers.map(podId)];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'inherit', 'inherit'] });
  return new Promise((resolve) => {
    child.on('close', (code, signal) => resolve(signal ?? `exit ${code}`));
  });
}

/** The process id of one that has ended. */
async function deadProcess(): Promise<number> {
  const child = spawn(process.execPath, ['-e', '0']);
  await new Promise((resolve) => child.on('close', resolve));
  return child.pid ?? 0;
}

const created = () =>
  node
    .state()
    .endpoints.filter(({ Name }: { Name: string }) => podId(0).slice(0, 24) === Name.slice(0, 24));
const addressOf = (endpoint: { IpConfigurations: readonly { IpAddress: string }[] }) =>
  endpoint.IpConfigurations[0]?.IpAddress;
const locks = () => readdirSync(node.folder).filter((name) => name.startsWith('lock'));

const crowd = isLong ? 50 : 8;

it(`${crowd} processes at once lose no endpoint, give no address twice and leave whole lines`, async () => {
  const numbers = Array.from({ length: crowd }, (_, index) => index);
  const ends = await Promise.all(numbers.map((number) => worker(number, number + crowd)));
  expect(new Set(ends)).toEqual(new Set(['exit 0']));
  expect(created()).toHaveLength(2 * crowd);
  expect(new Set(created().map(addressOf)).size).toBe(2 * crowd);
  const made = node.journal().filter(({ operation }) => operation === 'CreateEndpoint');
  expect(new Set(made.map(({ target }) => target)).size).toBe(2 * crowd);
  expect(node.journal()).toHaveLength(6 * crowd);
  expect(locks()).toEqual([]);
});

it.each([
  ['before', 0],
  ['after', 1],
] as const)(
  'a process killed with the lock held, %s the effect: others go on',
  async (kill, had) => {
    node.order([{ operation: 'CreateEndpoint', times: 1, kill }]);
    expect(await worker(1)).toBe('SIGKILL');
    expect(locks()).toEqual(['lock']);
    expect(created()).toHaveLength(had);
    expect(await worker(2, 3)).toBe('exit 0');
    expect(created()).toHaveLength(had + 2);
    expect(node.journal().at(-1)).toMatchObject({ operation: 'QueryEndpointProperties' });
    expect(locks()).toEqual([]);
  },
);

const [killed, among] = isLong ? [12, 30] : [4, 10];

it(`${killed} killed among ${among}: what was done before stays, and all the others are served`, async () => {
  node.order([{ operation: 'CreateEndpoint', after: 3, times: killed, kill: 'after' }]);
  const ends = await Promise.all(Array.from({ length: among }, (_, number) => worker(number)));
  expect(ends.filter((end) => end === 'SIGKILL')).toHaveLength(killed);
  expect(ends.filter((end) => end === 'exit 0')).toHaveLength(among - killed);
  expect(created()).toHaveLength(among);
  expect(new Set(created().map(addressOf)).size).toBe(among);
});

it('a lock whose takers died one after the other is taken over at the end of the chain', async () => {
  const pid = await deadProcess();
  const names = [`${pid}.a`, `${pid}.b`, `${pid}.c`];
  for (const [index, name] of names.entries()) {
    const before = names[index - 1];
    writeFileSync(node.path(before === undefined ? 'lock' : `lock.after-${before}`), name);
  }
  await node.createEndpoint();
  expect(locks()).toEqual([]);
});

it('half a line of a process killed while writing goes', async () => {
  await node.createEndpoint();
  const lines = node.journal().length;
  appendFileSync(node.path('calls.jsonl'), '{"api":"v2","operation":"Que');
  await node.createEndpoint({}, ids.otherPod);
  expect(node.journal()).toHaveLength(lines + 3);
});
