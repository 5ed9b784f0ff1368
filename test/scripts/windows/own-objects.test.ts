import { rmSync } from 'node:fs';
import { expect, it, onTestFinished } from 'vitest';
import { readNode } from '../../../plugins/wincni/acceptance/node-state.ts';
import { clearOwn, ownNamespaceId, ownNetworkId } from '../../../scripts/windows/own-objects.ts';
import { snapshot } from '../../../scripts/windows/snapshot.ts';
import { ids, trialFolder } from '../../hns-bridge/simulator/trial.ts';

/** What a killed run has left is removed, and nothing else. */

const nat = {
  Type: 'NAT',
  Ipams: [{ Subnets: [{ IpAddressPrefix: '192.168.212.0/24' }] }],
};
const namespace = '{"SchemaVersion":{"Major":2,"Minor":0}}';

function openNode() {
  const node = trialFolder();
  onTestFinished(() => rmSync(node.folder, { recursive: true }));
  return node;
}

it('removes networks, endpoints that are attached, and namespaces of its own', async () => {
  const node = openNode();
  const before = snapshot(await readNode(node.hns));
  const network = ownNetworkId('wincni-windows-nat');
  const document = JSON.stringify({ ...nat, Name: 'wincni-windows-nat' });
  await node.hns.create('Network', network, document);
  await node.hns.create('Namespace', ownNamespaceId(1), namespace);
  // On its network, under any name; and by its name on a network of somebody else's.
  await node.createEndpoint({ Name: 'pod_of_a_runtime' }, ids.pod, network);
  await node.createEndpoint({ Name: 'wincni-windows-pod1_cbr0' }, ids.otherPod, ids.bridge);
  await node.move('Add', ids.pod, ownNamespaceId(1));
  expect(await clearOwn(node.hns)).toEqual([]);
  expect(snapshot(await readNode(node.hns))).toEqual(before);
});

it("leaves everybody else's", async () => {
  const node = openNode();
  await node.createEndpoint({ Name: 'wincni-windowspod_cbr0' });
  await node.move('Add');
  const before = snapshot(await readNode(node.hns));
  expect(await clearOwn(node.hns)).toEqual([]);
  expect(snapshot(await readNode(node.hns))).toEqual(before);
});

it('says what HNS does not let go', async () => {
  const node = openNode();
  await node.hns.create('Namespace', ownNamespaceId(1), namespace);
  node.order([{ operation: 'DeleteNamespace', code: '0x80070005' }]);
  expect(await clearOwn(node.hns)).toEqual([
    expect.stringMatching(`^Namespace ${ownNamespaceId(1)}: 0x80070005`),
  ]);
});
