import { describe, expect, it } from 'vitest';
import type { Files } from '../../system/host.ts';
import { overlayFiles } from '../../system/overlay-files.ts';
import { createWhole, replaceWhole } from '../../system/whole-files.ts';
import { type MemoryFiles, memoryFiles, systemError } from '../helpers/memory-files.ts';

const now = () => 1000;

function laid() {
  const below = memoryFiles(now);
  below.files.makeFolder('/there');
  below.files.writeNew('/there/a', 'A');
  below.files.writeNew('/there/b', 'B');
  const before = below.snapshot();
  return { below, before, over: overlayFiles(below.files, now) };
}

/** What comes of a file operation: its answer, or the error's code. */
function outcome(act: () => unknown): unknown {
  try {
    return act() ?? 'done';
  } catch (error) {
    return error instanceof Error && 'code' in error ? error.code : error;
  }
}

/** Operations one after the other, each with those before it done. */
const operations: readonly (readonly [string, (files: Files) => unknown])[] = [
  ['a new file', (files) => files.writeNew('/there/c', 'C')],
  ['the same again', (files) => files.writeNew('/there/c', 'C')],
  ['one of those below', (files) => files.writeNew('/there/a', 'X')],
  ['one in no folder', (files) => files.writeNew('/gone/a', 'X')],
  ['a list', (files) => files.list('/there').sort()],
  ['a list of two', (files) => files.list('/there', 2).length],
  ['a list of nothing', (files) => files.list('/gone')],
  ['a file read', (files) => files.read('/there/a')],
  ['a file over another', (files) => files.overwrite('/there/a', 'AA')],
  ['that read', (files) => files.read('/there/a')],
  ['a link', (files) => files.link('/there/a', '/there/d')],
  ['a link to what is there', (files) => files.link('/there/a', '/there/b')],
  ['a link from nothing', (files) => files.link('/there/x', '/there/y')],
  ['one renamed over another', (files) => files.rename('/there/c', '/there/b')],
  ['that read', (files) => files.read('/there/b')],
  ['what it was', (files) => files.read('/there/c')],
  ['one removed', (files) => files.remove('/there/a')],
  ['the same again', (files) => files.remove('/there/a')],
  ['what was removed, made again', (files) => files.writeNew('/there/a', 'again')],
  ['a folder', (files) => files.makeFolder('/new/deep')],
  ['a file in it', (files) => files.writeNew('/new/deep/e', 'E')],
  ['that folder listed', (files) => files.list('/new/deep')],
  ['the one above listed', (files) => files.list('/new')],
  ['a folder that is not empty', (files) => files.removeFolder('/new/deep')],
  ['the file removed', (files) => files.remove('/new/deep/e')],
  ['an empty folder', (files) => files.removeFolder('/new/deep')],
  ['what is gone, listed', (files) => files.list('/new/deep')],
  ['a time', (files) => files.modified('/there/a')],
  ['a time of nothing', (files) => files.modified('/there/c')],
  ['the end', (files) => files.list('/there').sort()],
];

describe('files with memory over them', () => {
  it('do as the files themselves do, and change none of them', () => {
    const { before, below, over } = laid();
    const same: MemoryFiles = memoryFiles(now);
    same.restore(below.snapshot());
    const play = (files: Files) =>
      operations.map(([what, act]) => [what, outcome(() => act(files))]);
    expect(play(over.files)).toEqual(play(same.files));
    expect(below.snapshot()).toEqual(before);
  });

  it('tell what would have changed', () => {
    const { over } = laid();
    const host = { clock: trialClock, deadline: trialDeadline, files: over.files, pid: 1 };
    createWhole(host, '/there/c', 'C');
    replaceWhole(host, '/there/a', 'AA');
    over.files.remove('/there/b');
    over.files.writeNew('/there/b2', 'x');
    over.files.remove('/there/b2');
    over.files.overwrite('/there/a', 'AA');
    expect(over.changes()).toEqual([
      { path: '/there/a', change: 'written', text: 'AA' },
      { path: '/there/b', change: 'removed' },
      { path: '/there/c', change: 'made', text: 'C' },
    ]);
  });

  it('tell what may not be looked at', () => {
    const { below } = laid();
    const read = (path: string) => {
      throw systemError('EACCES', 'open', path);
    };
    const { denied, files } = overlayFiles({ ...below.files, read }, now);
    expect(denied()).toBeUndefined();
    expect(outcome(() => files.read('/there/a'))).toBe('EACCES');
    expect(denied()).toMatchObject({ code: 'EACCES' });
  });
});

const trialClock = {
  now,
  elapsed: () => 0,
  uptime: () => 0,
  sleep: async () => {},
  pause() {},
  after: () => () => {},
};
const trialDeadline = {
  total: 1000,
  left: () => 1000,
  within: (ms: number) => ms,
  share: () => 1000,
  toEnd: () => 1000,
  turnBack() {},
};
