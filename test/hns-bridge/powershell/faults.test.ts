import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { locatePowerShell } from '../../../hns-bridge/powershell/locate.ts';
import { startSession, usualDeadlines } from '../../../hns-bridge/powershell/session.ts';
import { startDeadline } from '../../../system/deadline.ts';
import type { Clock } from '../../../system/host.ts';
import { nodeHost } from '../../../system/node-host.ts';
import { childFile, type Fault } from '../../fixtures/powershell/faults.ts';
import { quickFolder } from '../../helpers/quick-folder.ts';
import { standInPowerShell } from '../../helpers/stand-in-powershell.ts';
import { isAlive, patient, trial } from './trial.ts';

const { clock } = nodeHost(process);

/** Fires the deadline of that length at once, and no other. */
const expiring =
  (only: number): Clock['after'] =>
  (ms, expired) => {
    if (ms !== only) return () => undefined;
    const soon = setImmediate(expired);
    return () => clearImmediate(soon);
  };

const faults: readonly [string, readonly Fault[], string, string, string][] = [
  [
    'constrained language mode',
    [{ at: 'start', do: 'language-mode' }],
    'hns-unavailable',
    "PowerShell runs in ConstrainedLanguage mode, in which HNS can't be reached",
    'application control policy',
  ],
  [
    'an exit at the start',
    [{ at: 'start', do: 'exit', code: 7 }],
    'hns-unavailable',
    'PowerShell ended (exit code 7) before it was ready',
    'endpoint protection',
  ],
  [
    'an exit before the answer',
    [{ at: 1, do: 'exit', code: 1 }],
    'hns-unavailable',
    'PowerShell ended (exit code 1) before it answered the request to answer GET /networks',
    'done all the same',
  ],
  [
    'a crash in the middle of an answer',
    [
      { at: 1, do: 'answer', payload: 'a long answer' },
      { at: 1, do: 'half', code: 255 },
    ],
    'hns-unavailable',
    'PowerShell ended (exit code 255) before it answered the request to answer GET /networks',
    'stdout: 1\tok\ta',
  ],
  [
    'a line that is not of the protocol',
    [{ at: 1, do: 'print', text: 'Hello\n' }],
    'hns-unavailable',
    'PowerShell answered something else than was asked: answer GET /networks',
    'stdout: Hello',
  ],
  [
    'bytes that are not UTF-8',
    [{ at: 1, do: 'print-bytes', hex: '31096f6b09c3280a' }],
    'hns-unavailable',
    'PowerShell answered something else than was asked: answer GET /networks',
    'interferes',
  ],
  [
    'an answer to another request',
    [{ at: 1, do: 'print', text: '2\tok\t{}\n' }],
    'hns-unavailable',
    'PowerShell answered something else than was asked: answer GET /networks',
    'interferes',
  ],
  [
    'a second ready line',
    [{ at: 1, do: 'print', text: '-\tready\t1\t5.1\tDesktop\t64\t1\n' }],
    'hns-unavailable',
    'PowerShell answered something else than was asked: answer GET /networks',
    'interferes',
  ],
  [
    'an answer of more than 64 MiB',
    [{ at: 1, do: 'answer', payload: 'x'.repeat(1024), times: 65_537 }],
    'hns-refused',
    "HNS's answer is over 64 MiB: answer GET /networks",
    'Get-HnsEndpoint',
  ],
  [
    'stderr beside a failure',
    [
      { at: 'ready', do: 'complain', text: `so it is: ${'long '.repeat(10_000)}` },
      { at: 1, do: 'exit', code: 1 },
    ],
    'hns-unavailable',
    'PowerShell ended (exit code 1) before it answered the request to answer GET /networks',
    'stderr: so it is: long',
  ],
  [
    'the Containers feature off',
    [
      {
        at: 1,
        do: 'refuse',
        code: 'no-hns',
        hresult: '0x80040154',
        message: 'COM class hns.1: Class not registered',
        detail: '',
      },
    ],
    'hns-unavailable',
    'no way to HNS from PowerShell: COM class hns.1: Class not registered',
    'Enable-WindowsOptionalFeature',
  ],
];

