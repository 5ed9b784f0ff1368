import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Files } from '../../../system/host.ts';
import { systemError, type Trial, trial } from './trial.ts';

/** A /30: one address to give. */
const ipam = { subnet: '10.1.2.0/30' };

describe('an empty lease', () => {
  it.each([
    ['empty, and a minute old', '', 61, ['10.1.2.2/30']],
    ['zeros, as after a power cut', '\0'.repeat(16), 61, ['10.1.2.2/30']],
    ['white space', '\r\n', 61, ['10.1.2.2/30']],
    ['empty, and new: its writer may be at it', '', 30, 110],
    ['of the future: the clock was set back', '', -3600, 110],
    ['old, and somebody’s', 'other', 99_999, 110],
  ])('%s', async (_, text, secondsAgo, expected) => {
    const node = trial();
    node.write('10.1.2.2', text, secondsAgo);
    expect(await node.add({ ipam })).toEqual(expected);
    expect(readdirSync(node.leaseFolder).filter((name) => name.startsWith('.'))).toEqual([]);
  });

  it('waits while another is free', async () => {
    const node = trial();
    node.write('10.1.2.2', '', 61);
    expect(await node.add()).toEqual(['10.1.2.3/29']);
    expect(node.read('10.1.2.2')).toBe('');
  });

  it('is left to the process that reclaims it, and not to the claim of one that was killed', async () => {
    const living = new Set([4711]);
    const node = trial({
      kill: (pid) => {
        if (!living.has(pid)) throw systemError('ESRCH', 'kill');
      },
    });
    node.write('10.1.2.2', '', 61);
    mkdirSync(join(node.leaseFolder, '.claims'));
    node.write('.claims/.wincni-4711-x-10.1.2.2', '');
    expect(await node.add({ ipam })).toBe(110);
    expect(node.read('10.1.2.2')).toBe('');
    living.clear();
    expect(await node.add({ ipam })).toEqual(['10.1.2.2/30']);
    expect(readdirSync(node.leaseFolder).filter((name) => name.startsWith('.'))).toEqual([]);
  });

  it('that has become somebody’s since it was looked at stays', async () => {
    let node: Trial | undefined;
    let lookedAt = 0;
    const interrupted = (files: Files): Files => ({
      ...files,
      modified(path) {
        const time = files.modified(path);
        // Another process, between this one's look and what it does next.
        if (path.endsWith('/10.1.2.2') && ++lookedAt === 1) node?.write('10.1.2.2', 'pod7\r\neth0');
        return time;
      },
    });
    node = trial({ files: interrupted });
    node.write('10.1.2.2', '', 61);
    expect(await node.add({ ipam })).toBe(110);
    expect(lookedAt).toBe(1);
    expect(node.read('10.1.2.2')).toBe('pod7\r\neth0');
  });
});

describe('a file system', () => {
  it.each(['EPERM', 'ENOTSUP', 'EINVAL', 'ENOSYS'])(
    'without links (%s) has leases that are created exclusively',
    async (code) => {
      const node = trial({
        files: (files) => ({
          ...files,
          link() {
            throw systemError(code, 'link');
          },
        }),
      });
      node.write('10.1.2.2', 'other\r\neth0');
      expect(await node.add()).toEqual(['10.1.2.3/29']);
      expect(node.read('10.1.2.3')).toBe('pod1\r\neth0');
      expect(readdirSync(node.leaseFolder).filter((name) => name.startsWith('.'))).toEqual([]);
    },
  );

  it.each(['EIO', 'EROFS', 'ENOSPC'])(
    'that fails (%s) is told of, and holds no lease',
    async (code) => {
      const node = trial({
        files: (files) => ({
          ...files,
          link() {
            throw systemError(code, 'link');
          },
        }),
      });
      expect(await node.code('ADD')).toBe(5);
      expect(readdirSync(node.leaseFolder)).toEqual([]);
    },
  );

  it('that loses the second lease of an ADD has the first given back', async () => {
    const node = trial({
      files: (files) => ({
        ...files,
        link(from, to) {
          if (to.endsWith('/fd00::2')) throw systemError('EIO', 'link');
          files.link(from, to);
        },
      }),
    });
    const ranges = [[{ subnet: '10.1.2.0/24' }], [{ subnet: 'fd00::/64' }]];
    expect(await node.add({ ipam: { ranges } })).toBe(5);
    expect(node.leases()).toEqual([]);
  });

  it('that cannot give back either tells of the first failure', async () => {
    const node = trial({
      files: (files) => ({
        ...files,
        rename(from, to) {
          if (from.endsWith('/10.1.2.2')) throw systemError('EIO', 'rename');
          files.rename(from, to);
        },
      }),
    });
    node.write('10.9.0.2', 'other\r\neth0');
    const ranges = [[{ subnet: '10.1.2.0/24' }], [{ subnet: '10.9.0.0/30' }]];
    expect(await node.add({ ipam: { ranges } })).toBe(110);
    expect(node.leases()).toEqual(['10.1.2.2', '10.9.0.2']);
  });
});

