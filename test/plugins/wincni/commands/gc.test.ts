import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import * as z from 'zod/mini';
import { gcCommand } from '../../../../plugins/wincni/commands/gc.ts';
import {
  everything,
  namesOn,
  type OperatorNode,
  operatorNode,
} from '../../../helpers/operator-node.ts';
import { sandboxes } from '../../../helpers/trial-node.ts';

const made: OperatorNode[] = [];

function nodeOf(...how: Parameters<typeof operatorNode>): OperatorNode {
  const node = operatorNode(...how);
  made.push(node);
  return node;
}

afterEach(() => {
  for (const node of made.splice(0)) node.remove();
});

const onOverlay = {
  name: 'flannel.4096',
  ipam: { type: 'host-local', subnet: '10.244.1.0/24' },
};

const kinds = [
  ['overlay', 'flannel-overlay', {}],
  ['host-gw', 'flannel-host-gw', {}],
  ['overlay', 'win-overlay', onOverlay],
  ['host-gw', 'win-bridge', { name: 'cbr0', ipam: undefined }],
] as const;

describe.each(kinds)('gc on a node of %s with %s', (hns, conf, changes) => {
  it('removes all of a pod whose namespace is gone, and nothing else', async () => {
    const node = nodeOf(hns, conf, changes);
    await node.add('live', sandboxes.first);
    const before = everything(node);
    await node.add('dead', sandboxes.second);
    expect(await node.wincni('gc')).toMatchObject({ exitCode: 0 });

    node.removeNamespace(sandboxes.second);
    const stale = everything(node);
    for (const words of [['gc'], ['gc', '--dry-run'], ['gc', '--dry-run', '--yes']]) {
      const { exitCode, stdout } = await node.wincni(...words);
      expect(exitCode).toBe(4);
      expect(stdout).toContain('stale  dead on');
      expect(stdout).not.toContain('live on');
      expect(everything(node)).toEqual(stale);
    }

    const { exitCode, stdout } = await node.wincni('gc', '--yes');
    expect({ exitCode, stdout }).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining('1 removed   0 left'),
    });
    expect(everything(node)).toEqual(before);
    expect(await node.wincni('gc')).toMatchObject({ exitCode: 0, stdout: 'nothing to remove\n' });
  });
});

