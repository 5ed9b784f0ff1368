import { describe, expect, it } from 'vitest';
import { isLong } from '../helpers/long.ts';
import type { Json } from '../helpers/trial-node.ts';
import { type Case, eachAlone, sandboxes } from './cases.ts';
import { withoutWine } from './observe.ts';
import { places } from './parts.ts';
import {
  type Answer,
  asOther,
  leasesOf,
  makeNode,
  type Node,
  removeNode,
  runOn,
  type Side,
  stateOf,
} from './sides.ts';

/** A node that is changed over: what one suite made, the other has to deal with. */

const leases = (node: Node) =>
  Object.keys(leasesOf(node)).filter((name) => /\/[\da-f]+[.:]/.test(name));
const pods = (node: Node) => stateOf(node).endpoints.filter(({ Name }) => Name !== 'cbr0_ep');
const silent = { exitCode: 0, stdout: '', stderr: '' };

/** Commands on one node, by either side's executables. */
function playerOn(node: Node, { config, dialect, place }: Case) {
  return (side: Side, command: string, containerId: string, more: Json = {}): Promise<Answer> => {
    const netns = dialect === 'v1' ? 'none' : (sandboxes[containerId] ?? '');
    const on = side === node.side ? node : asOther(node);
    return runOn(on, place, { command, containerId, netns }, { ...config, ...more });
  };
}

async function onNode(name: string, play: (node: Node) => Promise<void>) {
  await withoutWine(async () => {
    const node = makeNode('theirs', name);
    await play(node);
    removeNode(node);
  });
}

/** What CHECK says of a pod in which the reference left something out. */
const unlike = [
  {
    part: 'V1 exceptions under both',
    where: ({ dialect }: Case) => dialect === 'v2',
    said: 'policy: expected OutBoundNAT except 10.96.0.0/12, found OutBoundNAT except nothing',
  },
  {
    part: 'AdditionalArgs, which is Microsoft’s',
    where: () => true,
    said: 'policy: expected OutBoundNAT except 10.96.0.0/12, found none',
  },
  {
    part: 'a host port: no protocol',
    where: ({ place }: Case) => place.plugin === 'win-bridge',
    said: 'policy: expected port mapping :8080 to 80, protocol 6, found none',
  },
  {
    part: 'local-routed host ports',
    where: ({ place }: Case) => place.plugin === 'win-bridge',
    said: 'policy: expected port mapping :8080 to 80, protocol 6, flags 1, found port mapping :8080 to 80, protocol 6',
  },
  {
    part: 'a range inside a wider subnet',
    where: ({ place }: Case) => place.network === 'cbr0',
    said: 'route to 0.0.0.0/0: expected 10.244.2.2, found 10.244.0.2',
  },
];

function answerOfCheck(played: Case) {
  const found = unlike.find(({ part, where }) => played.parts.includes(part) && where(played));
  const said = (text: string) => expect.stringContaining(text);
  return found ? { exitCode: 1, stderr: '', stdout: said(`"details": "${found.said}"`) } : silent;
}

/** The configurations with which a side makes no pod. */
const refused: Readonly<Record<Side, (played: Case) => boolean>> = {
  theirs: ({ dialect, parts, place }) =>
    isWrong(parts, place) ||
    (parts.includes('a host port: none') && place.plugin === 'win-bridge') ||
    (parts.includes('the whole subnet') && place.network === 'cbr0') ||
    parts.some((part) => unknownToReference.includes(part)) ||
    (parts.some((part) => part.startsWith('no ipam')) &&
      (dialect === 'v2' || place.plugin === 'win-overlay')),
  ours: ({ parts, place }) =>
    isWrong(parts, place) || parts.includes('a host port: a protocol of nobody’s'),
};

/** What HNS refuses as the reference sends it. */
const unknownToReference = [
  ...['types in capitals', 'a V1 route under V2', 'a V2 route under V1'],
  ...['an exception without a length', 'a V1 exception without a length'],
];

const isWrong = (parts: Case['parts'], { plugin }: Case['place']) =>
  parts.includes('a policy that HNS refuses') ||
  (plugin === 'win-bridge' && parts.some((part) => /^another.* provider address$/.test(part))) ||
  (plugin === 'win-overlay' &&
    parts.some((part) => /^a MAC prefix (?:of no hex|too long)/.test(part)));

const plain = eachAlone.filter(
  ({ steps: [added, deleted, more] }) =>
    added?.containerId === 'pod1' && deleted?.command === 'DEL' && !more,
);

/** All in `npm run test:long`; otherwise every third, and those whose CHECK differs. */
const slice = (cases: readonly Case[]) =>
  cases
    .map((played, index) => ({ title: played.title, played, index }))
    .filter(({ index, played }) => isLong || index % 3 === 0 || answerOfCheck(played) !== silent);

const taken = slice(plain.filter((played) => !refused.theirs(played) && !refused.ours(played)));
const given = slice(plain.filter((played) => !refused.ours(played)));

