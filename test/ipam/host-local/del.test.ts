import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { hasCode } from '../../../system/errors.ts';
import { previous, systemError, type Trial, trial } from './trial.ts';

/** Puts so many leases of others into a folder, beside those of the test. */
function fill(node: Trial, count: number): void {
  for (let at = 0; at < count; at++)
    node.write(`10.5.${at >> 8}.${at & 255}`, `other${at}\r\neth0`);
}

describe('DEL', () => {
  it('gives back all leases of an interface, and no other', async () => {
    const node = trial();
    node.write('10.1.2.2', 'pod1\r\neth0');
    node.write('10.1.2.3', 'pod1\r\neth0');
    node.write('10.1.2.4', 'pod1\r\nnet1');
    node.write('10.1.2.5', 'pod10\r\neth0');
    node.write('fd00::5', 'pod1\r\neth0');
    expect(await node.run('DEL')).toMatchObject({ exitCode: 0, stdout: '', stderr: '' });
    expect(node.leases()).toEqual(['10.1.2.4', '10.1.2.5']);
  });

  it.each([
    ['the id alone', 'pod1'],
    ['the id and a line’s end', 'pod1\n'],
    ['white space around', ' pod1 \r\n eth0 \r\n'],
    ['Unix line ends', 'pod1\neth0'],
  ])('knows an owner written by another version: %s', async (_, text) => {
    const node = trial();
    node.write('10.1.2.2', text);
    expect(await node.code('CHECK')).toBe(0);
    expect(await node.code('DEL')).toBe(0);
    expect(node.leases()).toEqual([]);
  });

  it('of what is gone is a success, as often as it is asked', async () => {
    const node = trial();
    expect(await node.code('DEL')).toBe(0);
    await node.add();
    expect([await node.code('DEL'), await node.code('DEL')]).toEqual([0, 0]);
  });

  it.each([600, 511, 512, 513])(
    'finds a lease without prevResult, among the files of a folder of %i',
    async (count) => {
      // In the order that is the worst: what is no lease first, the one to be found last.
      const rank = (name: string) => (/^\d/.test(name) ? Number(name === '10.1.2.2') : -1);
      const node = trial({
        files: (files) => ({
          ...files,
          list: (folder, limit) =>
            files
              .list(folder)
              .sort((a, b) => rank(a) - rank(b))
              .slice(0, limit),
        }),
      });
      for (const name of ['lock', 'last_reserved_ip.0', 'last_reserved_ip.1', '.wincni-1-x'])
        node.write(name, '');
      fill(node, count - 5);
      node.write('10.1.2.2', 'pod1\r\neth0');
      expect(readdirSync(node.leaseFolder)).toHaveLength(count);
      expect(await node.code('DEL')).toBe(0);
      expect(node.leases()).not.toContain('10.1.2.2');
      expect(node.leases()).toHaveLength(count - 5);
    },
  );

  it('with prevResult reads no more than what is near of a full folder', async () => {
    const read: string[] = [];
    const node = trial({
      files: (files) => ({
        ...files,
        read: (path) => {
          read.push(path);
          return files.read(path);
        },
      }),
    });
    fill(node, 4200);
    node.write('10.1.2.2', 'pod1\r\neth0');
    node.write('fd00::2', 'pod1\r\neth0');
    const config = { prevResult: previous('10.1.2.2/29', 'fd00::2/64') };
    expect(await node.code('DEL', { config })).toBe(0);
    // Beside its own, 64 on each side: those that two ADDs at once may have taken.
    expect(read.filter((path) => path.includes('/10.5.'))).toEqual([]);
    expect(node.leases()).toHaveLength(4200);
  });

  it('with prevResult finds what an ADD that was repeated took besides', async () => {
    const node = trial();
    fill(node, 4200);
    for (const name of ['10.5.200.1', '10.5.200.9']) node.write(name, 'pod1\r\neth0');
    const config = { prevResult: previous('10.5.200.9/16') };
    expect(await node.code('DEL', { config })).toBe(0);
    expect(node.leases()).toHaveLength(4200);
  });

  it.each([
    ['names an address that is another’s by now', previous('10.5.0.7/24')],
    ['names no address', previous()],
    ['cannot be read', { cniVersion: '1.1.0', ips: 'none' }],
    ['is of an unknown version', { cniVersion: '9.9.9', ips: [] }],
    ['is no object', 7],
    ['names one that is gone beside it', previous('10.1.2.2/29', '10.1.2.3/29')],
    ['is of 0.2.0', { cniVersion: '0.2.0', ip4: { ip: '10.1.2.2/29' } }],
  ])('searches where prevResult %s', async (_, prevResult) => {
    const node = trial();
    fill(node, 4200);
    node.write('10.1.2.2', 'pod1\r\neth0');
    expect(await node.code('DEL', { config: { prevResult } })).toBe(0);
    expect(node.leases()).toHaveLength(4200);
  });

  it('gives back what prevResult names, and in a folder of few files the rest as well', async () => {
    const node = trial();
    node.write('10.1.2.2', 'pod1\r\neth0');
    node.write('10.1.2.3', 'pod1\r\neth0');
    const config = { prevResult: previous('10.1.2.2/29') };
    expect(await node.code('DEL', { config })).toBe(0);
    expect(node.leases()).toEqual([]);
  });

  it('tells what failed, having given back the rest', async () => {
    const node = trial({
      files: (files) => ({
        ...files,
        rename: (from, to) => {
          if (from.endsWith('/10.1.2.2')) throw systemError('EIO');
          files.rename(from, to);
        },
      }),
    });
    for (const name of ['10.1.2.2', '10.1.2.3', '10.1.2.4']) node.write(name, 'pod1\r\neth0');
    const { document } = await node.run('DEL');
    expect(document).toMatchObject({ code: 5, msg: expect.stringContaining('EIO') });
    expect(node.leases()).toEqual(['10.1.2.2']);
  });

  it.each([
    ['EBUSY', 3, 0],
    ['EPERM', 3, 0],
    ['EACCES', 1000, 5],
  ])('bears with a reader that keeps the file open (%s)', async (code, times, expected) => {
    let refusals = 0;
    const node = trial({
      files: (files) => ({
        ...files,
        rename: (from, to) => {
          if (refusals++ < times) throw systemError(code);
          files.rename(from, to);
        },
      }),
    });
    node.write('10.1.2.2', 'pod1\r\neth0');
    expect(await node.code('DEL')).toBe(expected);
    expect(node.leases()).toHaveLength(expected === 0 ? 0 : 1);
  });

  it.each([
    ['without prevResult', {}, 5],
    ['with a prevResult that names another', { prevResult: previous('10.1.2.2/29') }, 0],
    ['with a prevResult that names it', { prevResult: previous('10.1.2.5/29') }, 5],
    ['with a prevResult of no address', { prevResult: previous() }, 5],
  ])('fails while a lease that cannot be read may be its own: %s', async (_, config, expected) => {
    const node = trial({
      files: (files) => ({
        ...files,
        read: (path) => {
          if (path.endsWith('/10.1.2.5')) throw systemError('EIO', 'read');
          return files.read(path);
        },
      }),
    });
    node.write('10.1.2.2', 'pod1\r\neth0');
    node.write('10.1.2.5', 'unknown');
    expect(await node.add({ containerId: 'pod2' })).toEqual(['10.1.2.3/29']);
    expect(await node.code('DEL', { config })).toBe(expected);
    // What can be given back is, whatever else fails.
    expect(node.leases()).toEqual(['10.1.2.3', '10.1.2.5']);
  });

  it('sweeps up what a process left that was killed long ago', async () => {
    const node = trial();
    node.write('.wincni-99-abc', 'pod9\r\neth0', 601);
    node.write('.wincni-99-def', 'pod9\r\neth0', 60);
    await node.run('DEL');
    expect(readdirSync(node.leaseFolder)).toEqual(['.wincni-99-def']);
  });

  it('is a success though that cannot be swept', async () => {
    const node = trial({
      files: (files) => ({
        ...files,
        remove: (path) => {
          if (path.includes('.wincni-')) throw systemError('EIO');
          files.remove(path);
        },
      }),
    });
    node.write('.wincni-99-abc', '', 601);
    expect(await node.code('DEL')).toBe(0);
  });
});

it('the failures of these tests look like the operating system’s', () => {
  expect(hasCode(systemError('EIO'), 'EIO')).toBe(true);
});
