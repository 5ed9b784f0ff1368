import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { HnsError } from '../../../../hns-bridge/error.ts';
import { gatherLook } from '../../../../plugins/wincni/facts/look.ts';
import { lacking } from '../../../../plugins/wincni/facts/probe.ts';
import { openOperatorHns } from '../../../../plugins/wincni/hns.ts';
import { trialOperator } from '../../../../scripts/trial-operator.ts';
import { nodeHost } from '../../../../system/node-host.ts';
import { configOf, sandboxes, trialNode } from '../../../helpers/trial-node.ts';

/** A node with a pod, and what it takes to look at it. */
async function nodeWithPod() {
  const node = trialNode('overlay');
  onTestFinished(() => node.remove());
  const config = configOf(node, 'flannel-overlay');
  const { exitCode } = await node.run({ plugin: 'flannel', command: 'ADD', config });
  expect(exitCode).toBe(0);
  const machine = {
    ...nodeHost(process),
    env: { WINCNI_HNS: 'simulator', WINCNI_HNS_STATE: join(node.folder, 'hns') },
  };
  const hns = await openOperatorHns(trialOperator({ machine }).operator, undefined);
  onTestFinished(() => hns.close());
  const sources = {
    files: machine.files,
    clock: machine.clock,
    leaseFolders: [node.leaseFolder],
    scratchFolders: [node.scratchFolder],
  };
  return { node, network: String(config['name']), sources: { ...sources, calls: hns.calls } };
}

test('a look has the leases, endpoints, namespaces and scratch files of this moment', async () => {
  const { network, node, sources } = await nodeWithPod();
  const found = lacking();
  const look = await gatherLook(sources, found);
  expect(found.missing).toEqual([]);
  const [address = ''] = node.leases(network);
  expect(look.leases).toEqual([
    expect.objectContaining({
      address,
      container: 'pod1',
      ifName: 'eth0',
      file: expect.stringMatching(new RegExp(`/networks/[^/]+/${address}$`)),
    }),
  ]);
  expect(look.endpoints?.map(({ IPAddress }) => IPAddress)).toContain(address);
  expect(look.namespaces).toContain(sandboxes.first);
  expect(look.scratch).toEqual([
    expect.objectContaining({ container: 'pod1', text: expect.stringContaining('win-overlay') }),
  ]);
});

test('what is no lease, or cannot be read, keeps no other from being read', async () => {
  const { node, sources } = await nodeWithPod();
  const folder = join(node.leaseFolder, 'other');
  mkdirSync(join(folder, '10.0.0.9'), { recursive: true });
  writeFileSync(join(folder, '10.0.0.7'), '');
  writeFileSync(join(folder, 'fd00__7'), 'pod9\r\neth1');
  writeFileSync(join(folder, 'last_reserved_ip.0'), '10.0.0.7');
  writeFileSync(join(node.leaseFolder, 'stray'), '');
  const denied = Object.assign(new Error('EACCES: no'), { code: 'EACCES', syscall: 'open' });
  const files = {
    ...sources.files,
    list(path: string) {
      if (path === node.scratchFolder) throw denied;
      return sources.files.list(path);
    },
  };
  const found = lacking();
  const look = await gatherLook({ ...sources, files }, found);
  expect(look.leases.filter(({ network }) => network === 'other')).toMatchObject([
    { address: '10.0.0.7', container: '', ifName: '' },
    { address: 'fd00::7', container: 'pod9', ifName: 'eth1' },
  ]);
  expect(look.leases).toHaveLength(3);
  expect(look.scratch).toEqual([]);
  expect(found.missing).toMatchObject([{ fact: 'looks.scratch', reason: 'administrator' }]);
});

test('without HNS and a runtime a look has what the files say', async () => {
  const { sources } = await nodeWithPod();
  const look = await gatherLook({ ...sources, calls: undefined }, lacking());
  expect(Object.keys(look).sort()).toEqual(['at', 'leases', 'scratch']);
});

test('what HNS and the runtime refuse is told, and the rest is there', async () => {
  const { sources } = await nodeWithPod();
  const found = lacking();
  const denied = new HnsError('no rights', {
    kind: 'hns-refused',
    reason: 'denied',
    details: '',
  });
  const calls = {
    ...sources.calls,
    v1: () => Promise.reject(denied),
  };
  const look = await gatherLook(
    { ...sources, calls, sandboxes: () => Promise.reject(new Error('no crictl')) },
    found,
  );
  expect(look.leases).toHaveLength(1);
  expect(look.namespaces).toContain(sandboxes.first);
  expect(new Set(found.missing)).toEqual(
    new Set([
      { fact: 'looks.endpoints', reason: 'administrator', what: 'no rights' },
      { fact: 'looks.sandboxes', reason: 'failed', what: 'no crictl' },
    ]),
  );
});