describe.concurrent('a pod that the reference made', () => {
  it.each(taken)(
    'is ours to add again, to check and to delete: $title',
    async ({ index, played }) => {
      // Before CHECK came, a configuration of an older version says so.
      const version = String(played.config['cniVersion']) < '0.4.0' ? { cniVersion: '0.4.0' } : {};
      const config = { ...played.config, ...version };
      await onNode(`taken-${index}`, async (node) => {
        const at = playerOn(node, { ...played, config });
        const made = await at('theirs', 'ADD', 'pod1');
        expect(made).toMatchObject({ exitCode: 0 });
        const prevResult = JSON.parse(made.stdout);
        const [endpoint] = pods(node);
        const before = leases(node);
        expect(await at('ours', 'CHECK', 'pod1', { prevResult })).toEqual(answerOfCheck(played));
        const again = await at('ours', 'ADD', 'pod1');
        expect(again).toMatchObject({ exitCode: 0, stderr: '' });
        const { interfaces, ips } = JSON.parse(again.stdout);
        expect(ips.slice(-prevResult.ips.length)).toMatchObject(prevResult.ips);
        expect(interfaces.at(-1).mac).toBe(prevResult.interfaces[0].mac);
        expect(pods(node)).toEqual([endpoint]);
        expect(leases(node)).toEqual(before);
        // Of Docker's pods, whose ids HNS chooses, the result says who made them.
        const now = { prevResult: played.dialect === 'v1' ? prevResult : JSON.parse(again.stdout) };
        expect(await at('ours', 'CHECK', 'pod1', now)).toEqual(answerOfCheck(played));
        expect(await at('ours', 'DEL', 'pod1', { prevResult })).toEqual(silent);
        expect([pods(node), leases(node)]).toEqual([[], []]);
      });
    },
  );

  const usual = eachAlone.filter(({ parts }) => parts.at(-1) === 'two pods');
  it.each(usual.map((played, index) => ({ title: played.title, played, index })))(
    'goes when it is stale, and no other with it: $title',
    async ({ index, played }) => {
      await onNode(`collected-${index}`, async (node) => {
        const at = playerOn(node, played);
        for (const pod of ['pod1', 'pod2']) {
          expect(await at('theirs', 'ADD', pod)).toMatchObject({ exitCode: 0 });
        }
        const valid = [{ containerID: 'pod2', ifname: 'eth0' }];
        const more = { cniVersion: '1.1.0', 'cni.dev/valid-attachments': valid };
        const gc = await at('ours', 'GC', 'pod1', more);
        // Docker and containerd are not on one network: GC knows containerd's endpoints.
        expect(gc).toEqual(silent);
        expect(pods(node)).toMatchObject([{ Name: `pod2_${played.place.network}` }]);
        expect(leases(node)).toHaveLength(1);
      });
    },
  );
});

describe.concurrent('a pod that ours made', () => {
  it.each(given)('is the reference’s to delete: $title', async ({ index, played }) => {
    const older = String(played.config['cniVersion']) < '0.3.0';
    await onNode(`given-${index}`, async (node) => {
      const at = playerOn(node, played);
      expect(await at('ours', 'ADD', 'pod1')).toMatchObject({ exitCode: 0, stderr: '' });
      // The reference cannot delete by a configuration of two sets of ranges before 0.3.0.
      if (older && played.parts.includes('two sets of ranges')) return;
      expect(await at('theirs', 'DEL', 'pod1')).toMatchObject({ exitCode: 0 });
      expect([pods(node), leases(node)]).toEqual([[], []]);
    });
  });
});

describe('both on one node at once', () => {
  const both = places.flatMap((place) =>
    eachAlone.filter(
      (played) =>
        played.place === place && played.dialect === 'v2' && played.parts.at(-1) === 'two pods',
    ),
  );
  it.each(both.map((played, index) => ({ title: played.title, played, index })))(
    'give no address twice, and each deletes what the other made: $title',
    async ({ index, played }) => {
      await onNode(`both-${index}`, async (node) => {
        const at = playerOn(node, played);
        const made = await Promise.all([
          at('theirs', 'ADD', 'pod1'),
          at('ours', 'ADD', 'pod2'),
          at('theirs', 'ADD', 'pod3'),
          at('ours', 'ADD', 'pod4'),
        ]);
        expect(made.map(({ exitCode }) => exitCode)).toEqual([0, 0, 0, 0]);
        const addresses = made.map(({ stdout }) => JSON.parse(stdout).ips[0].address);
        expect(new Set(addresses).size).toBe(4);
        expect([pods(node).length, leases(node).length]).toEqual([4, 4]);
        const gone = await Promise.all([
          at('ours', 'DEL', 'pod1'),
          at('theirs', 'DEL', 'pod2'),
          at('ours', 'DEL', 'pod3'),
          at('theirs', 'DEL', 'pod4'),
        ]);
        expect(gone.map(({ exitCode }) => exitCode)).toEqual([0, 0, 0, 0]);
        expect([pods(node), leases(node)]).toEqual([[], []]);
      });
    },
  );
});
