import { writeFileSync } from 'node:fs';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { loadLibrary } from '../../hns-bridge/native/ffi.ts';
import { openNative } from '../../hns-bridge/native/index.ts';
import type { Transport } from '../../hns-bridge/transport.ts';
import { librariesIn } from '../../scripts/hns-dlls.ts';
import { nodeHost } from '../../system/node-host.ts';
import { deadlineOf } from '../helpers/deadline.ts';
import { ids, nodeState, trialFolder } from '../hns-bridge/simulator/trial.ts';
import { envOf, librariesFolder } from './native.ts';

/** The libraries, called in this process: what they answer is what the simulator answers in process. */

const node = trialFolder();
Object.assign(process.env, envOf(node.folder));
const libraries = librariesIn(librariesFolder);
const machine = { ...nodeHost(process), deadline: deadlineOf() };
const native = openNative(machine, { answer: String, libraries });
const counters = {
  computenetwork: loadLibrary(libraries.computenetwork),
  vmcompute: loadLibrary(libraries.vmcompute),
};

/** What the libraries gave out and have not got back; what one gave, the other may free. */
function left() {
  const sum = (name: string) =>
    Object.values(counters).reduce((total, { call }) => total + call(name), 0);
  return { handles: sum('SimulatorHandles'), texts: sum('SimulatorTexts') };
}

beforeEach(() => {
  writeFileSync(node.path('hns.json'), JSON.stringify(nodeState()));
  node.order([]);
});
afterAll(async () => {
  for (const { close } of Object.values(counters)) close();
  await native.close();
  node.remove();
});

const settings = JSON.stringify({ Name: 'pod', HostComputeNetwork: ids.bridge });
const move = (RequestType: 'Add' | 'Remove') =>
  JSON.stringify({ ResourceType: 'Endpoint', RequestType, Settings: { EndpointId: ids.host } });
const attach = JSON.stringify({ ResourceType: 'Network', RequestType: 'Add', Settings: ids.host });

const calls: readonly [string, (way: Transport) => Promise<unknown>, readonly string[]][] = [
  ['V1 listing', (way) => way.v1('GET', '/endpoints/', ''), ['GET /endpoints']],
  ['enumerate', (way) => way.enumerate('Network', '{}'), ['EnumerateNetworks']],
  [
    'query',
    (way) => way.query('Endpoint', ids.host, '{}'),
    ['OpenEndpoint', 'QueryEndpointProperties'],
  ],
  [
    'create',
    (way) => way.create('Endpoint', ids.pod, settings, ids.bridge),
    ['OpenNetwork', 'CreateEndpoint', 'QueryEndpointProperties'],
  ],
  [
    'create a namespace',
    (way) => way.create('Namespace', ids.nowhere, '{}'),
    ['CreateNamespace', 'QueryNamespaceProperties'],
  ],
  [
    'modify',
    (way) => way.modify('Namespace', ids.sandbox, move('Add')),
    ['OpenNamespace', 'ModifyNamespace'],
  ],
  ['delete', (way) => way.delete('Endpoint', ids.host), ['DeleteEndpoint']],
  [
    'attach a container',
    (way) => way.modifySystem('f00d', attach),
    ['OpenComputeSystem', 'ModifyComputeSystem'],
  ],
  ['what is not there', (way) => way.query('Network', ids.nowhere, '{}'), ['OpenNetwork']],
  ['no compute system', (way) => way.modifySystem('beef', attach), ['OpenComputeSystem']],
  ['no JSON', (way) => way.create('Namespace', ids.nowhere, 'ü{'), ['CreateNamespace']],
];

/** What a way answers, or what it throws, all of it. */
async function outcome(call: (way: Transport) => Promise<unknown>, way: Transport) {
  writeFileSync(node.path('hns.json'), JSON.stringify(nodeState()));
  writeFileSync(node.path('faults.count.json'), '[]');
  return call(way).then(
    (answer) => ({ answer, state: node.state() }),
    (error: unknown) => ({ ...Object(error), message: Object(error).message, state: node.state() }),
  );
}

const record = JSON.stringify({ Success: false, Error: 'ü网😀 \t', ErrorCode: 0x803b000d });

