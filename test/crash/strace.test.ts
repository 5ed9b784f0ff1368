import { describe, expect, it } from 'vitest';
import { effectsOf, operationsOf, titleOf } from './effects.ts';
import { isStruck, parseLog } from './strace.ts';
import { callsElsewhere } from './strike.ts';

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

  it('gives the operations on a folder, counted among all calls of their name', () => {
    expect(operationsOf(calls, folder)).toMatchObject([
      { call: 'openat', nth: 2, what: 'open hns/hns.json', kind: 'read' },
      { call: 'write', nth: 1, what: 'write flannel/.wincni-*-pod1', kind: 'change' },
      { call: 'unlink', nth: 1, what: 'unlink hns/ticket.*', kind: 'change' },
      { call: 'write', nth: 2, what: 'write the answer', kind: 'answer' },
    ]);
  });

  it('tells of each HNS call the first and the last of what the simulator does, and no more', () => {
    const call = (lines: string) =>
      lines.replaceAll('hns/', `${folder}/hns/`).replaceAll('networks/', `${folder}/networks/`);
    const made = parseLog(
      call(`12 unlink("networks/x/10.1.1.2") = 0
12 openat(AT_FDCWD, "hns/ticket.12.7f-a", O_WRONLY|O_CREAT|O_TRUNC, 0666) = 21<x>
12 link("hns/ticket.12.7f-a", "hns/lock") = 0
12 openat(AT_FDCWD, "hns/hns.json", O_RDONLY) = 22<x>
12 rename("hns/hns.json.new", "hns/hns.json") = 0
12 write(23<hns/calls.jsonl>, "{\\"api\\":\\"v1\\",\\"operation\\":\\"DELETE /endpoints/7e2f9d10-3c55-4b1e-8a27-90c4e5d1b001\\",\\"ta"..., 9) = 9
12 unlink("hns/lock") = 0
12 write(1<pipe:[5]>, "{}", 2) = 2
`),
    );
    const effects = effectsOf(operationsOf(made, folder));
    expect(effects.map(titleOf)).toEqual([
      'unlink networks/x/10.1.1.2 (1)',
      'before HNS DELETE /endpoints/<id> (1)',
      'after HNS DELETE /endpoints/<id> (1)',
      'write the answer (1)',
    ]);
    expect(effects.map(({ call, nth }) => [call, nth])).toEqual([
      ['unlink', 1],
      ['openat', 1],
      ['unlink', 2],
      ['write', 2],
    ]);
  });

  describe('tells which call to strike next time, when another one was', () => {
    const effect = { call: 'write', what: 'write flannel/pod1', turn: 1 };
    const struck = '= -1 EIO (Input/output error) (INJECTED)';
    const [start, thread, scratch] = ['5<pipe:[1]>', '6<eventfd>', '7</tmp/node/flannel/pod1>'];
    it.each([
      ['an earlier one', [`${start}) = 1`, `${thread}) ${struck}`, `${start}) = 1`], 2],
      ['a later one', [`${start}) = 1`, `${scratch}) = 9`, `${thread}) ${struck}`], 1],
      ['the first', [`${start}) ${struck}`, `${scratch}) = 9`], 1],
      ['none', [`${start}) = 1`, `${scratch}) = 9`, `${thread}) = 1`], 1],
    ])('%s', (_, writes, elsewhere) => {
      const text = writes.map((write) => `write(${write}`).join('\n');
      expect(callsElsewhere(parseLog(text), effect, folder)).toBe(elsewhere);
    });
  });
});
