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
import { expectErrorDocument } from '../../../helpers/operator-document.ts';
import { acceptanceNode } from '../../../helpers/trial-acceptance.ts';
import { endpoint, namespace, other } from './somebodys.ts';

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
