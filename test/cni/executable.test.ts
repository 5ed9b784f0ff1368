import { chmodSync, closeSync, existsSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { delegateCall, delegateTo } from '../../cni/delegate.ts';
import type { Call } from '../../cni/plugin.ts';
import { printResult } from '../../cni/print-result.ts';
import { specVersions } from '../../cni/versions.ts';
import type { Deadline } from '../../system/deadline.ts';
import { deadlineOf } from '../helpers/deadline.ts';
import { callOf, commands, failure, hostOf, result, tempFolder } from './trial.ts';

const fixtures = join(import.meta.dirname, '..', 'fixtures', 'plugins');
const standIn = 'stand-in.ts';

/** Calls the stand-in plugin, which does what it is told, as an executable. */
function delegate(
  command: Call['command'],
  config: object,
  more: Partial<Call> & {
    readonly deadline?: Deadline;
    readonly env?: Record<string, string>;
  } = {},
) {
  const { deadline = deadlineOf(), env, ...rest } = more;
  const deps = { host: { ...hostOf([], env), deadline }, own: async () => undefined };
  const base = { cniVersion: '1.1.0', name: 'cbr0', type: standIn };
  const call = callOf(command, { path: [fixtures], ...rest });
  return delegateTo(deps)(standIn, delegateCall(call, { ...base, ...config }));
}

/** Whether a process is there; one that has ended and is not yet reaped is not. */
function lives(pid: number): boolean {
  try {
    return !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

function killAll(pids: readonly number[]): void {
  for (const pid of pids.filter(lives)) process.kill(pid, 'SIGKILL');
}

describe('an executable', () => {
  it.each(specVersions)('may answer ADD in %s', async (version) => {
    const answer = printResult(result, version);
    const got = await delegate('ADD', { does: 'answer', answer }, { version });
    expect(got?.ips.map(({ address }) => address)).toEqual(['10.244.1.5/24']);
    expect(got?.routes).toEqual(result.routes);
  });

  it.each(['DEL', 'CHECK', 'GC', 'STATUS'] as const)('answers %s with nothing', async (command) => {
    expect(await delegate(command, { does: 'say', says: 'chatter' })).toBeUndefined();
  });

  it('is given the configuration, the environment and the call’s variables, no arguments', async () => {
    const noteFile = join(tempFolder(), 'note.json');
    const args = { IgnoreUnknown: '1', K8S_POD_NAME: 'web-0' };
    const env = { TRACEPARENT: '00-ab-cd-01', CNI_COMMAND: 'ADD', CNI_CONTAINERID: 'another' };
    await delegate('CHECK', { does: 'say', noteFile }, { args, env, version: '1.0.0' });
    const note = JSON.parse(readFileSync(noteFile, 'utf8'));
    expect(note.args).toEqual([]);
    expect(JSON.parse(note.stdin)).toMatchObject({ cniVersion: '1.0.0', name: 'cbr0' });
    expect(note.env).toMatchObject({
      TRACEPARENT: '00-ab-cd-01',
      CNI_COMMAND: 'CHECK',
      CNI_CONTAINERID: 'pod1',
      CNI_NETNS: 'ns1',
      CNI_IFNAME: 'eth0',
      CNI_ARGS: 'IgnoreUnknown=1;K8S_POD_NAME=web-0',
      CNI_PATH: fixtures,
    });
  });

  it('may write to stderr when all is well: nobody reads it', async () => {
    const got = await delegate('ADD', {
      does: 'answer noisily',
      answer: printResult(result, '1.0.0'),
    });
    expect(got).toEqual(result);
  });

  it('that fails is quoted: its code, its words', async () => {
    const document = { cniVersion: '1.1.0', code: 11, msg: 'not yet', details: 'come back' };
    const error = await failure(delegate('ADD', { does: 'fail', says: JSON.stringify(document) }));
    expect(error).toMatchObject({ code: 11, message: 'not yet', details: 'come back' });
  });

  it.each([
    ['nothing', ''],
    ['garbage', 'Segmentation fault'],
    ['no code', '{"msg": "x"}'],
    ['a code of 0', '{"code": 0, "msg": "x"}'],
    ['a code that is none', '{"code": 1e99, "msg": "x"}'],
    ['no words', '{"code": 7}'],
    ['a list', '[]'],
  ])('that fails with %s on stdout is told by its stderr', async (_, says) => {
    const error = await failure(delegate('DEL', { does: 'fail', says }));
    expect(error).toMatchObject({ code: 121, details: 'seen on the way' });
    expect(error.message).toMatch(/stand-in\.ts failed on DEL: exit code 1$/);
  });

  it('that crashes is told by the end of its stderr', async () => {
    const error = await failure(delegate('ADD', { does: 'crash' }));
    expect(error.code).toBe(121);
    expect(error.details).toMatch(/^x+panic: the last words$/);
    expect(error.details.length).toBe(2000);
  });

  it.each([
    '',
    'null',
    '[]',
    'ok',
    '{"ips": 1}',
    '{"ips": [{"address": "x"}]}',
    '{"cniVersion": "9"}',
  ])('that answers ADD with %j has failed', async (says) => {
    const error = await failure(delegate('ADD', { does: 'say', says }));
    expect(error.code).toBe(121);
    expect(error.message).toContain(standIn);
  });

  it('that hangs is killed at the deadline', async () => {
    const error = await failure(delegate('ADD', { does: 'hang' }, { deadline: deadlineOf(300) }));
    expect(error).toMatchObject({ code: 121, message: expect.stringContaining('0.3 s') });
  });

  it.each([
    ['with what it started, which holds its pipes', 'sleep 600 &', 2],
    ['though one that got away holds its pipes', 'setsid sleep 600 &', 1],
  ])('that hangs is killed %s', async (_, starts, ends) => {
    const folder = tempFolder();
    const pidFile = join(folder, 'pids');
    const script = `#!/bin/sh\n${starts}\necho $$ $! > '${pidFile}'\nwait\nsleep 600\n`;
    writeFileSync(join(folder, 'slow'), script, { mode: 0o755 });
    const call = delegateTo({
      host: { ...hostOf(), deadline: deadlineOf(2000) },
      own: async () => undefined,
    });
    const error = await failure(call('slow', callOf('ADD', { path: [folder] })));
    const pids = readFileSync(pidFile, 'utf8').trim().split(' ').map(Number);
    onTestFinished(() => killAll(pids));
    expect(error).toMatchObject({
      code: 121,
      message: expect.stringContaining('no answer within'),
    });
    expect(pids).toHaveLength(2);
    await expect.poll(() => pids.slice(0, ends).filter(lives)).toEqual([]);
  });

  it('that ends is answered by, though what it started lives on and holds its pipes', async () => {
    const folder = tempFolder();
    const pidFile = join(folder, 'pid');
    const answer = JSON.stringify(printResult(result, '1.0.0'));
    // More than a pipe holds: the end of it is read when the process has ended.
    const blanks = `head -c 200000 /dev/zero | tr '\\0' ' '`;
    const script = `#!/bin/sh\n${blanks}\necho '${answer}'\nsleep 600 &\necho $! > '${pidFile}'\n`;
    writeFileSync(join(folder, 'parent'), script, { mode: 0o755 });
    const call = delegateTo({ host: hostOf(), own: async () => undefined });
    const got = await call('parent', callOf('ADD', { path: [folder] }));
    const pid = Number(readFileSync(pidFile, 'utf8'));
    onTestFinished(() => killAll([pid]));
    expect(got).toEqual(result);
    expect(lives(pid)).toBe(true);
  });

  it('is not started when the time of the command is over', async () => {
    const noteFile = join(tempFolder(), 'note.json');
    const error = await failure(delegate('GC', { noteFile }, { deadline: deadlineOf(0) }));
    expect(error).toMatchObject({
      code: 121,
      message: expect.stringContaining('was not started for GC'),
    });
    expect(existsSync(noteFile)).toBe(false);
  });

  describe('that an installer is just writing', () => {
    /** Calls one that is open for writing until so many waits have passed. */
    function callWritten(waits: number) {
      const folder = tempFolder();
      const file = join(folder, 'fresh');
      writeFileSync(file, `#!/bin/sh\necho '${JSON.stringify(printResult(result, '1.0.0'))}'\n`);
      chmodSync(file, 0o755);
      const writer = openSync(file, 'r+');
      const slept: number[] = [];
      const sleep = async (ms: number) => {
        if (slept.push(ms) === waits) closeSync(writer);
      };
      const host = { ...hostOf(), clock: { ...hostOf().clock, elapsed: () => 0, sleep } };
      const call = delegateTo({ host, own: async () => undefined });
      const answer = call('fresh', callOf('ADD', { path: [folder] }));
      return { answer, slept, close: () => closeSync(writer) };
    }

    it('is waited for', async () => {
      const { answer, slept } = callWritten(2);
      expect(await answer).toEqual(result);
      expect(slept).toEqual([1000, 1000]);
    });

    it('is not waited for without end', async () => {
      const { answer, close, slept } = callWritten(99);
      const error = await failure(answer);
      close();
      expect(error).toMatchObject({ code: 121, message: expect.stringContaining('ETXTBSY') });
      expect(slept).toHaveLength(5);
    });
  });

  it('may say on stderr as much as it likes', async () => {
    const says = JSON.stringify(printResult(result, '1.0.0'));
    expect(await delegate('ADD', { does: 'chatter', says })).toEqual(result);
    const error = await failure(delegate('ADD', { does: 'chatter', exitCode: 3 }));
    expect(error).toMatchObject({ code: 121, details: expect.stringMatching(/^z+the end of it$/) });
    expect(error.details.length).toBe(2000);
  });

  it.each(commands)('that ends %s with 0 and an error document has failed', async (command) => {
    const says = JSON.stringify({ cniVersion: '1.1.0', code: 11, msg: 'not yet', details: 'x' });
    const error = await failure(delegate(command, { does: 'say', says }));
    expect(error).toMatchObject({ code: 11, message: 'not yet', details: 'x' });
  });

  it.each([
    [undefined, '1'],
    ['1', '2'],
    ['7', '8'],
    ['', '1'],
    ['-3', '1'],
    ['many', '1'],
  ])('is told how deep it is called: after %j, %s', async (before, depth) => {
    const noteFile = join(tempFolder(), 'note.json');
    const env = before === undefined ? {} : { WINCNI_DELEGATIONS: before };
    await delegate('DEL', { does: 'say', noteFile }, { env });
    expect(JSON.parse(readFileSync(noteFile, 'utf8')).env.WINCNI_DELEGATIONS).toBe(depth);
  });

  it.each(['8', '9', '999999999'])('is not called any more after %s others', async (before) => {
    const noteFile = join(tempFolder(), 'note.json');
    const env = { WINCNI_DELEGATIONS: before };
    const error = await failure(delegate('ADD', { does: 'say', noteFile }, { env }));
    expect(error).toMatchObject({ code: 7, message: expect.stringContaining('"stand-in.ts"') });
    expect(existsSync(noteFile)).toBe(false);
  });

  it('that writes without end is stopped', async () => {
    const error = await failure(delegate('ADD', { does: 'flood' }));
    expect(error).toMatchObject({ code: 121, message: expect.stringContaining('1048576 bytes') });
  });
});
