import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { isLong } from '../../helpers/long.ts';
import {
  configOf,
  type Json,
  root,
  type Starter,
  type TrialNode,
  trialNode,
} from '../../helpers/trial-node.ts';
import { silent, trial } from './trial.ts';

/** Each command a process of its own, as the runtime starts them: `npm test` builds it first. */
const asProcess: Starter = (plugin, env, stdin) => {
  const child = spawn(join(root, 'dist/linux-x64', plugin), { env });
  const texts = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk) => {
    texts.stdout += chunk;
  });
  child.stderr.on('data', (chunk) => {
    texts.stderr += chunk;
  });
  child.stdin.end(stdin);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (exitCode) => resolve({ exitCode, ...texts }));
  });
};

const namesOf = (node: TrialNode) => node.hns().networks.map(({ Name }) => Name);

describe('a network that is missing', () => {
  const crowd = isLong ? 50 : 12;
  it(`is made once by ${crowd} processes at once, and each gets its endpoint`, async () => {
    const node = trialNode('bare', { start: asProcess });
    onTestFinished(() => node.remove());
    const config = configOf(node, 'nat');
    const answers = await Promise.all(
      Array.from({ length: crowd }, (_, number) =>
        node.run({ plugin: 'nat', command: 'ADD', config, containerId: `pod${number}` }),
      ),
    );
    expect(answers.filter(({ exitCode, stderr }) => exitCode !== 0 || stderr !== '')).toEqual([]);
    expect(namesOf(node)).toEqual(['pods-nat']);
    const addresses = answers.map(({ document }) => JSON.stringify(document?.['ips']));
    expect(new Set(addresses).size).toBe(crowd);
    expect(node.hns().endpoints).toHaveLength(crowd);
  }, 180_000);

  it.each([
    ['by V2', '7e2f9d10-3c55-4b1e-8a27-90c4e5d1b001'],
    ['by Docker', 'none'],
  ])('is found when another made it in between: %s', async (_, netns) => {
    const play = trial({ conf: 'nat', fixture: 'bare', request: { netns } });
    await play.added({}, { containerId: 'pod2' });
    const before = play.node.hns().networks;
    // The listing is of a moment before.
    const nothing = JSON.stringify({ Success: true, Output: [] });
    play.node.orderFaults([{ operation: 'GET /networks', times: 1, answer: nothing }]);
    await play.added();
    const refused = play.node.calls().filter(({ code }) => code !== null);
    expect(refused).toMatchObject([{ operation: 'CreateNetwork', code: '0x803B0010' }]);
    expect(play.node.hns().networks).toEqual(before);
  });

  it('is not taken for made when HNS says that it exists and does not show it', async () => {
    const play = trial({ conf: 'nat', fixture: 'bare' });
    play.node.orderFaults([{ operation: 'CreateNetwork', code: '0x803B0010' }]);
    expect((await play.run('ADD')).document).toMatchObject({
      code: 101,
      details: expect.stringContaining('HCN_E_NETWORK_ALREADY_EXISTS'),
    });
  });

  it('is asked for again, no more often than every half second, when another makes it', async () => {
    const play = trial({ conf: 'win-bridge', fixture: 'bare' });
    expect((await play.run('ADD')).document).toMatchObject({ code: 11 });
    const asked = play.node.calls().length;
    expect(asked).toBeGreaterThan(1);
    expect(asked).toBeLessThanOrEqual(11);
  });

  it('stays when its last pod is gone, and when its first ADD fails', async () => {
    const play = trial({ conf: 'nat', fixture: 'bare' });
    play.node.orderFaults([{ operation: 'ModifyNamespace', code: '0x803B002E', times: 1 }]);
    expect(await play.run('ADD')).toMatchObject({ document: { code: 101 } });
    expect(play.pods()).toEqual([]);
    const result = await play.added();
    expect(await play.run('DEL', { prevResult: result })).toEqual(silent);
    expect(play.pods()).toEqual([]);
    expect(namesOf(play.node)).toEqual(['pods-nat']);
    expect(play.node.calls().map(({ operation }) => operation)).not.toContain('DeleteNetwork');
  });

  const leased = (ipam: Json) => ({ type: 'host-local', ...ipam });
  it.each<[string, string, Json, Json]>([
    [
      'a bridge, when told to',
      'win-bridge',
      { createNetwork: true, master: 'Ethernet 2', ipam: leased({ subnet: '10.9.1.0/24' }) },
      {
        Type: 'L2Bridge',
        Policies: expect.arrayContaining([
          { Type: 'NetAdapterName', Settings: { NetworkAdapterName: 'Ethernet 2' } },
        ]),
        subnets: [['10.9.1.0/24', '10.9.1.1', undefined]],
      },
    ],
    [
      'a bridge for two families',
      'win-bridge',
      {
        createNetwork: true,
        ipam: leased({
          ranges: [
            [
              { subnet: '10.9.1.0/24', rangeEnd: '10.9.1.9' },
              { subnet: '10.9.1.0/24', rangeStart: '10.9.1.20' },
            ],
            [{ subnet: 'fd00:9::/64' }],
          ],
        }),
      },
      {
        Type: 'L2Bridge',
        subnets: [
          ['10.9.1.0/24', '10.9.1.1', undefined],
          ['fd00:9::/64', 'fd00:9::1', undefined],
        ],
      },
    ],
    [
      'an overlay, when told to',
      'win-overlay',
      { createNetwork: true, vni: 4099, ipam: leased({ subnet: '10.9.2.0/24' }) },
      {
        Type: 'Overlay',
        subnets: [['10.9.2.0/24', '10.9.2.1', [{ Type: 'VSID', Settings: { IsolationId: 4099 } }]]],
      },
    ],
    [
      'a transparent network, when told to',
      'win-transparent',
      {
        createNetwork: true,
        ipam: leased({ subnet: '10.9.3.0/24', routes: [{ dst: '0.0.0.0/0', gw: '10.9.3.7' }] }),
      },
      { Type: 'Transparent', subnets: [['10.9.3.0/24', '10.9.3.7', undefined]] },
    ],
  ])('is made from the configuration: %s', async (_, type, keys, expected) => {
    const node = trialNode('bare');
    onTestFinished(() => node.remove());
    const written: Json = { cniVersion: '1.0.0', name: 'made', type, ...keys };
    const ipam = { ...Object(written['ipam']), dataDir: node.leaseFolder };
    const run = (command: string) =>
      node.run({ plugin: type, command, config: { ...written, ipam } });
    expect(await run('ADD')).toMatchObject({ exitCode: 0 });
    const [network = {}] = node.hns().networks;
    const subnets = JSON.parse(JSON.stringify(network['Ipams']))[0].Subnets.map(
      ({ IpAddressPrefix, Policies, Routes }: Json & { Routes: [{ NextHop: string }] }) => [
        IpAddressPrefix,
        Routes[0].NextHop,
        Policies,
      ],
    );
    expect({ ...network, subnets }).toMatchObject({ Name: 'made', ...expected });
    expect(await run('DEL')).toEqual(silent);
    expect(namesOf(node)).toEqual(['made']);
  });

  it.each<[string, string, Json, number, string]>([
    ['nobody was told to make', 'win-bridge', {}, 11, 'network made is not found in HNS'],
    ['of an overlay without VNI', 'win-overlay', { createNetwork: true }, 7, 'does not say enough'],
    [
      'of an overlay with a VNI that Windows has not',
      'win-overlay',
      { createNetwork: true, vni: 4095 },
      7,
      'vni: expected at least 4096, found 4095',
    ],
  ])('is complained of: %s', async (_, type, keys, code, words) => {
    const node = trialNode('bare');
    onTestFinished(() => node.remove());
    const ipam = { type: 'host-local', subnet: '10.9.1.0/24', dataDir: node.leaseFolder };
    const config = { cniVersion: '1.0.0', name: 'made', type, ipam, ...keys };
    const answer = await node.run({ plugin: type, command: 'ADD', config });
    const { details, msg } = answer.document ?? {};
    expect(answer.document).toMatchObject({ code });
    expect(`${msg}\n${details}`).toContain(words);
    expect(node.hns().networks).toEqual([]);
    expect(node.allLeases()).toEqual([]);
  });
});
