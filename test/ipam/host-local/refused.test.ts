import { describe, expect, it } from 'vitest';
import type { Files } from '../../../system/host.ts';
import { systemError, type Trial, trial } from './trial.ts';

/** What Windows refuses for a moment: a name whose file is being deleted, a file that is being scanned. */
const codes = ['EPERM', 'EACCES', 'EBUSY'];

/** A node whose file system refuses names, so often each: both ways in which a lease comes to be. */
function refusing(isRefused: (path: string) => boolean, times: number, code = 'EPERM'): Trial {
  const seen = new Map<string, number>();
  const refuse = (path: string) => {
    if (!isRefused(path)) return;
    const count = (seen.get(path) ?? 0) + 1;
    seen.set(path, count);
    if (count <= times) throw systemError(code, 'link');
  };
  return trial({
    files: (files): Files => ({
      ...files,
      link(from, to) {
        refuse(to);
        files.link(from, to);
      },
      writeNew(path, text) {
        refuse(path);
        files.writeNew(path, text);
      },
    }),
  });
}

const always = Number.POSITIVE_INFINITY;
const isLease = (path: string) => /\/10\.1\.\d+\.\d+$/.test(path);

describe('a lease’s name that is refused', () => {
  it.each(codes)(
    'for a moment is tried again, after longer and longer pauses: %s',
    async (code) => {
      const node = refusing((path) => path.endsWith('/10.1.2.2'), 8, code);
      expect(await node.add()).toEqual(['10.1.2.2/29']);
      // Two tries a turn where links may be what is refused.
      expect(node.paused()).toBe(code === 'EPERM' ? 1 + 2 + 4 + 8 : 255);
    },
  );

  it.each(codes)('for longer is passed over, after half a second: %s', async (code) => {
    const node = refusing((path) => path.endsWith('/10.1.2.2'), always, code);
    expect(await node.add()).toEqual(['10.1.2.3/29']);
    expect(node.paused()).toBe(500);
    expect(await node.add()).toEqual(['10.1.2.3/29']);
    expect(await node.code('DEL')).toBe(0);
  });

  it.each([
    ['each that is free', ['10.1.2.2', '10.1.2.3'], 5, 'EPERM'],
    ['one, and the others are taken', ['10.1.2.2', '10.1.2.3', '10.1.2.5', '10.1.2.6'], 5, 'EPERM'],
    [
      'none, and all are taken',
      ['10.1.2.2', '10.1.2.3', '10.1.2.4', '10.1.2.5', '10.1.2.6'],
      110,
      'no IP',
    ],
  ])('fails ADD only when nothing else is left: %s', async (_, taken, code, msg) => {
    const node = refusing(
      (path) => isLease(path) && !taken.some((name) => path.endsWith(name)),
      always,
    );
    for (const name of taken) node.write(name, 'other\r\neth0');
    const { document } = await node.run('ADD');
    expect(document).toMatchObject({ code, msg: expect.stringContaining(msg) });
    expect(node.leases()).toEqual([...taken].sort());
  });

  it('that was asked for fails ADD, with how to look further', async () => {
    const node = refusing((path) => path.endsWith('/10.1.2.4'), always);
    const { document } = await node.run('ADD', { args: 'IP=10.1.2.4' });
    expect(document).toMatchObject({ code: 5, details: expect.stringContaining('EPERM') });
    expect(node.paused()).toBe(500);
  });

  it('with all others of a large range costs half a second in all, and not one each', async () => {
    let tries = 0;
    const node = refusing((path) => {
      if (isLease(path)) tries++;
      return isLease(path);
    }, always);
    expect(await node.code('ADD', { ipam: { subnet: '10.1.0.0/16' } })).toBe(5);
    expect(node.paused()).toBe(500);
    expect(tries).toBeLessThan(3000);
  });
});

describe('a lease that is refused when it is read or moved', () => {
  it.each(codes)('for a moment: DEL and CHECK bear with it (%s)', async (code) => {
    let refusals = 0;
    const node = trial({
      files: (files) => ({
        ...files,
        read(path) {
          if (isLease(path) && refusals++ % 2 === 0) throw systemError(code);
          return files.read(path);
        },
        rename(from, to) {
          if (isLease(from) && refusals++ % 2 === 0) throw systemError(code, 'rename');
          files.rename(from, to);
        },
      }),
    });
    await node.add();
    expect(await node.code('CHECK')).toBe(0);
    expect(await node.code('DEL')).toBe(0);
    expect(node.leases()).toEqual([]);
  });
});

it.each(codes)(
  'a folder of claims that is going while it is made: DEL makes it again (%s)',
  async (code) => {
    let refusals = 0;
    const node = trial({
      files: (files) => ({
        ...files,
        makeFolder(path) {
          if (path.endsWith('/.claims') && refusals++ < 3) throw systemError(code, 'mkdir');
          files.makeFolder(path);
        },
      }),
    });
    await node.add();
    expect(await node.code('DEL')).toBe(0);
    expect(refusals).toBe(4);
    expect(node.leases()).toEqual([]);
  },
);
