import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { claimIds } from '../../../../plugins/wincni/acceptance/claims.ts';
import { expectDocument, expectErrorDocument } from '../../../helpers/operator-document.ts';
import { acceptanceNode, everyMode } from '../../../helpers/trial-acceptance.ts';

const schemaVersion = { SchemaVersion: { Major: 2, Minor: 0 } };
const other = {
  ID: '5c1b0a64-7d0e-4f7b-9a55-6a4f0f6f5000',
  Name: 'cbr0',
  Type: 'L2Bridge',
  Policies: [],
  Ipams: [{ Subnets: [{ IpAddressPrefix: '10.244.3.0/24', Routes: [] }] }],
  ...schemaVersion,
};
const endpoint = (Name: string) => ({
  ID: '5c1b0a64-7d0e-4f7b-9a55-6a4f0f6f5001',
  Name,
  HostComputeNetwork: other.ID,
  IpConfigurations: [{ IpAddress: '10.244.3.2', PrefixLength: 24 }],
  ...schemaVersion,
});
const namespace = (Type: string) => ({
  ID: '5c1b0a64-7d0e-4f7b-9a55-6a4f0f6f5002',
  NamespaceId: 2,
  Type,
  Resources: [],
  ...schemaVersion,
});

describe('on the simulator', () => {
  it('refutes nothing, tries every line that it can, and leaves nothing', async () => {
    const node = acceptanceNode();
    const { exitCode, stderr, stdout } = await node.accept(...everyMode, '--json');
    const document = expectDocument('acceptance', stdout);
    expect(document).toMatchObject({
      source: 'simulator',
      otherwise: [],
      leftovers: [],
      adapters: [],
    });
    expect(exitCode).toBe(0);
    const { calls, steps, verdicts, ...file } = node.file();
    expect(verdicts.map(({ id }) => id)).toEqual(claimIds);
    // What needs Windows, and what is HNS's to do or not.
    expect(verdicts.filter(({ verdict }) => verdict !== 'confirmed')).toMatchObject([
      { id: 'left-out.filled-in', verdict: 'not reached' },
      {
        id: 'v1.com',
        verdict: 'not reached',
        evidence: 'PowerShell alone has COM: --ways powershell',
      },
      { id: 'seen.stopped', verdict: 'not reached' },
      { id: 'seen.flags-8', verdict: 'not reached' },
    ]);
    expect(file).toMatchObject({
      hns: '13.3',
      ways: ['simulator'],
      modes: ['nat', 'l2bridge', 'overlay'],
    });
    expect(file.after).toEqual({ ...file.before, rules: undefined });
    expect(new Set(calls.map(({ step }) => step))).toContain('simulator/nat/refusals');
    expect(stderr.split('\n')).toHaveLength(steps.length + 1 + wrappedLines(stderr));
    expect(node.hns()).toMatchObject({ networks: [], endpoints: [], namespaces: [] });
    expect(readdirSync(join(node.folder, 'state'))).toEqual([]);
  });

  it('says of each verdict what came, in lines of 80 columns', async () => {
    const node = acceptanceNode();
    const { stdout } = await node.accept();
    expect(stdout).toMatch(/^confirmed {4}codes\.network-exists +0x803B0010/m);
    expect(stdout).toMatch(/^not reached {2}left-out\.late-address +a NAT network has none/m);
    expect(stdout).toContain('refuted 0 ');
    expect(stdout).toContain('This was the simulator: it says nothing of Windows.');
    expect(
      stdout.split('\n').filter((line) => line.length > 80 && !line.includes(node.out)),
    ).toEqual([]);
  });

  it('tries a bridge alone, and says of a NAT network that it was not tried', async () => {
    const node = acceptanceNode();
    expect(await node.accept('--modes', 'l2bridge', '--adapter', 'Ethernet')).toMatchObject({
      exitCode: 0,
    });
    const of = (id: string) => node.file().verdicts.find((verdict) => verdict.id === id);
    expect(of('left-out.late-address')).toMatchObject({ verdict: 'confirmed' });
    expect(of('left-out.nat-type')).toMatchObject({
      verdict: 'not reached',
      evidence: 'it is for --modes nat',
    });
  });

  it('refutes a line where HNS does otherwise, and ends in 3', async () => {
    const node = acceptanceNode();
    node.orderFaults([
      { operation: 'CreateNetwork', after: 1, times: 1, code: '0x80070034', message: 'name' },
    ]);
    const { exitCode, stderr, stdout } = await node.accept('--json');
    expect(exitCode).toBe(3);
    const document = expectDocument('acceptance', stdout);
    expect(document['otherwise']).toEqual([
      expect.stringMatching(
        /^simulator\/nat\/refusals: expected a second network of a name: 0x803B0010; came: 0x80070034/,
      ),
    ]);
    const refuted = node.file().verdicts.filter(({ verdict }) => verdict === 'refuted');
    expect(refuted.map(({ id }) => id)).toEqual(['codes.network-exists', 'seen.second-name']);
    expect(stderr).toMatch(/^FAIL simulator\/nat\/refusals/m);
  });

  it('plays nothing of a network that is not made, and names why', async () => {
    const node = acceptanceNode();
    node.orderFaults([{ operation: 'CreateNetwork', code: '0x803B0015', message: 'no' }]);
    const { exitCode } = await node.accept();
    expect(exitCode).toBe(3);
    const { steps } = node.file();
    expect(steps.find(({ id }) => id === 'simulator/nat/refusals')?.findings).toMatchObject([
      {
        result: 'not reached',
        came: expect.stringContaining('the network was not made: 0x803B0015'),
      },
    ]);
  });

  it('names what is left where undoing fails, and clears it away at the next run', async () => {
    const node = acceptanceNode();
    node.orderFaults([{ operation: 'DeleteNetwork', code: '0x803B002C', message: 'in use' }]);
    const { exitCode, stdout } = await node.accept('--json');
    expect(exitCode).toBe(3);
    expect(expectDocument('acceptance', stdout)['leftovers']).toEqual([
      expect.stringMatching(/^network [\da-f-]{36} wincni-acceptance-nat$/),
    ]);
    expect(node.hns().networks).toHaveLength(1);
    node.orderFaults([]);
    const again = await node.run('acceptance', '--destroy-on', 'win-7', '--out', `${node.out}2`);
    expect(again.exitCode).toBe(0);
    expect(node.hns().networks).toEqual([]);
  });

  it('clears away what a run that was killed had left: endpoints in namespaces, leases', async () => {
    const node = acceptanceNode();
    // The first detachment and all that come after are refused: as if nobody had been there to do it.
    node.orderFaults([
      { operation: 'ModifyNamespace', after: 1, code: '0x803B0025' },
      { operation: 'DeleteEndpoint', code: '0x803B0025' },
      { operation: 'DeleteNetwork', code: '0x803B0025' },
      { operation: 'DeleteNamespace', code: '0x803B0025' },
    ]);
    await node.accept();
    const { endpoints, namespaces, networks } = node.hns();
    expect([endpoints.length > 0, namespaces.length > 0, networks.length]).toEqual([true, true, 1]);
    node.orderFaults([]);
    const again = await node.run('acceptance', '--destroy-on', 'win-7', '--out', `${node.out}2`);
    expect(again).toMatchObject({ exitCode: 0 });
    expect(node.hns()).toMatchObject({ networks: [], endpoints: [], namespaces: [] });
  });

  it("leaves alone what is not its own: another network, the host's endpoint and namespace", async () => {
    const there = {
      networks: [other],
      endpoints: [endpoint('cbr0_ep')],
      namespaces: [namespace('HostDefault')],
    };
    const node = acceptanceNode(there);
    expect(await node.accept()).toMatchObject({ exitCode: 0 });
    expect(node.hns()).toMatchObject({ networks: [other], endpoints: [endpoint('cbr0_ep')] });
    expect(node.hns().namespaces).toHaveLength(1);
  });
});

