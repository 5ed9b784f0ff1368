import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { nodeFiles } from '../../system/files.ts';
import type { Files, Host } from '../../system/host.ts';
import { nodeHost } from '../../system/node-host.ts';
import {
  createWhole,
  listIfThere,
  replaceWhole,
  sweepUnfinished,
  unfinishedOf,
  unfinishedPath,
} from '../../system/whole-files.ts';
import { tempFolder } from '../cni/trial.ts';
import { deadlineOf } from '../helpers/deadline.ts';

/** A host whose clock stands, and what it logged. */
function hostAt(now: number, files: Partial<Files> = {}) {
  const logged: string[] = [];
  const host: Host = {
    ...nodeHost(process),
    deadline: deadlineOf(),
    pid: 4711,
    files: { ...nodeFiles(), ...files },
    clock: { ...nodeHost(process).clock, now: () => now },
    log: (step, facts) => logged.push(`${step}: ${String(facts?.['path']).split('/').at(-1)}`),
  };
  return { host, logged };
}

/** A failure of the operating system, as Node throws it. */
function refused(code: string): Error {
  return Object.assign(new Error(`${code}: refused`), { code, syscall: 'unlink' });
}

describe('the name of an unfinished file', () => {
  it('is beside the finished one, with the process that writes it, and never twice the same', () => {
    const host = { clock: nodeHost(process).clock, pid: 4711 };
    const paths = [1, 2].map(() => unfinishedPath(host, join('/data', 'net', '10.1.2.3')));
    for (const path of paths) {
      expect(path).toMatch(/^\/data\/net\/\.wincni-4711-[a-z0-9]+-10\.1\.2\.3$/);
    }
    expect(new Set(paths).size).toBe(2);
  });

  it.each([
    ['.wincni-12-ab3-pod1', 'pod1'],
    ['.wincni-12--pod1', 'pod1'],
    ['.wincni-12-ab3-pod1-eth0', 'pod1-eth0'],
    ['.wincni-12-ab3', undefined],
    ['.wincni-12-ab3-', undefined],
    ['.wincni-reclaim-10.1.2.3', undefined],
    ['wincni-12-ab3-pod1', undefined],
    ['pod1', undefined],
  ])('%s is that of %s', (name, finished) => {
    expect(unfinishedOf(name)).toBe(finished);
  });

  it('is told apart again', () => {
    const path = unfinishedPath({ clock: nodeHost(process).clock, pid: 1 }, '/data/pod1-eth0');
    expect(unfinishedOf(path.slice('/data/'.length))).toBe('pod1-eth0');
  });
});

describe('a sweep', () => {
  /** A folder with files that are so many seconds old. */
  function littered(now: number, ages: Readonly<Record<string, number>>): string {
    const folder = tempFolder();
    for (const [name, seconds] of Object.entries(ages)) {
      writeFileSync(join(folder, name), '');
      utimesSync(join(folder, name), now / 1000 - seconds, now / 1000 - seconds);
    }
    return folder;
  }

  const now = Date.UTC(2026, 10, 21);

  it('takes what was left unfinished for ten minutes, and nothing else', () => {
    const folder = littered(now, {
      '.wincni-1-a-pod1': 601,
      '.wincni-1-b-pod1': 599,
      '.wincni-reclaim-10.1.2.3': 601,
      '.wincni-1-c-pod1': -3600,
      '.other-1-a-pod1': 9999,
      pod1: 9999,
      lock: 9999,
    });
    const { host, logged } = hostAt(now);
    sweepUnfinished(host, folder);
    expect(readdirSync(folder).sort()).toEqual([
      '.other-1-a-pod1',
      '.wincni-1-b-pod1',
      '.wincni-1-c-pod1',
      'lock',
      'pod1',
    ]);
    expect(logged).toEqual([]);
  });

  it('leaves what was moved aside a moment ago, however long ago it was written', () => {
    const at = (time: number) => {
      const clock = { ...nodeHost(process).clock, now: () => time };
      return basename(unfinishedPath({ clock, pid: 1 }, 'pod1'));
    };
    const [young, old] = [at(now - 599_000), at(now - 601_000)];
    const folder = littered(now, { [young]: 9999, [old]: 1 });
    sweepUnfinished(hostAt(now).host, folder);
    expect(readdirSync(folder)).toEqual([young]);
  });

  it('goes on after what cannot be removed, and logs it', () => {
    const folder = littered(now, { '.wincni-1-a': 601, '.wincni-1-b': 601, '.wincni-1-c': 601 });
    const { host, logged } = hostAt(now, {
      remove(path) {
        if (!path.endsWith('c')) throw refused(path.endsWith('a') ? 'EACCES' : 'ENOENT');
        nodeFiles().remove(path);
      },
    });
    sweepUnfinished(host, folder);
    expect(readdirSync(folder).sort()).toEqual(['.wincni-1-a', '.wincni-1-b']);
    // The second was gone, for all that the sweep can tell: another process was faster.
    expect(logged).toEqual(['leftover not removed: .wincni-1-a']);
  });

  it('of no folder is none; of what is no folder fails', () => {
    const { host } = hostAt(now);
    const folder = join(tempFolder(), 'none');
    sweepUnfinished(host, folder);
    expect(existsSync(folder)).toBe(false);
    expect(listIfThere(host.files, folder)).toEqual([]);
    writeFileSync(folder, '');
    expect(() => sweepUnfinished(host, folder)).toThrow('ENOTDIR');
  });
});

describe('a whole file', () => {
  it('is written under a name of this process, which is gone afterwards', () => {
    const folder = tempFolder();
    const written: string[] = [];
    const { host } = hostAt(0, {
      writeNew(path, text) {
        written.push(path);
        nodeFiles().writeNew(path, text);
      },
    });
    const path = join(folder, 'pod1');
    expect(createWhole(host, path, 'one')).toBe(true);
    expect(createWhole(host, path, 'two')).toBe(false);
    expect(readFileSync(path, 'utf8')).toBe('one');
    replaceWhole(host, path, 'three');
    expect(readFileSync(path, 'utf8')).toBe('three');
    expect(readdirSync(folder)).toEqual(['pod1']);
    expect(written).toHaveLength(3);
    for (const beside of written) expect(beside).toMatch(/\/\.wincni-4711-[a-z0-9]+-pod1$/);
  });

  it('that cannot take its place is not left beside it', () => {
    const folder = tempFolder();
    const path = join(folder, 'pod1');
    mkdirSync(join(path, 'full'), { recursive: true });
    const { host } = hostAt(0);
    expect(() => replaceWhole(host, path, 'text')).toThrow();
    expect(readdirSync(folder)).toEqual(['pod1']);
  });
});
