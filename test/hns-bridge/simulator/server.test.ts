import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Server, startServer } from '../../../hns-bridge/simulator/server.ts';
import { nodeHost } from '../../../system/node-host.ts';
import { trialFolder } from './trial.ts';

/** The simulator's side of the protocol, whatever comes over the wire: docs/simulator.md. */

const node = trialFolder();
const complaints: string[] = [];
let server: Server;
beforeAll(async () => {
  server = await startServer(nodeHost(process), (problem) => complaints.push(problem));
});
afterAll(async () => {
  await server.close();
  node.remove();
});

/** Sends lines as they are; what came back until the server had nothing more to say, or hung up. */
async function answers(...lines: readonly string[]): Promise<readonly string[]> {
  const socket = connect(server.port, '127.0.0.1');
  let said = '';
  socket.on('data', (piece) => {
    said += piece;
  });
  socket.on('error', () => {});
  socket.end(lines.map((line) => `${line}\n`).join(''), 'latin1');
  await once(socket, 'close');
  return said.split('\n').slice(0, -1);
}

const hello = () => `hello\t=${node.folder}\t=1\t=C:\\u005cclient.exe`;
const version = 'HNSCall\t=GET\t=/globals/version\t=';
const callFailed = '800706be\t-\t-';

it('answers each call with a line', async () => {
  const [first, second, third] = await answers(
    hello(),
    version,
    'HcnOpenNetwork\t=5c1b0a64-0000-4f7b-9a55-6a4f0f6f4096',
    'HcnEnumerateNetworks\t={}',
  );
  expect(first).toMatch(/^00000000\t=\{"Success":true,"Output":\{"Major":13/);
  expect(second).toMatch(/^803b0001\t-\t=\{"Success":false/);
  expect(third).toMatch(/^00000000\t=\["/);
  expect(node.journal().at(-1)).toMatchObject({ pid: 1, program: 'client.exe' });
});

it.each([
  ['a call before hello', [version], 'HNSCall came before hello'],
  ['no folder', ['hello', version], 'no hns.json in '],
  ['a relative folder', ['hello\t=..\t=1\t=x', version], 'no hns.json in ..'],
  ['a folder without hns.json', ['hello\t=/\t=1\t=x', version], 'no hns.json in /'],
])('hangs up, unanswered: %s', async (_, lines, complaint) => {
  complaints.length = 0;
  expect(await answers(...lines)).toEqual([]);
  expect(complaints).toEqual([complaint]);
});

it('hangs up at a second hello of no folder, and gives no answer out of turn', async () => {
  expect(await answers(hello(), version, 'hello\t=/\t=1\t=x', version)).toHaveLength(1);
});

it.each([
  'Nonsense',
  'HcnFetchNetwork\t={}',
  '__proto__\t={}',
  '',
  '\u0000\u00ff',
  'HcnOpenNothing\t=x',
])('says that a call failed which is none, and goes on: %j', async (line) => {
  const [none, known] = await answers(hello(), line, version);
  expect(none).toBe(callFailed);
  expect(known).toMatch(/^00000000/);
});

it.each([
  'HNSCall',
  'HNSCall\t-\t-\t-',
  'HcnEnumerateNetworks\t={',
  'HcnCreateEndpoint\t=\t=\t=',
  `HcnModifyNetwork\t=x\t=${'['.repeat(100_000)}`,
  'HcsModifyComputeSystem\t=x',
])('refuses what HNS would, by an HRESULT, and goes on: %.40j', async (line) => {
  const [refused, known] = await answers(hello(), line, version);
  expect(refused).toMatch(/^(?:[89a-f][0-9a-f]{7}|00000000\t=\{"Success":false)/);
  expect(known).toMatch(/^00000000/);
});
