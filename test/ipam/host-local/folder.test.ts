import {
  linkSync,
  mkdirSync,
  readFileSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Files } from '../../../system/host.ts';
import { systemError, type Trial, trial } from './trial.ts';

/** What a folder of leases may hold on a real node, and what each command answers there. */

const valid = { 'cni.dev/valid-attachments': [] };

/** What each command comes to: the address of ADD's, or its code. */
interface Answers {
  readonly ADD: string | number;
  readonly CHECK: number;
  readonly GC: number;
  readonly STATUS: number;
  readonly DEL: number;
}

const well = { ADD: '10.1.2.3/29', CHECK: 0, STATUS: 0, GC: 0, DEL: 0 };

async function answersOn(node: Trial): Promise<Answers> {
  const added = await node.add();
  return {
    ADD: typeof added === 'number' ? added : added.join(),
    CHECK: await node.code('CHECK'),
    STATUS: await node.code('STATUS'),
    // As a runtime asks that has this pod.
    GC: await node.code('GC', {
      config: { 'cni.dev/valid-attachments': [{ containerID: 'pod1', ifname: 'eth0' }] },
    }),
    DEL: await node.code('DEL'),
  };
}

/** A file of so many bytes, of which the disk holds none. */
function sparse(path: string, length: number): void {
  writeFileSync(path, '');
  truncateSync(path, length);
}

const outside = (node: Trial) => join(node.folder, 'outside');

describe('under an address’s name lies', () => {
  it.each<[string, (path: string, node: Trial) => void, Answers, boolean]>([
    ['a folder', (path) => mkdirSync(path), well, true],
    ['an empty file', (path) => writeFileSync(path, ''), well, true],
    ['garbage', (path) => writeFileSync(path, '\0\uFFFD\r\n\0'), well, true],
    ['a lease of 1 MB', (path) => writeFileSync(path, 'x'.repeat(1_000_000)), well, true],
    ['a file of 3 GB', (path) => sparse(path, 3e9), { ...well, DEL: 5 }, true],
    ['a link to nothing', (path) => symlinkSync('/nowhere', path), well, true],
    ['a link to itself', (path) => symlinkSync(path, path), { ...well, DEL: 5 }, true],
    ['a link to a folder', (path, node) => symlinkSync(node.folder, path), well, true],
    ['a link to a file', (path, node) => symlinkSync(outside(node), path), well, false],
    ['a second name of a file', (path, node) => linkSync(outside(node), path), well, false],
    ['another pod’s lease', (path) => writeFileSync(path, 'pod9\r\neth0'), well, false],
    ['one with Unix line ends', (path) => writeFileSync(path, 'pod9\neth0\n'), well, false],
    ['one without interface', (path) => writeFileSync(path, 'pod9'), well, false],
    ['the host’s own lease', (path) => writeFileSync(path, 'dummy\r\ndummy'), well, true],
  ])('%s', async (_, put, answers, stays) => {
    const node = trial();
    writeFileSync(outside(node), 'pod9\r\neth0');
    mkdirSync(node.leaseFolder, { recursive: true });
    put(join(node.leaseFolder, '10.1.2.2'), node);
    expect(await answersOn(node)).toEqual(answers);
    expect(node.leases()).toEqual(stays ? ['10.1.2.2'] : []);
    // What a link leads to is nobody's to touch.
    expect(readFileSync(outside(node), 'utf8')).toBe('pod9\r\neth0');
  });

  it('what is named otherwise than we would: nobody’s lease, and it stays', async () => {
    const node = trial();
    const names = [
      '10.1.2.02',
      'FD00::A',
      'fd00:0::9',
      'fd00__9',
      '10.1.2.3.bak',
      'lock',
      'README',
    ];
    for (const name of names) node.write(name, 'pod9\r\neth0');
    expect(await answersOn(node)).toEqual({ ...well, ADD: '10.1.2.2/29' });
    for (const name of names) expect(node.read(name)).toBe('pod9\r\neth0');
  });
});

describe('last_reserved_ip.0 is', () => {
  it.each<[string, (path: string, target: string) => void]>([
    ['a link', (path, target) => symlinkSync(target, path)],
    ['a second name of a file', (path, target) => linkSync(target, path)],
  ])('%s: what it leads to is not written over', async (_, put) => {
    const node = trial();
    writeFileSync(outside(node), 'precious');
    mkdirSync(node.leaseFolder, { recursive: true });
    put(join(node.leaseFolder, 'last_reserved_ip.0'), outside(node));
    expect(await node.add()).toEqual(['10.1.2.2/29']);
    expect(await node.add({ containerId: 'pod2' })).toEqual(['10.1.2.3/29']);
    expect(readFileSync(outside(node), 'utf8')).toBe('precious');
    expect(node.read('last_reserved_ip.0')).toBe('10.1.2.3');
  });

  it('a link to a folder: ADD goes on without, and writes nothing into that', async () => {
    const node = trial();
    mkdirSync(outside(node));
    mkdirSync(node.leaseFolder, { recursive: true });
    symlinkSync(outside(node), join(node.leaseFolder, 'last_reserved_ip.0'));
    expect(await node.add()).toEqual(['10.1.2.2/29']);
    expect(node.read('last_reserved_ip.0')).toBe('10.1.2.2');
  });
});

