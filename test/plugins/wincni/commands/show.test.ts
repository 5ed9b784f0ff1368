import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { leaseListCommand } from '../../../../plugins/wincni/commands/lease-list.ts';
import { showCommand } from '../../../../plugins/wincni/commands/show.ts';
import { type OperatorNode, operatorNode } from '../../../helpers/operator-node.ts';
import { sandboxes } from '../../../helpers/trial-node.ts';

const long = '3f7c0f6c2d5e4b1a9c8d7e6f5a4b3c2d1e0f9a8b7c6d5e4f3a2b1c0d9e8f7a61';
const made: OperatorNode[] = [];

async function nodeWithPods(): Promise<OperatorNode> {
  const node = operatorNode('host-gw', 'flannel-host-gw');
  made.push(node);
  await node.add(long, sandboxes.first);
  await node.add('pod2', sandboxes.second);
  return node;
}

afterEach(() => {
  for (const node of made.splice(0)) node.remove();
});

const hideHns = (node: OperatorNode) => rmSync(join(node.folder, 'hns', 'hns.json'));
const kinds = ['pods', 'networks', 'endpoints', 'namespaces', 'leases'];

describe('show', () => {
  it('joins what belongs to a pod', async () => {
    const node = await nodeWithPods();
    const { exitCode, stderr, stdout } = await node.wincni('show');
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout.split('\n')).toEqual([
      'CONTAINER      NETWORK  ADDRESS     ENDPOINT  LEASE  STATE',
      expect.stringMatching(/^cbr0_ep {8}cbr0 {5}10\.244\.2\.2 {2}0d3a9c4e {2}- {6}reserved$/),
      expect.stringMatching(/^3f7c0f6c2d5e4 {2}cbr0 {5}10\.244\.2\.3 {2}3d47ad15 {2}yes {4}whole$/),
      expect.stringMatching(/^pod2 {11}cbr0 {5}10\.244\.2\.4 {2}[0-9a-f]{8} {2}yes {4}whole$/),
      '',
    ]);
  });

  it.each(kinds)('%s fit into 80 columns; --wide has whole ids', async (kind) => {
    const node = await nodeWithPods();
    const narrow = await node.wincni('show', kind);
    expect(narrow.exitCode).toBe(0);
    expect(narrow.stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
    const wide = await node.wincni('show', kind, '--wide');
    const id = {
      networks: 'b7a0e4f2-51c8-4d3a-8f19-2d6c3b1ecb00',
      namespaces: sandboxes.first,
    }[kind];
    expect(wide.stdout).toContain(id ?? long);
  });

  it.each(kinds)('%s as JSON are what the schema says', async (kind) => {
    const node = await nodeWithPods();
    const { stdout } = await node.wincni('show', kind, '--json');
    const { schema, ...document } = JSON.parse(stdout);
    expect(schema).toBe(1);
    expect(z.parse(showCommand.document(), document)).toMatchObject({ what: kind });
  });

  it('says what is stale, broken and reserved, and what to do', async () => {
    const node = await nodeWithPods();
    node.removeNamespace(sandboxes.second);
    rmSync(join(node.leaseFolder, 'cbr0', '10.244.2.3'));
    writeFileSync(join(node.leaseFolder, 'cbr0', '10.244.2.9'), 'dummy\r\ndummy');
    const { stdout } = await node.wincni('show');
    expect(stdout).toMatch(/^dummy .* reserved$/m);
    expect(stdout).toContain('stale     pod2 on cbr0: its namespace is gone\n');
    expect(stdout).toContain('broken    3f7c0f6c2d5e4 on cbr0: its address has no lease\n');
    expect(stdout).toMatch(/\nwincni gc --dry-run\n$/);
    expect((await node.wincni('show', 'endpoints')).stdout).toMatch(/7e2f9d10 gone$/m);
  });

  it('shows names that a terminal would obey without what it would', async () => {
    const node = await nodeWithPods();
    writeFileSync(join(node.leaseFolder, 'cbr0', '10.244.2.9'), '\u001B[2J\u0007evil\r\neth0');
    const { stdout } = await node.wincni('show', 'leases');
    expect(stdout).toMatch(/^10\.244\.2\.9 {2}cbr0 {5}\?\[2J\?evil/m);
  });

  it("names pods as the runtime does, those with the host's network too", async () => {
    const node = await nodeWithPods();
    node.runtimeHas([
      { id: long, name: 'a-name-that-is-longer-than-a-column-of-a-table' },
      { id: 'pod2', name: 'web' },
      { id: 'hosted', name: 'kube-proxy-x2k' },
    ]);
    const { stdout } = await node.wincni('show');
    expect(stdout).toMatch(/^a-name-that-is-lon\.\. {2}cbr0 {5}10\.244\.2\.3 .* whole$/m);
    expect(stdout).toMatch(/^kube-proxy-x2k .* host network$/m);
    expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
    expect((await node.wincni('show', 'namespaces')).stdout).toMatch(/ {2}web$/m);
  });

  it('shows one network, or one container by the start of its id', async () => {
    const node = await nodeWithPods();
    const pods = async (...words: readonly string[]) => {
      const { stdout } = await node.wincni('show', '--json', ...words);
      return z.parse(showCommand.document(), { ...JSON.parse(stdout), schema: undefined });
    };
    expect(await pods('--container', '3F7C')).toMatchObject({ pods: [{ container: long }] });
    expect(await pods('--network', 'other')).toMatchObject({ pods: [] });
  });

  it('shows leases where HNS does not answer, and ends with 5', async () => {
    const node = await nodeWithPods();
    hideHns(node);
    for (const words of [['show'], ['show', 'leases'], ['lease', 'list']]) {
      const { exitCode, stderr, stdout } = await node.wincni(...words);
      expect(exitCode).toBe(5);
      expect(stderr).toContain('note: HNS does not answer: no hns.json');
      expect(stdout).toMatch(/10\.244\.2\.3 .* unknown$/m);
    }
    for (const kind of ['networks', 'endpoints', 'namespaces']) {
      expect(await node.wincni('show', kind)).toMatchObject({ exitCode: 5, stdout: '' });
    }
  });

  it('looks at the files of another root', async () => {
    const node = await nodeWithPods();
    const root = join(node.folder, 'root');
    const folder = join(root, 'var/lib/cni/networks/elsewhere');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, '10.0.0.9'), 'podx\r\neth0');
    const { stdout } = await node.wincni('show', 'leases', '--root', root);
    expect(stdout).toMatch(/^10\.0\.0\.9 {2}elsewhere {2}podx/m);
  });

  it('refuses what it has not', async () => {
    const node = await nodeWithPods();
    const { exitCode, stderr } = await node.wincni('show', 'pod');
    expect(exitCode).toBe(2);
    expect(stderr).toContain('pods, networks, endpoints, namespaces, leases');
  });
});

describe('lease list', () => {
  it('prints what its schema says', async () => {
    const node = await nodeWithPods();
    const { stdout } = await node.wincni('lease', 'list', '--json', '--network', 'cbr0');
    const { schema, ...document } = JSON.parse(stdout);
    expect(schema).toBe(1);
    expect(z.parse(leaseListCommand.document(), document)).toMatchObject({
      pods: [
        { container: long, leases: [{ address: '10.244.2.3' }] },
        { container: 'pod2', leases: [{ address: '10.244.2.4' }] },
      ],
    });
  });
});
