import { existsSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { nodeHost } from '../../../system/node-host.ts';
import { codeOf, ids, type Json, nodeState, trialFolder } from './trial.ts';

let node = trialFolder();
beforeEach(() => {
  node.remove();
  node = trialFolder();
});
afterEach(() => node.remove());

/** The journal's operations, with their codes where refused. */
const operations = () =>
  node.journal().map(({ operation, code }) => (code === null ? operation : `${operation} ${code}`));

describe('hns.json', () => {
  it('written by hand, with what HNS needs and no more, is enough', async () => {
    node.remove();
    node = trialFolder(`\uFEFF{
      "networks": [{ "Id": "{${ids.bridge.toUpperCase()}}", "Name": "cbr0", "Type": "L2Bridge",
        "Ipams": [{ "Subnets": [{ "IpAddressPrefix": "10.244.2.0/24" }] }] }]
    }`);
    expect(await node.createEndpoint()).toMatchObject({
      IpConfigurations: [{ IpAddress: '10.244.2.3' }],
      Routes: [],
    });
    expect(node.state().version).toEqual({ Major: 13, Minor: 3 });
    expect(await node.v1('GET', '/globals/version')).toMatchObject({ Output: { Major: 13 } });
  });

  it('keeps what it was given, also what the simulator has no rule for', async () => {
    const written: Json = nodeState();
    await node.createEndpoint();
    await node.hns.delete('Endpoint', ids.pod);
    expect(node.state()).toEqual(written);
  });

  it('missing is an error, and none is made: a wrong folder is no HNS', async () => {
    node.remove();
    node = trialFolder(null);
    await expect(node.hns.enumerate('Network', '')).rejects.toThrow(
      `no hns.json in ${node.folder}`,
    );
    await expect(node.hns.create('Namespace', ids.sandbox, '{}')).rejects.toThrow('no hns.json');
    expect(existsSync(node.path('hns.json'))).toBe(false);
  });

  it.each([
    ['no JSON', '{"networks": [', /hns\.json: not JSON/],
    ['a list', '[]', /hns\.json: expected an object/],
    ['networks that are no list', '{"networks": {}}', /networks: expected a list/],
    ['a text for a network', '{"networks": ["cbr0"]}', /networks\[0\]: expected an object/],
    ['no id', '{"networks": [{"Name": "cbr0"}]}', /networks\[0\]\.ID: expected a GUID, found ""/],
    [
      'an id twice',
      JSON.stringify({ namespaces: [{ ID: ids.sandbox }, { Id: ids.sandbox.toUpperCase() }] }),
      /namespaces\[1\]\.ID: another/,
    ],
    ['no type', JSON.stringify({ networks: [{ ID: ids.bridge }] }), /networks\[0\]\.Type/],
    [
      'no network',
      JSON.stringify({ endpoints: [{ ID: ids.pod }] }),
      /endpoints\[0\]\.HostComputeNetwork/,
    ],
    [
      'policies that are none',
      JSON.stringify({ networks: [{ ID: ids.bridge, Type: 'NAT', Policies: ['x'] }] }),
      /networks\[0\]\.Policies: expected a list of objects/,
    ],
  ])('with %s is an error that names the entry', async (_, text, message) => {
    const broken = trialFolder(text);
    await expect(broken.hns.enumerate('Network', '')).rejects.toThrow(message);
    broken.remove();
  });
});

describe('calls.jsonl', () => {
  it('has a line for each native function, and closing is free', async () => {
    await node.createEndpoint();
    await node.move('Add');
    await node.move('Remove');
    await node.hns.query('Network', ids.bridge, '');
    await node.hns.delete('Endpoint', ids.pod);
    await node.hns.close();
    expect(operations()).toEqual([
      'OpenNetwork',
      'CreateEndpoint',
      'QueryEndpointProperties',
      'OpenNamespace',
      'ModifyNamespace',
      'OpenNamespace',
      'ModifyNamespace',
      'OpenNetwork',
      'QueryNetworkProperties',
      'DeleteEndpoint',
    ]);
  });

  it('has of a call what was asked and answered', async () => {
    await node.createEndpoint();
    await codeOf(node.hns.query('Endpoint', ids.nowhere, ''));
    const [, create, query, missing] = node.journal();
    expect(Object.keys(create ?? {})).toEqual([
      'api',
      'operation',
      'target',
      'body',
      'answer',
      'code',
      'ms',
      'pid',
    ]);
    expect(create).toMatchObject({ api: 'v2', target: ids.pod, body: { Name: 'pod' } });
    expect(create?.['pid']).toBe(process.pid);
    expect(query).toMatchObject({ answer: { ID: ids.pod.toUpperCase() }, code: null });
    expect(missing).toMatchObject({
      operation: 'OpenEndpoint',
      answer: { Success: false, ErrorCode: 0x803b0002 },
      code: '0x803B0002',
    });
  });
});

describe('faults.json', () => {
  it('refuses from the call it says, as often as it says, also for another process', async () => {
    node.order([{ operation: 'DeleteEndpoint', after: 1, times: 1, code: '0x803B0020' }]);
    await node.createEndpoint();
    await node.createEndpoint({}, ids.otherPod);
    await node.hns.delete('Endpoint', ids.pod);
    // Another client of the folder finds the count where the first left it.
    const { openSimulator } = await import('../../../hns-bridge/simulator/index.ts');
    const other = openSimulator(node.folder, nodeHost(process));
    expect(await codeOf(other.delete('Endpoint', ids.otherPod))).toBe('0x803B0020');
    expect(await codeOf(node.hns.delete('Endpoint', ids.otherPod))).toBe('none');
    expect(operations().slice(-2)).toEqual(['DeleteEndpoint 0x803B0020', 'DeleteEndpoint']);
  });

  it('strikes its target only, in any letter case', async () => {
    node.order([
      { operation: 'OpenNetwork', target: ids.bridge.toUpperCase(), code: '0x803B0025' },
      { operation: 'GET /networks/<id>', code: '0x803B0020', message: 'stopping' },
    ]);
    expect(await codeOf(node.hns.query('Network', ids.bridge, ''))).toBe('0x803B0025');
    expect(await codeOf(node.hns.query('Network', ids.overlay, ''))).toBe('none');
    expect(await node.v1('GET', `/networks/${ids.bridge}`)).toEqual({
      Success: false,
      Error: 'stopping',
      ErrorCode: 0x803b0020,
    });
  });

  it('answers what it says, and the call has its effect', async () => {
    node.order([{ operation: 'QueryEndpointProperties', times: 1, answer: '{"ID":' }]);
    const garbage = await node.hns
      .create('Endpoint', ids.pod, '{}', ids.bridge)
      .catch((error: unknown) => error);
    expect(garbage).toBe('{"ID":');
    expect(await codeOf(node.hns.delete('Endpoint', ids.pod))).toBe('none');
  });

  it('delays a call, and the others go on meanwhile', async () => {
    node.order([{ operation: 'OpenNetwork', times: 1, delayMs: 200 }]);
    await Promise.all([
      node.hns.query('Network', ids.bridge, ''),
      node.hns.query('Namespace', ids.sandbox, ''),
    ]);
    expect(operations()).toEqual([
      'OpenNamespace',
      'QueryNamespaceProperties',
      'OpenNetwork',
      'QueryNetworkProperties',
    ]);
  });

  it.each([
    ['{}', /faults\.json: expected a list/],
    ['[{"code": "0x803B0020"}]', /\[0\] names no operation/],
    ['[{"operation": "OpenNetwork", "code": "busy"}]', /\[0\]\.code is no HRESULT/],
    ['[{"operation": "OpenNetwork", "kill": "now"}]', /\[0\]\.kill is neither/],
  ])('that says %s is an error', async (text, message) => {
    writeFileSync(node.path('faults.json'), text);
    await expect(node.hns.query('Network', ids.bridge, '')).rejects.toThrow(message);
    expect(existsSync(node.path('faults.count.json'))).toBe(false);
  });
});
