import { describe, expect, it } from 'vitest';
import { effectsOf } from './effects.ts';
import { isStruck, parseLog } from './strace.ts';

const folder = '/tmp/node';

describe('a log of strace', () => {
  const log = `12 execve("/bin/x", ["x"], 0x7ffd /* 9 vars */) = 0
12 openat(AT_FDCWD</tmp>, "/lib/libc.so.6", O_RDONLY|O_CLOEXEC) = 3</lib/libc.so.6>
12 openat(AT_FDCWD</tmp>, "/tmp/node/hns/hns.json", O_RDONLY|O_CLOEXEC) = 21</tmp/node/hns/hns.json>
12 write(21</tmp/node/flannel/.wincni-12-abc1-pod1>, "{\\"a\\" = \\"b\\"", 9 <unfinished ...>
13 openat(AT_FDCWD</tmp>, "/tmp/node/hns/lock", O_RDONLY) = -1 EIO (Input/output error) (INJECTED)
12 <... write resumed>) = 9
12 unlink("/tmp/node/hns/ticket.12.7f-a") = -1 EBUSY (Device or resource busy) (INJECTED)
12 write(1<pipe:[5]>, "{}", 2) = ?
`;
  const calls = parseLog(log);

  it('has the calls of the main thread, whole', () => {
    expect(calls.map(({ name, result }) => [name, result.slice(0, 8)])).toEqual([
      ['openat', '3</lib/l'],
      ['openat', '21</tmp/'],
      ['write', '9'],
      ['unlink', '-1 EBUSY'],
      ['write', '?'],
    ]);
  });

  it('tells what was struck', () => {
    expect(calls.filter(isStruck).map(({ name }) => name)).toEqual(['unlink', 'write']);
  });

  it('gives the effects on a folder, counted among all calls of their name', () => {
    expect(effectsOf(calls, folder)).toMatchObject([
      { call: 'openat', nth: 2, what: 'open hns/hns.json', kind: 'read' },
      { call: 'write', nth: 1, what: 'write flannel/.wincni-*-pod1', kind: 'change' },
      { call: 'unlink', nth: 1, what: 'unlink hns/ticket.*', kind: 'change' },
      { call: 'write', nth: 2, what: 'write the answer', kind: 'answer' },
    ]);
  });
});
