import { mkdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { leaseReleaseCommand } from '../../../../plugins/wincni/commands/lease-release.ts';
import { type OperatorNode, operatorNode } from '../../../helpers/operator-node.ts';
import { sandboxes } from '../../../helpers/trial-node.ts';

const made: OperatorNode[] = [];

/** A node with a live pod at .2, and leases of the owners that are named, an hour old. */
async function nodeWith(
  leases: Readonly<Record<string, string>>,
  network = 'flannel.4096',
): Promise<OperatorNode> {
  const node = operatorNode('overlay', 'flannel-overlay');
  made.push(node);
  await node.add('live', sandboxes.first);
  for (const [address, owner] of Object.entries(leases)) lease(node, network, address, owner);
  node.ageLeases();
  return node;
}

function lease(node: OperatorNode, network: string, address: string, owner: string): void {
  const folder = join(node.leaseFolder, network);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, address), owner);
}

afterEach(() => {
  for (const node of made.splice(0)) node.remove();
});

const gone = { '10.244.1.9': 'gone\r\neth0' };
const release = (node: OperatorNode, ...words: readonly string[]) =>
  node.wincni('lease', 'release', ...words);

describe('lease release', () => {
  it('gives back what nobody holds', async () => {
    const node = await nodeWith(gone);
    expect(await release(node, '10.244.1.9', '--yes')).toMatchObject({
      exitCode: 0,
      stdout: 'removed the lease of 10.244.1.9 on flannel.4096, of gone (eth0)\n',
    });
    expect(node.allLeases()).toEqual(['flannel.4096/10.244.1.2']);
  });

  it('says what it would do, and does it where nobody stops it', async () => {
    const node = await nodeWith(gone);
    const { exitCode, stdout } = await release(node, '10.244.1.9', '--dry-run', '--json');
    const { schema, ...document } = JSON.parse(stdout);
    expect({ exitCode, schema }).toEqual({ exitCode: 0, schema: 1 });
    expect(z.parse(leaseReleaseCommand.document(), document)).toEqual({
      address: '10.244.1.9',
      network: 'flannel.4096',
      container: 'gone',
      interface: 'eth0',
      released: false,
    });
    const { exitCode: unasked, stderr } = await release(node, '10.244.1.9');
    expect(unasked).toBe(6);
    expect(stderr).toContain(
      `\n  wincni lease release 10.244.1.9 --conf-dir '${node.confDir}' --network 'flannel.4096' --yes\n`,
    );
    const answering = (line: string) =>
      node.as({ interactive: true, readLine: () => line }).wincni('lease', 'release', '10.244.1.9');
    expect(await answering('n')).toMatchObject({ exitCode: 6 });
    expect(node.allLeases()).toContain('flannel.4096/10.244.1.9');
    expect(await answering('y')).toMatchObject({ exitCode: 0 });
    expect(node.allLeases()).not.toContain('flannel.4096/10.244.1.9');
  });

  it.each([
    ['an endpoint has it', '10.244.1.2', 'has it'],
    ["it is the host's own", '10.244.1.8', "the host's own: kube-proxy"],
  ])('refuses while %s, unless it is forced', async (_, address, why) => {
    const node = await nodeWith({ '10.244.1.8': 'kube-proxy\r\nsource-vip' });
    const before = node.allLeases();
    const { exitCode, stderr } = await release(node, address, '--yes');
    expect(exitCode).toBe(6);
    expect(stderr).toContain(why);
    expect(node.allLeases()).toEqual(before);
    expect(await release(node, address, '--yes', '--force')).toMatchObject({ exitCode: 0 });
    expect(node.allLeases()).toEqual(before.filter((each) => !each.endsWith(`/${address}`)));
  });

  // NTFS has one folder for a network's name in either letter case; HNS keeps the case that it was made with.
  it('refuses while an endpoint has it whose network is named otherwise', async () => {
    const node = await nodeWith(gone, 'FLANNEL.4096');
    node.setHns((state) => ({
      ...state,
      endpoints: state.endpoints.map((endpoint) => ({
        ...endpoint,
        IpConfigurations: [{ IpAddress: '10.244.1.9', PrefixLength: 24 }],
      })),
    }));
    const before = node.allLeases();
    const { exitCode, stderr } = await release(node, '10.244.1.9', '--yes');
    expect(exitCode).toBe(6);
    expect(stderr).toContain('has it');
    expect(node.allLeases()).toEqual(before);
  });

  it('refuses one that is younger than an ADD takes', async () => {
    const node = await nodeWith(gone);
    const now = new Date();
    utimesSync(join(node.leaseFolder, 'flannel.4096', '10.244.1.9'), now, now);
    const { exitCode, stderr } = await release(node, '10.244.1.9', '--yes');
    expect(exitCode).toBe(6);
    expect(stderr).toContain('younger than 10 minutes');
  });

  it('refuses where HNS does not tell', async () => {
    const node = await nodeWith(gone);
    rmSync(join(node.folder, 'hns', 'hns.json'));
    expect(await release(node, '10.244.1.9', '--yes')).toMatchObject({ exitCode: 5 });
    expect(node.allLeases()).toContain('flannel.4096/10.244.1.9');
    expect(await release(node, '10.244.1.9', '--yes', '--force')).toMatchObject({ exitCode: 0 });
    expect(node.allLeases()).not.toContain('flannel.4096/10.244.1.9');
  });

  it('wants the network where several have a lease of it', async () => {
    const node = await nodeWith(gone);
    lease(node, 'old', '10.244.1.9', 'other\r\neth0');
    // Whoever may make a folder there chooses its name: it is a word, and no command.
    lease(node, "x'; calc #", '10.244.1.9', 'other\r\neth0');
    node.ageLeases();
    const { exitCode, stderr } = await release(node, '10.244.1.9', '--yes');
    expect(exitCode).toBe(2);
    expect(stderr).toContain(`--conf-dir '${node.confDir}' --network 'old'\n`);
    expect(stderr).toContain(`--conf-dir '${node.confDir}' --network 'x''; calc #'\n`);
    expect(await release(node, '10.244.1.9', '--network', 'old', '--yes')).toMatchObject({
      exitCode: 0,
    });
    expect(node.allLeases()).toContain('flannel.4096/10.244.1.9');
    expect(node.allLeases()).not.toContain('old/10.244.1.9');
  });

  it.each([
    ['../../etc/passwd'],
    ['10.244.1'],
    ['010.244.1.9'],
    ['10.244.1.9/24'],
    ['10.244.1.9', '--network', '..'],
    ['10.244.1.9', '--network', 'a/b'],
    ['10.244.1.9', '--network', 'nul'],
  ])('refuses %s %s %s', async (...words) => {
    const node = await nodeWith(gone);
    const before = node.allLeases();
    expect(await release(node, ...words, '--yes', '--force')).toMatchObject({
      exitCode: 2,
      stdout: '',
    });
    expect(node.allLeases()).toEqual(before);
  });

  it('knows an address however it is written, and one that nobody leased', async () => {
    const node = await nodeWith({ 'fd00::9': 'gone\r\neth0' });
    expect(await release(node, '10.244.1.77', '--yes')).toMatchObject({ exitCode: 1 });
    expect(await release(node, 'FD00:0:0::0009', '--yes')).toMatchObject({ exitCode: 0 });
    expect(node.allLeases()).toEqual(['flannel.4096/10.244.1.2']);
  });
});