describe('a session meets', () => {
  test.each(faults)('%s', async (_, list, kind, message, details) => {
    const run = trial(list);
    const error = await run.transport.v1('GET', '/networks', '').catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ kind, message, details: expect.stringContaining(details) });
    expect(error).toHaveProperty(
      'details.length',
      expect.toSatisfy((length) => length < 5_000),
    );
    await run.transport.close();
    expect(run.starts().map(({ pid }) => isAlive(pid))).toEqual([false]);
  });

  test.each([
    ['start', { at: 'start', do: 'hang' }, 'PowerShell was not ready within 85 s'],
    ['call', { at: 1, do: 'hang' }, 'HNS did not answer within 60 s: answer GET /networks'],
    ['call', { at: 1, do: 'silence' }, 'HNS did not answer within 60 s: answer GET /networks'],
    [
      'session',
      { at: 'start', do: 'hang' },
      'HNS took more than 100 s for one command: answer GET /networks',
    ],
  ] as const)('the deadline of the %s when it %o', async (stage, fault, message) => {
    const run = trial([fault], { clock: { ...clock, after: expiring(usualDeadlines[stage]) } });
    const timeout = { kind: 'hns-timeout', message };
    await expect(run.transport.v1('GET', '/networks', '')).rejects.toMatchObject(timeout);
    await expect(run.transport.v1('GET', '/networks', '')).rejects.toMatchObject(timeout);
    await run.transport.close();
    const pid = Number(run.facts('powershell started')?.['pid']);
    expect(isAlive(pid)).toBe(false);
  });

  test('a hang at the start, when the command has less time left than a start may take', async () => {
    const time = { total: 100_000, kept: 3_000, started: 0 };
    const run = trial([{ at: 'start', do: 'hang' }], {
      clock: { ...clock, after: expiring(4_000) },
      deadline: startDeadline({ elapsed: () => 93_000 }, time),
    });
    await expect(run.transport.v1('GET', '/networks', '')).rejects.toMatchObject({
      kind: 'hns-timeout',
      message: 'PowerShell was not ready within 4 s',
    });
  });

  test('a hang with children: all of them are killed', async () => {
    const run = trial([
      { at: 1, do: 'child' },
      { at: 1, do: 'print', text: 'garbage\n' },
      { at: 1, do: 'hang' },
    ]);
    await expect(run.transport.v1('GET', '/networks', '')).rejects.toMatchObject({
      kind: 'hns-unavailable',
    });
    expect(existsSync(join(run.folder, childFile))).toBe(true);
    // By the failure itself, not only by close().
    await vi.waitFor(
      () => expect(run.starts().map(({ pid }) => isAlive(pid))).toEqual([false]),
      patient,
    );
  });

  test('an end with a child that holds the pipe open', async () => {
    const run = trial(
      [
        { at: 1, do: 'child' },
        { at: 1, do: 'exit', code: 9 },
      ],
      { deadlines: { exit: 50 } },
    );
    await expect(run.transport.v1('GET', '/networks', '')).rejects.toMatchObject({
      message: expect.stringContaining('(exit code 9)'),
    });
  });

  test.each([
    ['/nonexistent/powershell', 'PowerShell is not at /nonexistent/powershell', 'unsupported'],
    ['/', 'PowerShell may not be started: /', 'denied'],
    ['powershell', 'WINCNI_POWERSHELL is not an absolute path', 'unsupported'],
    ['', 'HNS is reached through Windows PowerShell, and this is not Windows', 'unsupported'],
  ])('no PowerShell at "%s"', async (path, message, reason) => {
    const run = trial([], { env: { WINCNI_POWERSHELL: path } });
    const unavailable = { kind: 'hns-unavailable', message, reason };
    await expect(run.transport.v1('GET', '/networks', '')).rejects.toMatchObject(unavailable);
    await expect(run.transport.enumerate('Network', '')).rejects.toMatchObject(unavailable);
    await run.transport.close();
    expect(run.starts()).toEqual([]);
  });

  test('a 32-bit PowerShell on Windows, ended without taskkill', async () => {
    const run = trial([{ at: 'ready', do: 'bits', bits: '32' }]);
    const env = {
      ...process.env,
      WINCNI_POWERSHELL: standInPowerShell,
      WINCNI_HNS_STATE: run.folder,
    };
    const session = startSession(
      { ...locatePowerShell(env, 'linux'), taskkill: '/nonexistent/taskkill' },
      {
        ...nodeHost(process),
        platform: 'win32',
        clock: { ...clock, after: expiring(0) },
        log: () => undefined,
        deadlines: usualDeadlines,
      },
    );
    await expect(session.call('list networks', 'v1')).rejects.toMatchObject({
      message: expect.stringContaining('32-bit PowerShell'),
    });
    await session.close();
    await vi.waitFor(() => expect(run.starts()).not.toEqual([]), patient);
  });

  test.each([
    ['another script', '5\nexit!'],
    ['half of a script', '5000\nparam($stdin)'],
    ['no script', ''],
  ])('%s: the stand-in does not take it', (_, input) => {
    const run = trial();
    const env = {
      ...process.env,
      WINCNI_POWERSHELL: standInPowerShell,
      WINCNI_HNS_STATE: run.folder,
    };
    const { args } = locatePowerShell(env, 'linux');
    expect(spawnSync(standInPowerShell, args, { env, input }).status).toBe(4);
    expect(spawnSync(standInPowerShell, args.slice(1), { env, input }).status).toBe(64);
  });

  test('without a folder of its own the stand-in writes nothing', () => {
    const cwd = quickFolder();
    const env = { ...process.env, WINCNI_HNS_STATE: '' };
    expect(spawnSync(standInPowerShell, ['-NoProfile'], { cwd, env }).status).toBe(64);
    expect(readdirSync(cwd)).toEqual([]);
  });
});