describe('refuses', () => {
  it.each([
    [
      'another node',
      {},
      ['--destroy-on', 'win-8'],
      6,
      /^error: this node is win-7, and --destroy-on names win-8/,
    ],
    [
      'an endpoint of a pod',
      { networks: [other], endpoints: [endpoint('pod1_cbr0')] },
      [],
      6,
      /endpoint pod1_cbr0/,
    ],
    [
      "a pod's sandbox",
      { namespaces: [namespace('Host')] },
      [],
      6,
      /pods are on this node: namespace 5c1b/,
    ],
    [
      'a subnet that is in use',
      { networks: [other] },
      ['--subnet', '10.244.0.0/16'],
      2,
      /network cbr0 has 10\.244\.3\.0\/24/,
    ],
    [
      'an unknown mode',
      {},
      ['--modes', 'nat,l3'],
      2,
      /--modes: l3 is none of nat, l2bridge, overlay/,
    ],
    ['a bridge without an adapter', {}, ['--modes', 'l2bridge'], 2, /need --adapter/],
    ['a subnet that is too small', {}, ['--subnet', '10.0.0.0/27'], 2, /--subnet: 10\.0\.0\.0\/27/],
    ['a subnet that is none', {}, ['--subnet', 'fd00::/64'], 2, /--subnet/],
    ['a VNI that Windows has not', {}, ['--vni', '7'], 2, /--vni: 7 is no number from 4096/],
    ['too many pods', {}, ['--at-once', '99'], 2, /--at-once/],
    ['an unknown option', {}, ['--restart'], 2, /unknown option '--restart'/],
    ['a file that cannot be written', {}, ['--out', '/nowhere/at/all.json'], 2, /can't be written/],
  ] as const)('%s', async (_, hns, words, exitCode, said) => {
    const node = acceptanceNode(hns);
    const before = node.hns();
    const answer = await node.accept(...words);
    expect(answer.exitCode).toBe(exitCode);
    expect(answer.stderr).toMatch(said);
    expect(answer.stdout).toBe('');
    expect(node.hns()).toEqual(before);
    expect(existsSync(node.out)).toBe(false);
  });

  it.each([
    ['GET /endpoints', { endpoints: [endpoint('pod1_cbr0')] }, /endpoint pod1_cbr0/],
    ['GET /namespaces', { namespaces: [namespace('Host')] }, /namespace 5c1b/],
  ])('pods that only the other dialect of HNS has: %s shows none', async (operation, has, said) => {
    const node = acceptanceNode({ networks: [other], ...has });
    node.orderFaults([{ operation, answer: '{"Success":true,"Output":[]}' }]);
    const before = node.hns();
    const { exitCode, stderr } = await node.accept();
    expect(stderr).toMatch(said);
    expect(exitCode).toBe(6);
    expect(node.hns()).toEqual(before);
  });

  it.each(['', 'wincni-acceptance-nat'])(
    'a link where its leases would be, whose files it would clear away: %s',
    async (below) => {
      const node = acceptanceNode();
      const precious = join(node.folder, 'precious');
      mkdirSync(precious);
      writeFileSync(join(precious, 'file'), 'precious');
      const link = join(node.folder, 'state', 'wincni-acceptance', below);
      mkdirSync(dirname(link), { recursive: true });
      symlinkSync(precious, link);
      const { exitCode, stderr, stdout } = await node.accept();
      expect(readdirSync(precious)).toEqual(['file']);
      expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
      expect(stderr).toContain('is no folder of its own');
      expect(existsSync(node.out)).toBe(false);
    },
  );

  it('an out file that is there, and leaves it as it is', async () => {
    const node = acceptanceNode();
    writeFileSync(node.out, 'precious');
    const { exitCode, stderr, stdout } = await node.accept('--json');
    expect(exitCode).toBe(2);
    expect(stderr).toContain(`${node.out} is there already`);
    expectErrorDocument(stdout);
    expect(readFileSync(node.out, 'utf8')).toBe('precious');
  });

  it('a way that is none, where it is not the simulator', async () => {
    const node = acceptanceNode({}, { WINCNI_HNS: '' });
    expect(await node.accept('--ways', 'cmd')).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('--ways: cmd is neither powershell nor native'),
    });
  });

  it('where HNS does not answer: 5, and no file is left', async () => {
    const node = acceptanceNode({}, { WINCNI_HNS: '' });
    expect(await node.accept('--ways', 'native')).toMatchObject({
      exitCode: 5,
      stderr: expect.stringContaining('HNS does not answer'),
    });
    expect(existsSync(node.out)).toBe(false);
  });

  it('to be called without the name of the node, or without a file', async () => {
    const node = acceptanceNode();
    expect(await node.run('acceptance', '--out', node.out)).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('--destroy-on'),
    });
    expect(await node.run('acceptance', '--destroy-on', 'win-7')).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('--out'),
    });
  });
});

/** Lines that go on in the next. */
const wrappedLines = (text: string) =>
  text.split('\n').filter((line) => line.startsWith('     ')).length;
