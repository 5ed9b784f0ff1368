import { expect, it } from 'vitest';
import { Refusal } from '../../../hns-bridge/simulator/refusal.ts';
import { systemError } from '../../helpers/memory-files.ts';
import { refusedBy, type Strike } from '../../helpers/memory-hns.ts';
import { type MemoryRequest, memoryNode, type Watch } from '../../helpers/memory-node.ts';

/** What an ADD that fails leaves where undoing fails too, or nobody knows what was done. */

const fails = (operations: readonly string[]): Strike => {
  return (call, perform) =>
    operations.includes(call.operation)
      ? refusedBy('failing', call.api, new Refusal(0x80004005, 'by order'))
      : perform();
};

function place(
  conf: string,
  env: MemoryRequest['env'] = {},
  { fixture, plugin } = { fixture: 'alone', plugin: 'win-bridge' },
) {
  const node = memoryNode(fixture);
  const config = node.config(conf, { cniVersion: '1.1.0' });
  const run = (command: string, watch: Watch = {}, more: MemoryRequest['env'] = {}) =>
    node.run({ plugin, command, config, watch, env: { ...env, ...more } });
  return { node, run };
}

const viaFlannel = { fixture: 'host-gw', plugin: 'flannel' };

const leasesOf = ({ node }: ReturnType<typeof place>) =>
  [...node.files.entries()].map(([path]) => path).filter((path) => /\/(l2br|cbr0)\/\d/.test(path));

it('says what could not be undone: the endpoint, and the lease that it needs', async () => {
  const at = place('win-bridge');
  const onHns = fails(['ModifyNamespace', 'DeleteEndpoint']);
  const { document } = await at.run('ADD', { onHns });
  expect(document).toMatchObject({
    code: 101,
    details: expect.stringMatching(
      /\nnot undone: endpoint [-\da-f]{36}, lease of 10\.244\.4\.10; DEL, which the runtime sends, does it$/,
    ),
  });
  expect(leasesOf(at)).toHaveLength(1);
  expect(await at.run('DEL')).toMatchObject({ exitCode: 0 });
  expect(leasesOf(at)).toEqual([]);
});

it.each([
  ['win-bridge', 'once', place('win-bridge')],
  ['win-bridge', 'for good', place('win-bridge')],
  ['flannel', 'once', place('flannel-host-gw', {}, viaFlannel)],
  ['flannel', 'for good', place('flannel-host-gw', {}, viaFlannel)],
])(
  'keeps the lease of an endpoint that HNS may make yet: by %s, it does not answer, %s',
  async (_, howLong, at) => {
    const others = at.node.hns.state().endpoints.length;
    let hangs = false;
    let belated = () => {};
    const onHns: Strike = (call, perform) => {
      const isCreation = call.operation === 'CreateEndpoint';
      if (!isCreation && !(hangs && howLong === 'for good')) return perform();
      hangs = true;
      if (isCreation) belated = perform;
      setImmediate(at.node.passTime);
      return new Promise(() => {});
    };
    const { document } = await at.run('ADD', { onHns });
    expect(document).toMatchObject({
      code: 103,
      details: expect.stringMatching(/lease of 10\.244\.\d+\.\d+/),
    });
    belated();
    expect(leasesOf(at)).toHaveLength(1);
    expect(await at.run('DEL')).toMatchObject({ exitCode: 0 });
    expect([leasesOf(at), at.node.hns.state().endpoints.length]).toEqual([[], others]);
  },
);

it('takes a workload of Docker’s out again whose attachment was done and not answered', async () => {
  const at = place('win-bridge-docker', { CNI_NETNS: 'none' });
  await at.run('ADD');
  const workload = { CNI_CONTAINERID: 'work1', CNI_NETNS: 'container:pod1' };
  let isFirst = true;
  const onHns: Strike = (call, perform) => {
    const done = perform();
    if (call.operation !== 'ModifyComputeSystem' || !isFirst) return done;
    isFirst = false;
    return refusedBy('failing', call.api, new Refusal(0x80004005, 'by order'));
  };
  expect((await at.run('ADD', { onHns }, workload)).document).toMatchObject({ code: 101 });
  expect(at.node.hns.state().endpoints).toMatchObject([{ SharedContainers: ['pod1'] }]);
});

it('sweeps up at GC what a killed STATUS left unfinished', async () => {
  const at = place('win-bridge');
  const onFile: Watch['onFile'] = ({ name, path }) => {
    if (name !== 'writeNew' && /\/cni\/wincni\//.test(path)) throw systemError('EIO', name, path);
  };
  await at.run('STATUS', { onFile });
  const unfinished = () => [...at.node.files.entries()].filter(([path]) => /\.wincni-/.test(path));
  expect(unfinished()).toHaveLength(1);
  const later = 3_600_000;
  const config = at.node.config('win-bridge', { cniVersion: '1.1.0' });
  await at.node.run({ plugin: 'win-bridge', command: 'GC', config, later });
  expect(unfinished()).toEqual([]);
});

it('says which lease of host-local’s could not be given back', async () => {
  const node = memoryNode('bare');
  const ranges = [[{ subnet: '10.20.0.0/24' }], [{ subnet: 'fd00:20::/64' }]];
  const ipam = { type: 'host-local', ranges, dataDir: node.leaseFolder };
  const config = { cniVersion: '1.1.0', name: 'l2br', type: 'host-local', ipam };
  let links = 0;
  const onFile: Watch['onFile'] = ({ name, path }) => {
    if (name === 'link' && !path.includes('status')) links++;
    if (links > 1) throw systemError('EIO', name, path);
  };
  const request = { plugin: 'host-local', config };
  const { document } = await node.run({ ...request, command: 'ADD', watch: { onFile } });
  expect(document).toMatchObject({
    code: 5,
    details: expect.stringContaining('not undone: lease of 10.20.0.2'),
  });
});