describe('gc', () => {
  it('prints what its schema says', async () => {
    const node = nodeOf('overlay', 'flannel-overlay');
    await node.add('dead', sandboxes.second);
    node.removeNamespace(sandboxes.second);
    for (const words of [[], ['--yes']]) {
      const { stdout } = await node.wincni('gc', '--json', ...words);
      const { schema, ...document } = JSON.parse(stdout);
      expect(schema).toBe(1);
      expect(z.parse(gcCommand.document(), document)).toMatchObject({
        acted: words.length > 0,
        stale: [{ network: 'flannel.4096', container: 'dead' }],
      });
    }
  });

  it('removes a lease and a scratch file of a pod without endpoint and namespace', async () => {
    const node = nodeOf('overlay', 'flannel-overlay');
    await node.add('live', sandboxes.first);
    await node.add('dead', sandboxes.second);
    node.removeNamespace(sandboxes.second);
    node.setHns((state) => ({
      ...state,
      endpoints: state.endpoints.filter(({ Name }) => Name !== 'dead_flannel.4096'),
    }));
    expect(await node.wincni('gc', '--yes')).toMatchObject({ exitCode: 0 });
    expect(everything(node)).toMatchObject({
      leases: ['flannel.4096/10.244.1.2'],
      scratch: ['live'],
    });
  });

  it('leaves a lease whose pod may live in a namespace that has lost its endpoint', async () => {
    const node = nodeOf('overlay', 'flannel-overlay');
    await node.add('lost', sandboxes.second);
    node.removeNamespace(sandboxes.first);
    node.setHns((state) => ({ ...state, endpoints: [] }));
    const { exitCode, stdout } = await node.wincni('gc', '--yes');
    expect(exitCode).toBe(0);
    expect(stdout).toContain('stays  lost on flannel.4096');
    expect(stdout).toContain(sandboxes.second);
    expect(node.allLeases()).toEqual(['flannel.4096/10.244.1.2']);
  });

  it("leaves the host's own", async () => {
    const node = nodeOf('host-gw', 'flannel-host-gw');
    for (const owner of ['dummy\r\ndummy', 'kube-proxy\r\nsource-vip']) {
      await node.add('dead', sandboxes.second);
      writeFileSync(join(node.leaseFolder, 'cbr0', `10.244.2.${100 + owner.length}`), owner);
    }
    node.ageLeases();
    node.removeNamespace(sandboxes.first);
    node.removeNamespace(sandboxes.second);
    expect(await node.wincni('gc', '--yes')).toMatchObject({ exitCode: 0 });
    expect(node.allLeases()).toEqual(['cbr0/10.244.2.112', 'cbr0/10.244.2.122']);
    expect(namesOn(node)).toEqual(['cbr0_ep']);
  });

  it('does not take the lease of an ADD that is half way', async () => {
    const node = nodeOf('overlay', 'flannel-overlay');
    node.removeNamespace(sandboxes.second);
    node.orderFaults([{ operation: 'CreateEndpoint', delayMs: 500, times: 1 }]);
    const adding = node.add('new', sandboxes.first, { isNew: true });
    await vi.waitFor(() => expect(node.allLeases()).toEqual(['flannel.4096/10.244.1.2']));
    const { exitCode, stdout } = await node.wincni('gc', '--yes');
    await adding;
    expect(exitCode).toBe(0);
    expect(stdout).toContain('stays  new on flannel.4096: younger than 10 minutes');
    expect(everything(node)).toMatchObject({
      leases: ['flannel.4096/10.244.1.2'],
      scratch: ['new'],
    });
  });

  it('says what stays where HNS refuses, and takes it the next time', async () => {
    const node = nodeOf('overlay', 'flannel-overlay');
    await node.add('dead1', sandboxes.first);
    await node.add('dead2', sandboxes.second);
    node.removeNamespace(sandboxes.first);
    node.removeNamespace(sandboxes.second);
    const [first] = node.hns().endpoints;
    node.orderFaults([
      { operation: 'DeleteEndpoint', target: first?.['ID'], code: '0x80070005', message: 'no' },
    ]);
    const { exitCode, stdout } = await node.wincni('gc', '--yes');
    expect(exitCode).toBe(1);
    expect(stdout).toContain('LEFT   dead1 on flannel.4096');
    expect(stdout).toContain('left: lease 10.244.1.2 of flannel.4096');
    expect(stdout).toContain('gone   dead2 on flannel.4096');
    expect(everything(node)).toMatchObject({
      leases: ['flannel.4096/10.244.1.2'],
      scratch: ['dead1'],
    });

    node.orderFaults([]);
    expect(await node.wincni('gc', '--yes')).toMatchObject({ exitCode: 0 });
    expect(everything(node)).toEqual({ endpoints: [], leases: [], scratch: [] });
  });

  it.each(['flannel-overlay', 'win-overlay'])(
    'removes what %s left on a network that no configuration names any more',
    async (conf) => {
      const changes = conf === 'win-overlay' ? onOverlay : {};
      const node = nodeOf('overlay', conf, changes);
      await node.add('dead', sandboxes.second);
      node.removeNamespace(sandboxes.second);
      node.configure({ ...node.config, name: 'other' });
      expect(await node.wincni('gc', '--yes')).toMatchObject({ exitCode: 0 });
      expect(everything(node)).toEqual({ endpoints: [], leases: [], scratch: [] });
    },
  );

  it("leaves a network that is configured for another's plugin", async () => {
    const node = nodeOf('overlay', 'win-overlay', onOverlay);
    await node.add('dead', sandboxes.second);
    node.removeNamespace(sandboxes.second);
    node.configure({ ...node.config, type: 'azure-vnet' });
    const before = everything(node);
    const { stdout } = await node.wincni('gc', '--yes');
    expect(stdout).toMatch(
      /stays {2}dead on flannel\.4096: .*configures its\s+network for azure-vnet/s,
    );
    expect(everything(node)).toEqual(before);
  });

  it("mends what doctor's state checks find", async () => {
    const node = nodeOf('overlay', 'flannel-overlay');
    await node.add('live', sandboxes.first);
    await node.add('dead', sandboxes.second);
    const doctor = () => node.wincni('doctor', '--only', 'state');
    expect(await doctor()).toMatchObject({ exitCode: 0 });
    node.removeNamespace(sandboxes.second);
    const found = await doctor();
    expect(found.exitCode).toBe(4);
    expect(found.stdout).toContain('WARN state.endpoint-only');
    expect(found.stdout).toContain('wincni gc --dry-run');
    expect(await node.wincni('gc', '--yes')).toMatchObject({ exitCode: 0 });
    expect(await doctor()).toMatchObject({ exitCode: 0 });
  });

  it('goes by the pods that the runtime has', async () => {
    const node = nodeOf('overlay', 'flannel-overlay');
    await node.add('live', sandboxes.first);
    await node.add('dead', sandboxes.second);
    node.runtimeHas([
      { id: 'live', name: 'web' },
      { id: 'dead', name: 'db' },
    ]);
    expect(await node.wincni('gc')).toEqual({
      exitCode: 0,
      stdout: 'nothing to remove\n',
      stderr: '',
    });
    node.runtimeHas([{ id: 'live', name: 'web' }]);
    const { exitCode, stdout } = await node.wincni('gc', '--yes');
    expect(exitCode).toBe(0);
    expect(stdout).toContain('gone   dead on flannel.4096: the runtime knows no such pod\n');
    expect(everything(node)).toMatchObject({
      leases: ['flannel.4096/10.244.1.2'],
      scratch: ['live'],
    });
    expect(namesOn(node)).toEqual(['live_flannel.4096']);

    node.removeNamespace(sandboxes.first);
    const broken = await node.wincni('gc', '--yes');
    expect(broken.stdout).toContain('stays  default/web live on flannel.4096: the runtime has');
    expect(namesOn(node)).toEqual(['live_flannel.4096']);
  });

  it('says why the runtime was not heard, and goes by HNS', async () => {
    const node = nodeOf('overlay', 'flannel-overlay');
    await node.add('live', sandboxes.first);
    await node.add('dead', sandboxes.second);
    node.removeNamespace(sandboxes.second);
    node.runtimeHas(undefined);
    const { exitCode, stderr, stdout } = await node.wincni('gc');
    expect(exitCode).toBe(4);
    expect(stderr).toContain('connection refused');
    expect(stderr).toContain('only what HNS proves is stale');
    expect(stdout).toContain('1 to remove');
  });

  it('does not go by a runtime that has none of the pods that are there', async () => {
    const node = nodeOf('overlay', 'flannel-overlay');
    await node.add('live', sandboxes.first);
    node.runtimeHas([]);
    expect(await node.wincni('gc')).toMatchObject({ exitCode: 0, stdout: 'nothing to remove\n' });
  });

  it('looks at one network alone where one is named', async () => {
    const node = nodeOf('overlay', 'flannel-overlay');
    await node.add('dead', sandboxes.second);
    node.removeNamespace(sandboxes.second);
    expect(await node.wincni('gc', '--network', 'other')).toMatchObject({ exitCode: 0 });
    const { stdout } = await node.wincni('gc', '--network', 'flannel.4096');
    // The whole of it: without the folder it would go by other configurations.
    expect(stdout).toContain(
      `\nwincni gc --conf-dir '${node.confDir}' --network 'flannel.4096' --yes\n`,
    );
    expect(await node.wincni('gc', '--network', '../x')).toMatchObject({ exitCode: 2, stdout: '' });
  });

  it('says that it could not look where HNS does not list its endpoints', async () => {
    const node = nodeOf('overlay', 'flannel-overlay');
    await node.add('dead', sandboxes.second);
    node.removeNamespace(sandboxes.second);
    const refusal = { operation: 'GET /endpoints', code: '0x80070005', message: 'no' };
    node.orderFaults([refusal]);
    const before = await node.wincni('gc', '--yes');
    expect(before).toMatchObject({ exitCode: 5, stdout: '' });
    expect(before.stderr).toContain('HNS does not list its endpoints');
    expect(node.allLeases()).toEqual(['flannel.4096/10.244.1.2']);

    // The two looks, and then the one that is to show what is left.
    node.orderFaults([{ ...refusal, after: 2 }]);
    const { exitCode, stdout } = await node.wincni('gc', '--yes');
    expect(exitCode).toBe(1);
    expect(stdout).toContain('LEFT   dead on flannel.4096');
    expect(stdout).toContain('what is left is not known');
  });

  it('can do nothing where HNS does not answer', async () => {
    const node = nodeOf('overlay', 'flannel-overlay');
    await node.add('dead', sandboxes.second);
    rmSync(join(node.folder, 'hns', 'hns.json'));
    const { exitCode, stderr, stdout } = await node.wincni('gc', '--yes');
    expect({ exitCode, stdout }).toEqual({ exitCode: 5, stdout: '' });
    expect(stderr).toContain('HNS does not answer');
    expect(node.allLeases()).toEqual(['flannel.4096/10.244.1.2']);
  });
});
