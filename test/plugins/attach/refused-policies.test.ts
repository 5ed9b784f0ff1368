import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { configOf, type Json, type TrialNode, trialNode } from '../../helpers/trial-node.ts';

let node: TrialNode;
beforeEach(() => {
  node = trialNode('alone');
});
afterEach(() => {
  node.remove();
});

const fine = { name: 'EndpointPolicy', value: { Type: 'OutBoundNAT', ExceptionList: [] } };
const policy = (value: Json) => ({ name: 'EndpointPolicy', value });

describe('a policy that cannot be made', () => {
  const namespace = '7e2f9d10-3c55-4b1e-8a27-90c4e5d1b001';
  it.each<[string, string, Json, string]>([
    ['V1’s alone, for V2', namespace, { Type: 'Elsewhere', Setting: 1 }, 'V2 is not known to have'],
    [
      'V1’s with a setting of its own, for V2',
      namespace,
      { Type: 'ROUTE', DestinationPrefix: '10.0.0.0/8', NextHop: '10.1.1.1', Metric: 3 },
      'Metric',
    ],
    [
      'V2’s alone, for V1',
      'none',
      { Type: 'L4WfpProxy', Settings: { OutboundProxyPort: '1' } },
      'V1',
    ],
    [
      'V2’s flags, for V1',
      'none',
      { Type: 'OutBoundNAT', Settings: { Exceptions: [], Flags: 1 } },
      'Flags',
    ],
    [
      'a template left unfilled',
      namespace,
      { Type: 'SDNRoute', Settings: { DestinationPrefix: '', NeedEncap: true } },
      'DestinationPrefix',
    ],
  ])('is refused by its index, and nothing was touched: %s', async (_, netns, value, said) => {
    const config = configOf(node, 'win-bridge', { policies: [fine, policy(value)] });
    const answer = await node.run({ plugin: 'win-bridge', command: 'ADD', config, netns });
    expect(answer).toMatchObject({ exitCode: 1, document: { code: 7 }, stderr: '' });
    expect(answer.document?.['msg']).toContain('policies[1]');
    expect(answer.document?.['msg']).toContain(said);
    expect(node.calls()).toEqual([]);
    expect(node.allLeases()).toEqual([]);
  });
});

describe('several exception lists', () => {
  it('become one, which keeps what each says beside', async () => {
    const policies = [
      policy({ Type: 'OutBoundNAT', Settings: { Exceptions: ['10.96.0.0/12'], Flags: 4 } }),
      policy({
        Type: 'outboundnat',
        Settings: { Exceptions: ['192.168.0.0/16'], MaxPortPoolUsage: 50, Later: 'yes' },
      }),
    ];
    const config = configOf(node, 'win-bridge', { policies });
    const answer = await node.run({ plugin: 'win-bridge', command: 'ADD', config });
    expect(answer.exitCode).toBe(0);
    const made = node.hns().endpoints.at(-1)?.['Policies'];
    expect(made).toContainEqual({
      Type: 'OutBoundNAT',
      Settings: {
        Exceptions: expect.arrayContaining(['10.96.0.0/12', '192.168.0.0/16']),
        Flags: 4,
        MaxPortPoolUsage: 50,
        Later: 'yes',
      },
    });
  });
});

describe('what is wrong in a delegate’s configuration', () => {
  const flannel = (delegate: Json, keys: Json = {}) => {
    const overlay = trialNode('overlay');
    onTestFinished(() => overlay.remove());
    const { delegate: usual, ...config } = configOf(overlay, 'flannel-overlay');
    const merged = { ...config, delegate: { ...Object(usual), ...delegate }, ...keys };
    return overlay.run({ plugin: 'flannel', command: 'ADD', config: merged });
  };

  it.each<[string, Json, Json, string]>([
    ['a policy', { policies: [fine, policy({ Type: 'ROUTE' })] }, {}, 'delegate.policies[1]: '],
    ['an entry', { Policies: [7] }, {}, 'delegate.policies[0]: '],
    ['a flag', { loopbackDSR: 'yes' }, {}, 'delegate.loopbackDSR: '],
    ['a key of a key', { dns: { nameservers: 'x' } }, {}, 'delegate.dns.nameservers: '],
    [
      'not what the runtime gives flannel',
      { runtimeConfig: {} },
      { runtimeConfig: { portMappings: 7 } },
      ': runtimeConfig.portMappings: ',
    ],
  ])('is named with its place there: %s', async (_, delegate, keys, place) => {
    const { document } = await flannel(delegate, keys);
    expect(document).toMatchObject({ code: 7, msg: expect.stringContaining(place) });
  });
});
