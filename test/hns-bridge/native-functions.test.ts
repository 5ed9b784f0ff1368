import { describe, expect, it } from 'vitest';
import { type NativeFunctions, transportOver } from '../../hns-bridge/native-functions.ts';
import type { Transport } from '../../hns-bridge/transport.ts';

const id = 'a1b2c3d4-4d5e-4f60-8a7b-9c0d1e2f3a01';
const network = 'b7a0e4f2-51c8-4d3a-8f19-2d6c3b1ecb00';
const record = JSON.stringify({ Success: false, Error: 'it will not', ErrorCode: 0x803b000d });

/** What each function returns, the fine way; `bad` ones are refused as `how` says. */
function functions(bad: string, how: { readonly hresult: number; readonly record: string }) {
  const open: string[] = [];
  const closed: string[] = [];
  const asked: string[] = [];
  const returned = (name: string) => {
    asked.push(name);
    return name === bad ? how : { hresult: 0, record: '' };
  };
  const handle = (name: string, of: string) => {
    const done = returned(name);
    // An error record may stand beside success, and a handle beside both.
    if (done.hresult !== 0) return { ...done, handle: undefined };
    open.push(of);
    return { ...done, handle: of };
  };
  const text = (name: string) => ({ ...returned(name), text: `{"by":"${name}"}` });
  const close = (of: string) => {
    closed.push(of);
  };
  const all: NativeFunctions<string> = {
    hnsCall: () => text('HNSCall'),
    enumerate: (kind) => text(`HcnEnumerate${kind}s`),
    open: (kind) => handle(`HcnOpen${kind}`, kind),
    create: (kind) => handle(`HcnCreate${kind}`, kind),
    query: (kind) => text(`HcnQuery${kind}Properties`),
    modify: (kind) => returned(`HcnModify${kind}`),
    delete: (kind) => returned(`HcnDelete${kind}`),
    close: (_, of) => close(of),
    openSystem: () => handle('HcsOpenComputeSystem', 'system'),
    modifySystem: () => returned('HcsModifyComputeSystem'),
    closeSystem: close,
  };
  return { transport: transportOver(all, async () => {}), open, closed, asked };
}

const calls: readonly [string, (way: Transport) => Promise<unknown>, readonly string[]][] = [
  ['v1', (way) => way.v1('GET', '/networks', ''), ['HNSCall']],
  ['enumerate', (way) => way.enumerate('Endpoint', '{}'), ['HcnEnumerateEndpoints']],
  [
    'query',
    (way) => way.query('Network', id, '{}'),
    ['HcnOpenNetwork', 'HcnQueryNetworkProperties'],
  ],
  [
    'create an endpoint',
    (way) => way.create('Endpoint', id, '{}', network),
    ['HcnOpenNetwork', 'HcnCreateEndpoint', 'HcnQueryEndpointProperties'],
  ],
  [
    'create a namespace',
    (way) => way.create('Namespace', id, '{}'),
    ['HcnCreateNamespace', 'HcnQueryNamespaceProperties'],
  ],
  [
    'modify',
    (way) => way.modify('Namespace', id, '{}'),
    ['HcnOpenNamespace', 'HcnModifyNamespace'],
  ],
  ['delete', (way) => way.delete('Endpoint', id), ['HcnDeleteEndpoint']],
  [
    'modify a compute system',
    (way) => way.modifySystem('pod1', '{}'),
    ['HcsOpenComputeSystem', 'HcsModifyComputeSystem'],
  ],
];

describe.each(calls)('%s', (_, call, names) => {
  it('calls its functions in turn, and closes what it opened', async () => {
    const { asked, closed, open, transport } = functions('', { hresult: 0, record: '' });
    await call(transport);
    expect(asked).toEqual(names);
    expect(closed).toEqual(open.toReversed());
  });

  it.each(
    names.flatMap((bad) =>
      [
        { why: 'an HRESULT and a record', hresult: 0x803b0012, record, code: 0x803b0012 },
        { why: 'an HRESULT alone', hresult: 0x803b0012, record: '', code: 0x803b0012 },
        { why: 'a record beside success', hresult: 0, record, code: 0x803b000d },
        { why: 'a record that is no JSON', hresult: 0, record: 'no', code: 0x80004005 },
      ]
        // HCS's text beside success is none of an error.
        .filter(({ hresult }) => hresult !== 0 || !bad.startsWith('Hcs'))
        .map((how) => [bad, how.why, how] as const),
    ),
  )('%s refuses by %s: an error, and nothing stays open', async (bad, _why, how) => {
    const { asked, closed, open, transport } = functions(bad, how);
    await expect(call(transport)).rejects.toMatchObject({ name: 'HnsError', code: how.code });
    expect(asked.at(-1)).toBe(bad);
    expect(closed).toEqual(open.toReversed());
  });
});

it.each(['HcsOpenComputeSystem', 'HcsModifyComputeSystem'])(
  'a text of %s beside success is no refusal',
  async (name) => {
    const { asked, closed, open, transport } = functions(name, { hresult: 0, record });
    await transport.modifySystem('pod1', '{}');
    expect(asked).toHaveLength(2);
    expect(closed).toEqual(open);
  },
);

it.each(['HcnOpenNetwork', 'HcnCreateEndpoint', 'HcnQueryEndpointProperties'])(
  'a creation that fails says by which function: %s',
  async (bad) => {
    const { transport } = functions(bad, { hresult: 0x80071392, record: '' });
    await expect(transport.create('Endpoint', id, '{}', network)).rejects.toMatchObject({
      nativeCall: bad,
      details: expect.stringContaining(`ERROR_OBJECT_ALREADY_EXISTS from ${bad};`),
      // Only creating can find that the address is taken.
      reason: bad === 'HcnCreateEndpoint' ? 'address-taken' : 'other',
    });
  },
);

it('a success without a handle is an error', async () => {
  const { transport } = functions('HcnOpenNetwork', { hresult: 1, record: '' });
  await expect(transport.query('Network', id, '')).rejects.toMatchObject({ code: 0x80070006 });
});