it('a lease is never seen empty or half written, by whoever looks at any moment', async () => {
  const seen = new Set<string>();
  let node: Trial | undefined;
  /** After each effect, what a reader would find under the address. */
  const watched = (files: Files): Files => {
    const look = () => {
      for (const name of node?.leases() ?? []) seen.add(`${name}: ${node?.read(name)}`);
    };
    return {
      ...files,
      writeNew(path, text) {
        files.writeNew(path, text);
        look();
      },
      link(from, to) {
        files.link(from, to);
        look();
      },
      remove(path) {
        files.remove(path);
        look();
      },
    };
  };
  node = trial({ files: watched });
  await node.add();
  await node.code('DEL');
  expect([...seen]).toEqual(['10.1.2.2: pod1\r\neth0']);
});

describe('a lease that has become another pod’s since it was looked at', () => {
  const valid = [{ containerID: 'pod7', ifname: 'eth0' }];
  it.each([
    ['DEL', {}],
    ['GC', { cniVersion: '1.1.0', 'cni.dev/valid-attachments': valid }],
  ])('survives %s', async (command, config) => {
    let node: Trial | undefined;
    let moved = 0;
    const interrupted = (files: Files): Files => ({
      ...files,
      rename(from, to) {
        // Another DEL of the same pod, and the ADD of a new one, between the look and the removal.
        if (from.endsWith('/10.1.2.2') && ++moved === 1) node?.write('10.1.2.2', 'pod7\r\neth0');
        files.rename(from, to);
      },
    });
    node = trial({ files: interrupted });
    node.write('10.1.2.2', 'pod1\r\neth0');
    expect(await node.run(command, { config })).toMatchObject({ exitCode: 0 });
    expect(moved).toBe(1);
    expect(node.read('10.1.2.2')).toBe('pod7\r\neth0');
    expect(readdirSync(node.leaseFolder).filter((name) => name.startsWith('.'))).toEqual([]);
  });

  it('is gone when the reference’s DEL of the same pod has removed what was moved aside', async () => {
    const interrupted = (files: Files): Files => ({
      ...files,
      rename(from, to) {
        files.rename(from, to);
        // It removes every file with its pod in it, under whatever name.
        if (from.endsWith('/10.1.2.2')) files.remove(to);
      },
    });
    const node = trial({ files: interrupted });
    node.write('10.1.2.2', 'pod1\r\neth0');
    expect(await node.code('DEL')).toBe(0);
    expect(node.leases()).toEqual([]);
  });

  it('and before it was claimed is not even moved', async () => {
    let node: Trial | undefined;
    const moved: string[] = [];
    const interrupted = (files: Files): Files => ({
      ...files,
      overwrite(path, text) {
        if (path.includes('/.claims/')) node?.write('10.1.2.2', 'pod7\r\neth0');
        files.overwrite(path, text);
      },
      rename(from, to) {
        moved.push(from);
        files.rename(from, to);
      },
    });
    node = trial({ files: interrupted });
    node.write('10.1.2.2', 'pod1\r\neth0');
    expect(await node.code('DEL')).toBe(0);
    expect(moved).toEqual([]);
    expect(node.read('10.1.2.2')).toBe('pod7\r\neth0');
  });
});

describe('the folder of claims', () => {
  it('may be removed by the last who leaves while it is made', async () => {
    let turns = 0;
    const node = trial({
      files: (files) => ({
        ...files,
        makeFolder(path) {
          files.makeFolder(path);
          if (!path.endsWith('/.claims') || ++turns > 3) return;
          files.removeFolder(path);
          // So Node says it when the folder goes between its two calls.
          if (turns > 1) throw systemError('ENOENT', 'mkdir');
        },
      }),
    });
    node.write('10.1.2.2', 'pod1\r\neth0');
    expect(await node.code('DEL')).toBe(0);
    expect(turns).toBe(4);
    expect(readdirSync(node.leaseFolder)).toEqual([]);
  });
});

describe('an ADD of the same pod that takes an address of each family meanwhile', () => {
  const valid = [{ containerID: 'pod7', ifname: 'eth0' }];
  it.each([
    ['DEL', {}],
    ['GC', { cniVersion: '1.1.0', 'cni.dev/valid-attachments': valid }],
  ])('leaves nothing behind %s', async (command, config) => {
    let node: Trial | undefined;
    // Its addresses come after the first and after the second look.
    const late = ['10.1.2.3', 'fd00::3'];
    const interrupted = (files: Files): Files => ({
      ...files,
      read(path) {
        const text = files.read(path);
        const [next] = late;
        if (/\/\.wincni-[^/]*$/.test(path) && next)
          node?.write(late.shift() ?? next, 'pod1\r\neth0');
        return text;
      },
    });
    node = trial({ files: interrupted });
    node.write('10.1.2.2', 'pod1\r\neth0');
    expect(await node.run(command, { config })).toMatchObject({ exitCode: 0 });
    expect(late).toEqual([]);
    expect(node.leases()).toEqual([]);
  });
});
