import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { HnsError } from '../../../hns-bridge/error.ts';
import type { Operator } from '../../../plugins/wincni/operator.ts';
import { trialOperator } from '../../../scripts/trial-operator.ts';
import { nodeHost } from '../../../system/node-host.ts';
import { type MemoryNode, memoryNode } from '../../helpers/memory-node.ts';
import { expectDocument } from '../../helpers/operator-document.ts';
import { type Json, sandboxes } from '../../helpers/trial-node.ts';
import { comparable, done, explained } from './explain-trial.ts';

const netns = sandboxes.first;

/** The command on a node, as a person types it; the configuration comes from stdin. */
function typed(node: MemoryNode, config: Json, changes: Partial<Operator> = {}) {
  const { run } = trialOperator({
    machine: { ...nodeHost(process), files: node.files.files },
    hns: { transport: node.hns.transport },
    readStdin: () => Buffer.from(JSON.stringify(config)),
    ...changes,
  });
  return (...words: readonly string[]) => run('explain', '--conf', '-', ...words);
}

const overlay = () => {
  const node = memoryNode('overlay');
  return { node, config: node.config('flannel-overlay', { cniVersion: '1.1.0' }) };
};

describe('for a person', () => {
  it.each([80, 60, 120])('fits %i columns, but for ids, paths and commands', async (columns) => {
    const { config, node } = overlay();
    const { exitCode, stdout } = await typed(node, config, {
      terminal: { columns, colour: false },
    })();
    expect(exitCode).toBe(0);
    const long = stdout.split('\n').filter((line) => line.length > columns);
    expect(long.filter((line) => !/[\da-f]{8}-|\//.test(line))).toEqual([]);
    expect(stdout).toMatch(/^[\n -~]*$/);
  });

  it('says where each value is from, by the keys that the operator wrote', async () => {
    const { config, node } = overlay();
    const { stdout } = await typed(node, config)('--container', 'pod1');
    expect(stdout).toContain('flannel calls win-overlay, with');
    expect(stdout).toMatch(/ipam\.subnet +10\.244\.1\.0\/24 +FLANNEL_SUBNET of subnet\.env/);
    expect(stdout).toMatch(/Exceptions +10\.96\.0\.0\/12, +delegate\.policies\[0\]/);
    expect(stdout).toMatch(/Exceptions +10\.244\.1\.0\/24 +network's subnets/);
    expect(stdout).toMatch(/NextHop +10\.244\.1\.1 +network's gateway/);
    expect(stdout).toContain('ADD would succeed.');
  });

  it('colours headings and reasons where colours show, and nothing else', async () => {
    const { config, node } = overlay();
    const plain = await typed(node, config)();
    const coloured = await typed(node, config, { terminal: { columns: 80, colour: true } })();
    expect(coloured.stdout).toContain('\u001b[1m1. V2 CreateEndpoint');
    expect(stripVTControlCharacters(coloured.stdout)).toBe(plain.stdout);
  });
});

it('says which gateway is passed over, and for what', async () => {
  const node = memoryNode('alone');
  const config = node.config('win-overlay');
  const ipam = { ...Object(config['ipam']), gateway: '10.244.3.254' };
  const { explanation } = await explained(node, {
    command: 'ADD',
    config: { ...config, ipam },
    netns,
  });
  expect(explanation.requests[0]?.reasons['Routes[0].NextHop']).toBe(
    "network's gateway; ipam.gateway 10.244.3.254 ignored (win-overlay)",
  );
});

it('says of each exception of a merged list where it is from, in V1, too', async () => {
  const node = memoryNode('alone');
  const config = {
    ...node.config('win-overlay'),
    apiVersion: 1,
    ipMasq: true,
    ipMasqNetwork: '10.244.0.0/16',
    policies: [
      { name: 'EndpointPolicy', value: { Type: 'OutBoundNAT', ExceptionList: ['10.96.0.0/12'] } },
      {
        name: 'EndpointPolicy',
        value: { Type: 'OutBoundNAT', ExceptionList: ['10.96.0.0/12', '10.0.0.0/8'] },
      },
    ],
  };
  const { explanation } = await explained(node, { command: 'ADD', config, netns: 'none' });
  const { document, reasons = {} } = explanation.requests[0] ?? {};
  expect(document?.['Policies']).toMatchObject([
    { ExceptionList: ['10.96.0.0/12', '10.0.0.0/8', '10.244.3.0/24', '10.244.0.0/16'] },
    { Type: 'PA' },
  ]);
  expect([0, 1, 2, 3].map((index) => reasons[`Policies[0].ExceptionList[${index}]`])).toEqual([
    'policies[0], policies[1]',
    'policies[1]',
    "network's subnets",
    'ipMasqNetwork',
  ]);
});

describe('other commands', () => {
  it('DEL: which endpoint, by its id, and which files; as DEL then does it', async () => {
    const { config, node } = overlay();
    await done(node, { command: 'ADD', config, netns });
    const before = node.snapshot();
    const { explanation } = await explained(node, { command: 'DEL', config, netns });
    expect(node.snapshot()).toEqual(before);
    expect(explanation.delegate?.remembered).toBe('/node/flannel/pod1');
    expect(explanation.requests.map(({ operation, why }) => [operation, why])).toEqual([
      ['ModifyNamespace', "out of the pod's namespace, of CNI_NETNS, before it is deleted"],
      [
        'DeleteEndpoint',
        "the pod's endpoint, by the id that network, container and interface give",
      ],
    ]);
    const { asked, files } = await done(node, { command: 'DEL', config, netns });
    expect(
      comparable(
        explanation.requests.map(({ document, operation, target }) => ({
          operation,
          target,
          document,
        })),
        [],
      ),
    ).toEqual(asked);
    expect(explanation.files).toEqual(files.map((path) => ({ path, change: 'removed' })));
  });

  it('CHECK: the differences that it would report', async () => {
    const { config, node } = overlay();
    const { answer } = await done(node, { command: 'ADD', config, netns });
    const check = {
      command: 'CHECK',
      config: { ...config, prevResult: answer.document },
      netns,
    } as const;
    const well = await explained(node, check);
    expect(well).toMatchObject({ exitCode: 0, explanation: { requests: [] } });
    const state = node.hns.state();
    const endpoints = state.endpoints.map((each) => ({ ...each, Policies: [] }));
    node.hns.setState({ ...state, endpoints });
    const { exitCode, explanation } = await explained(node, check);
    expect(exitCode).toBe(3);
    expect(explanation.error).toMatchObject({ code: 100 });
    expect(explanation.error?.details).toContain('policy: expected OutBoundNAT');
  });

  it('CHECK: takes prevResult and the namespace from what the runtime keeps', async () => {
    const { config, node } = overlay();
    const { answer } = await done(node, { command: 'ADD', config, netns });
    node.files.files.makeFolder('/var/lib/cni/results');
    const kept = { kind: 'cniCacheV1', netns, result: answer.document };
    const path = '/var/lib/cni/results/flannel.4096-pod1-eth0';
    node.files.files.writeNew(path, JSON.stringify(kept));
    const words = ['--command', 'CHECK', '--container', 'pod1', '--json'];
    const { exitCode, stdout } = await typed(node, config)(...words);
    expect(exitCode).toBe(0);
    const notes = [`prevResult is what the runtime keeps in ${path}`];
    expect(expectDocument('explain', stdout)).toMatchObject({ netns, notes });
  });

  it('GC: what bears our mark and is of none of the valid', async () => {
    const { config, node } = overlay();
    await done(node, { command: 'ADD', config, netns });
    const gc = { command: 'GC', config, netns } as const;
    const kept = await explained(node, gc, '--valid', 'pod1/eth0');
    expect(kept.explanation.requests).toEqual([]);
    const { explanation } = await explained(node, gc, '--valid', 'other');
    expect(explanation.requests.map(({ operation, why }) => [operation, why]).at(-1)).toEqual([
      'DeleteEndpoint',
      'it bears our mark, and is of none of the valid attachments',
    ]);
    expect(explanation.files).toContainEqual({ path: '/node/flannel/pod1', change: 'removed' });
  });
});

describe('what cannot be known', () => {
  it('answers as the plugin would, exit 3', async () => {
    const node = memoryNode('overlay');
    const config = node.config('win-bridge');
    const { exitCode, explanation } = await explained(node, { command: 'ADD', config, netns });
    const { answer } = await done(node, { command: 'ADD', config, netns });
    const { cniVersion: _, ...error } = answer.document ?? {};
    expect(exitCode).toBe(3);
    expect(explanation.error).toEqual(error);
  });

  it('does not start another IPAM: its answer is not known, exit 5, or is given by --ip', async () => {
    const node = memoryNode('every-type');
    const config = node.config('sdnbridge');
    const without = await explained(node, { command: 'ADD', config, netns });
    expect(without).toMatchObject({
      exitCode: 5,
      explanation: { unknown: 'azure-vnet-ipam', requests: [] },
    });
    const ip = '10.240.0.15/16';
    const { exitCode, explanation } = await explained(node, { command: 'ADD', config, netns, ip });
    expect(exitCode).toBe(0);
    expect(explanation.ipam).toMatchObject({
      addresses: [ip],
      asked: [{ command: 'ADD', config: { name: 'azure' } }],
    });
  });

  const deaf = new HnsError('HNS did not answer', {
    kind: 'hns-unavailable',
    reason: 'other',
    details: 'Get-Service hns',
  });
  const refuse = async () => {
    throw deaf;
  };

  it('ends with 5 where HNS cannot be asked, and says how to do without', async () => {
    const { config, node } = overlay();
    const transport = { ...node.hns.transport, v1: refuse, enumerate: refuse, query: refuse };
    const { exitCode, stderr } = await typed(node, config, { hns: { transport } })();
    expect(exitCode).toBe(5);
    expect(stderr).toContain('HNS did not answer');
    expect(stderr).toContain('\n  wincni explain --offline\n');
  });

  it('offline asks no HNS, and says what it takes for true', async () => {
    const { config, node } = overlay();
    const transport = { ...node.hns.transport, v1: refuse, enumerate: refuse, query: refuse };
    const run = typed(node, config, { hns: { transport } });
    const { exitCode, stderr, stdout } = await run('--offline', '--json');
    expect(exitCode).toBe(0);
    const document = expectDocument('explain', stdout);
    expect(document).toMatchObject({
      offline: true,
      found: { name: 'flannel.4096', type: 'Overlay', subnets: ['10.244.1.0/24 by 10.244.1.1'] },
      ipam: { addresses: ['10.244.1.2/24'] },
    });
    expect(document['assumed']).toHaveLength(3);
    expect(stderr.match(/^assumed: /gm)).toHaveLength(3);
  });
});
