import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { systemError, type Trial, trial } from './trial.ts';

describe('GC', () => {
  const attachments = [
    { containerID: 'pod1', ifname: 'eth0' },
    { containerID: 'pod3', ifname: 'eth0' },
  ];

  function crowded(): Trial {
    const node = trial();
    node.write('10.1.2.2', 'pod1\r\neth0');
    node.write('10.1.2.3', 'pod1\r\nnet1');
    node.write('10.1.2.4', 'pod2\r\neth0');
    node.write('10.1.2.5', 'pod3');
    node.write('10.1.2.6', 'dummy\r\nvEthernet (HNS Internal NIC)');
    node.write('fd00::9', 'pod2\r\neth0');
    return node;
  }

  it('gives back what is no valid attachment, whatever the range; never the source address', async () => {
    const node = crowded();
    const config = { 'cni.dev/valid-attachments': attachments };
    expect(await node.run('GC', { config })).toMatchObject({ exitCode: 0, stdout: '', stderr: '' });
    expect(node.leases()).toEqual(['10.1.2.2', '10.1.2.5', '10.1.2.6']);
  });

  it.each([
    ['an empty list', []],
    ['null, Go’s empty list', null],
  ])('with %s leaves the source address alone', async (_, list) => {
    const node = crowded();
    expect(await node.code('GC', { config: { 'cni.dev/valid-attachments': list } })).toBe(0);
    expect(node.leases()).toEqual(['10.1.2.6']);
  });

  it('takes the list under its first name too', async () => {
    const node = crowded();
    await node.code('GC', { config: { 'cni.dev/attachments': attachments } });
    expect(node.leases()).toEqual(['10.1.2.2', '10.1.2.5', '10.1.2.6']);
  });

  it('without a list removes no lease', async () => {
    const node = crowded();
    expect(await node.code('GC')).toBe(0);
    expect(node.leases()).toHaveLength(6);
  });

  it.each([
    ['no list', 'pod1'],
    ['an entry without interface', [{ containerID: 'pod1' }]],
    ['an entry that is no object', ['pod1']],
    ['an entry of numbers', [{ containerID: 1, ifname: 2 }]],
  ])('with %s removes nothing, for it might be a running pod’s', async (_, list) => {
    const node = crowded();
    expect(await node.code('GC', { config: { 'cni.dev/valid-attachments': list } })).toBe(7);
    expect(node.leases()).toHaveLength(6);
  });

  it('sweeps up empty leases and what killed processes left, once they are old', async () => {
    const node = trial();
    node.write('10.1.2.2', '', 61);
    node.write('10.1.2.3', '', 30);
    node.write('10.1.2.4', '\0\0\0\0', 61);
    node.write('.wincni-5-old', 'pod9\r\neth0', 601);
    node.write('.wincni-5-new', 'pod9\r\neth0', 30);
    node.write('last_reserved_ip.0', '10.1.2.4', 9999);
    node.write('lock', '', 9999);
    expect(await node.code('GC')).toBe(0);
    expect(readdirSync(node.leaseFolder).sort()).toEqual([
      '.wincni-5-new',
      '10.1.2.3',
      'last_reserved_ip.0',
      'lock',
    ]);
  });

  it('is not stopped by a lease that cannot be read, nor by a folder of such a name', async () => {
    const node = trial({
      files: (files) => ({
        ...files,
        read(path) {
          if (path.endsWith('/10.1.2.3')) throw systemError('EACCES');
          return files.read(path);
        },
      }),
    });
    for (const name of ['10.1.2.2', '10.1.2.3', '10.1.2.4']) node.write(name, 'pod9\r\neth0');
    mkdirSync(join(node.leaseFolder, '10.0.0.1'));
    const config = { 'cni.dev/valid-attachments': [] };
    expect(await node.run('GC', { config })).toMatchObject({ exitCode: 0, stdout: '' });
    expect(node.leases()).toEqual(['10.0.0.1', '10.1.2.3']);
  });

  it('tells of a lease that cannot be removed, having given back the rest', async () => {
    const node = trial({
      files: (files) => ({
        ...files,
        rename(from, to) {
          if (from.endsWith('/10.1.2.3')) throw systemError('EIO', 'rename');
          files.rename(from, to);
        },
      }),
    });
    for (const name of ['10.1.2.2', '10.1.2.3', '10.1.2.4']) node.write(name, 'pod9\r\neth0');
    expect(await node.code('GC', { config: { 'cni.dev/valid-attachments': [] } })).toBe(5);
    expect(node.leases()).toEqual(['10.1.2.3']);
  });

  it.each([
    ['Microsoft’s and Calico’s', 'dummy\r\ndummy', true],
    ['RKE2’s', 'kube-proxy\r\nsource-vip', true],
    ['in other letters', 'Kube-Proxy\r\nsource-vip', true],
    ['of an old version', 'source-vip', true],
    ['an interface’s that no runtime has', 'vip\r\nvEthernet (HNS Internal NIC)', true],
    ['a container’s that no runtime has', 'the node itself\r\neth0', true],
    ['a pod’s', 'dummy2\r\neth0', false],
    ['a pod’s that wrote no interface', 'kube-proxy2', false],
  ])('spares a lease whose owner is no attachment: %s', async (_, text, spared) => {
    const node = trial();
    node.write('10.1.2.2', text);
    expect(await node.code('GC', { config: { 'cni.dev/valid-attachments': [] } })).toBe(0);
    expect(node.leases()).toEqual(spared ? ['10.1.2.2'] : []);
  });

  it('touches no other network', async () => {
    const node = trial();
    await node.add({ config: { name: 'other' } });
    await node.code('GC', { config: { 'cni.dev/valid-attachments': [] } });
    expect(node.read('../other/10.1.2.2')).toBe('pod1\r\neth0');
  });

  it('is not of 1.0.0', async () => {
    expect(await trial().code('GC', { config: { cniVersion: '1.0.0' } })).toBe(1);
  });
});