describe('the folder itself', () => {
  it('is missing: DEL and GC have nothing to do, and do not make it', async () => {
    const node = trial({
      files: (files) => ({
        ...files,
        makeFolder() {
          throw systemError('EROFS', 'mkdir');
        },
      }),
    });
    expect(await node.code('DEL')).toBe(0);
    expect(await node.code('GC', { config: valid })).toBe(0);
    expect(await node.code('CHECK')).toBe(112);
    expect(await node.code('ADD')).toBe(5);
    expect(await node.code('STATUS')).toBe(50);
  });

  it.each(['dataDir', 'leaseFolder'] as const)(
    'is a file (%s): it has no leases',
    async (which) => {
      const node = trial();
      if (which === 'leaseFolder') mkdirSync(node.dataDir);
      writeFileSync(node[which], 'a file');
      expect(await answersOn(node)).toEqual({ ADD: 5, CHECK: 112, STATUS: 50, GC: 0, DEL: 0 });
    },
  );
});

/** The calls that a disk refuses, and what commands come to: there is a lease of pod1, and one of pod9. */
describe('a disk that refuses', () => {
  const writing: readonly (keyof Files)[] = ['makeFolder', 'writeNew', 'overwrite', 'link'];
  const changing = [...writing, 'rename', 'remove', 'removeFolder'] as const;

  function failing(calls: readonly (keyof Files)[], code: string, path = /./): Trial {
    let isReady = false;
    const node = trial({
      files: (files) => {
        const refuse = (call: keyof Files) => ({
          [call]: (...args: readonly string[]) => {
            if (isReady && args.some((text) => path.test(text))) throw systemError(code, call);
            return Reflect.apply(files[call], files, args);
          },
        });
        return Object.assign({ ...files }, ...calls.map(refuse));
      },
    });
    node.write('10.1.2.2', 'pod1\r\neth0');
    node.write('10.1.2.3', 'pod9\r\neth0');
    isReady = true;
    return node;
  }

  it.each([
    ['room', 'ENOSPC', writing, { ADD: 5, CHECK: 0, STATUS: 50, GC: 5, DEL: 5 }],
    ['every change', 'EROFS', changing, { ADD: 5, CHECK: 0, STATUS: 50, GC: 5, DEL: 5 }],
    [
      'every change, for want of rights',
      'EACCES',
      changing,
      { ADD: 5, CHECK: 0, STATUS: 50, GC: 5, DEL: 5 },
    ],
    ['to list', 'EACCES', ['list'], { ADD: 5, CHECK: 0, STATUS: 50, GC: 5, DEL: 5 }],
    [
      'to list, for want of handles',
      'EMFILE',
      ['list'],
      { ADD: 5, CHECK: 0, STATUS: 50, GC: 5, DEL: 5 },
    ],
    [
      'to open anything, for want of handles',
      'EMFILE',
      ['list', 'read', ...writing],
      { ADD: 5, CHECK: 5, STATUS: 50, GC: 5, DEL: 5 },
    ],
    ['to read', 'EIO', ['read'], { ADD: 5, CHECK: 5, STATUS: 0, GC: 0, DEL: 5 }],
  ] as const)('%s (%s)', async (_, code, calls, answers) => {
    const node = failing(calls, code);
    const config = { 'cni.dev/valid-attachments': [{ containerID: 'pod1', ifname: 'eth0' }] };
    const prevResult = { cniVersion: '1.1.0', ips: [{ address: '10.1.2.2/29' }] };
    const found = {
      ADD: await node.code('ADD', { containerId: 'pod2' }),
      CHECK: await node.code('CHECK', { config: { prevResult } }),
      STATUS: await node.code('STATUS'),
      GC: await node.code('GC', { config }),
      DEL: await node.code('DEL'),
    };
    expect(found).toEqual(answers);
    // No command has taken a lease from anybody, nor left one of a pod that it failed.
    const left = node
      .leases()
      .map((name) => `${name} ${readFileSync(join(node.leaseFolder, name), 'utf8')}`);
    // What cannot be read cannot be known for one's own, and is left to the DEL that follows.
    const unread = calls.length === 1 && calls[0] === 'read' ? ['10.1.2.4 pod2\r\neth0'] : [];
    expect(left).toEqual(['10.1.2.2 pod1\r\neth0', '10.1.2.3 pod9\r\neth0', ...unread]);
  });
});