describe.each(calls)('%s', (_, call, operations) => {
  it.each<[string, Readonly<Record<string, unknown>> | undefined]>([
    ['as it is', undefined],
    ['refused', { code: '0x803B0020', message: 'ü网😀 "quoted" \\ \t' }],
    ['refused by the error record alone', { record }],
    ['refused, an answer or a handle beside it', { code: '0x803B0020', answer: '"beside"' }],
    ['an answer of no text', { answer: '' }],
    ['an answer in all the letters there are', { answer: '"ü网络😀\u2028\\u0041\ud800"' }],
    ['a megabyte', { answer: `"${'网'.repeat(2 ** 19)}"` }],
  ])('%s: as the simulator has it, no handle and no text left', async (_how, fault) => {
    for (const operation of operations) {
      if (fault) node.order([{ operation, ...fault }]);
      const said = await outcome(call, native);
      expect(said).toEqual(await outcome(call, node.hns));
    }
    expect(left()).toEqual({ handles: 0, texts: 0 });
  });
});

it('what HCS says of its result beside success is no refusal', async () => {
  node.order([
    { operation: 'OpenComputeSystem', record },
    { operation: 'ModifyComputeSystem', record },
  ]);
  for (const way of [native, node.hns]) {
    expect(await outcome((hns) => hns.modifySystem('f00d', attach), way)).toMatchObject({
      state: { endpoints: [{ SharedContainers: ['f00d'] }] },
    });
  }
  expect(left()).toEqual({ handles: 0, texts: 0 });
});

it('an answer that no HNS gives is refused, and freed', async () => {
  const answer = 'x'.repeat(2 ** 25 + 1);
  node.order([
    { operation: 'GET /networks', answer },
    { operation: 'QueryEndpointProperties', answer },
    { operation: 'OpenNetwork', record: answer },
  ]);
  const tooLong = { message: expect.stringContaining("HNS's answer is over 64 MiB") };
  await expect(native.v1('GET', '/networks', '')).rejects.toMatchObject(tooLong);
  await expect(native.query('Endpoint', ids.host, '{}')).rejects.toMatchObject(tooLong);
  await expect(native.query('Network', ids.bridge, '{}')).rejects.toMatchObject({
    message: expect.stringContaining('an error record that is too long'),
  });
  expect(left()).toEqual({ handles: 0, texts: 0 });
});

it('V1 refuses by a failing HRESULT, too, and its answer is told', async () => {
  const rules = { v1Refusals: 'failing' };
  writeFileSync(node.path('hns.json'), JSON.stringify({ ...nodeState(), rules }));
  const refused = native.v1('GET', `/networks/${ids.nowhere}`, '');
  await expect(refused).rejects.toMatchObject({
    code: 0x803b0001,
    message: `HNS refused to answer GET /networks/${ids.nowhere}: The network was not found`,
  });
});

it('a function that is not there is named, with its library', async () => {
  const swapped = { ...libraries, computenetwork: libraries.vmcompute };
  const way = openNative(machine, {
    answer: String,
    libraries: { ...swapped, ole32: libraries.ole32, kernel32: libraries.kernel32 },
  });
  await expect(way.enumerate('Network', '{}')).rejects.toMatchObject({
    kind: 'hns-unavailable',
    message: `a library of HNS lacks a function: HcnEnumerateNetworks of ${libraries.vmcompute}`,
    details: expect.stringContaining('Windows is too old'),
  });
});

it('a library that cannot be loaded is named', async () => {
  const broken = node.path('broken.so');
  writeFileSync(broken, 'no library');
  const way = openNative(machine, {
    answer: String,
    libraries: { ...libraries, vmcompute: broken },
  });
  await expect(way.v1('GET', '/networks', '')).rejects.toMatchObject({
    kind: 'hns-unavailable',
    message: expect.stringContaining(`a library of HNS can't be loaded: `),
    details: expect.stringContaining('sfc /scannow'),
  });
});

it.each(['pod1', '', `${ids.pod}\0`])(
  'an id that is no GUID reaches no library: %j',
  async (id) => {
    const before = node.journal().length;
    await expect(native.query('Endpoint', id, '{}')).rejects.toMatchObject({ reason: 'invalid' });
    expect(node.journal()).toHaveLength(before);
  },
);
