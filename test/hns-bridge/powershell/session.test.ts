import { spawn } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { openSimulator } from '../../../hns-bridge/simulator/index.ts';
import type { Transport } from '../../../hns-bridge/transport.ts';
import { nodeHost } from '../../../system/node-host.ts';
import { childFile, type Fault, faultsFile } from '../../fixtures/powershell/faults.ts';
import { standInPowerShell } from '../../helpers/stand-in-powershell.ts';
import { isAlive, patient, trial } from './trial.ts';

const steps = (run: { readonly steps: readonly { readonly step: string }[] }) =>
  run.steps.map(({ step }) => step);
const hostModule = new URL('../../../system/node-host.ts', import.meta.url).href;
const deadlineModule = new URL('../../helpers/deadline.ts', import.meta.url).href;
const powershellModule = new URL('../../../hns-bridge/powershell/index.ts', import.meta.url).href;
const networkId = '11111111-2222-4333-8444-555555555555';
const network = JSON.stringify({
  Name: 'cbr0',
  Type: 'L2Bridge',
  Ipams: [
    {
      Type: 'Static',
      Subnets: [
        {
          IpAddressPrefix: '10.244.4.0/24',
          Routes: [{ NextHop: '10.244.4.1', DestinationPrefix: '0.0.0.0/0' }],
        },
      ],
    },
  ],
  SchemaVersion: { Major: 2, Minor: 0 },
});
const query = '{"SchemaVersion":{"Major":2,"Minor":0}}';

describe('a session', () => {
  test('is one process however many calls, gone when it is closed', async () => {
    const run = trial();
    const direct = openSimulator(run.folder, nodeHost(process));
    expect(await run.transport.v1('GET', '/globals/version', '')).toBe(
      await direct.v1('GET', '/globals/version', ''),
    );
    await run.transport.create('Network', networkId, network);
    expect(JSON.parse(await run.transport.enumerate('Network', query))).toEqual([
      expect.stringMatching(new RegExp(networkId, 'i')),
    ]);
    expect(await run.transport.query('Network', networkId, query)).toBe(
      await direct.query('Network', networkId, query),
    );
    await run.transport.delete('Network', networkId);
    expect(await run.transport.enumerate('Network', query)).toBe('[]');
    await run.transport.close();
    expect(run.starts()).toHaveLength(1);
    expect(run.starts().map(({ pid }) => isAlive(pid))).toEqual([false]);
    expect(run.facts('powershell closed')).toMatchObject({ killed: false });
  });

  test('passes on what HNS refuses, by its HRESULT', async () => {
    const { transport } = trial();
    await expect(transport.query('Network', networkId, query)).rejects.toMatchObject({
      reason: 'not-found',
      kind: 'hns-refused',
    });
    expect(await transport.enumerate('Network', query)).toBe('[]');
  });

  test('is on its way when it is opened, and waited for by the first call only', async () => {
    const run = trial([{ at: 'start', do: 'wait-for', file: 'go' }]);
    expect(steps(run)).toEqual(['powershell started']);
    const answer = run.transport.v1('GET', '/globals/version', '');
    writeFileSync(join(run.folder, 'go'), '');
    expect(await answer).toContain('Success');
    await run.transport.close();
    expect(steps(run)).toEqual(['powershell started', 'powershell ready', 'powershell closed']);
    const [start] = run.starts();
    expect(run.facts('powershell started')).toEqual({
      pid: start?.pid,
      executable: standInPowerShell,
    });
    expect(run.facts('powershell ready')).toEqual({
      pid: start?.pid,
      version: '5.1.0.0 StandIn',
      ms: expect.any(Number),
    });
  });

  test.each([
    [true, 'V1 through them', ['powershell started', 'powershell ready', 'powershell native']],
    [false, 'no more than V1 needs', ['powershell started', 'powershell ready']],
  ])('that needs the native functions: %s, loads %s', async (needsNative, _, expected) => {
    const run = trial([], { needsNative });
    await run.transport.v1('GET', '/globals/version', '');
    await run.transport.v1('GET', '/networks/', '');
    expect(steps(run)).toEqual(expected);
  });

  test('answers V1 also where the native functions cannot be loaded, and says so to V2', async () => {
    const run = trial(
      [
        {
          at: 1,
          do: 'refuse',
          code: 'internal',
          hresult: '0x80131501',
          message: 'ParseException: blocked by your antivirus software',
          detail: '',
        },
      ],
      { needsNative: true },
    );
    expect(await run.transport.v1('GET', '/globals/version', '')).toContain('Success');
    await expect(run.transport.enumerate('Network', query)).rejects.toMatchObject({
      message: expect.stringContaining('blocked by your antivirus software'),
    });
    expect(await run.transport.v1('GET', '/networks/', '')).toContain('Success');
    expect(steps(run)).toEqual(['powershell started', 'powershell ready']);
  });

  test('gets no module path', async () => {
    const run = trial();
    await run.transport.v1('GET', '/globals/version', '');
    expect(run.starts()[0]?.env).not.toContain('PSModulePath');
  });

  test.each([
    ['', '-s', '--%', '$(throw 1) `n ; | & <> ^ %PATH% %09 %25 %0A', '"', "'", '\u{10FFFF}\u00a0'],
    ['{"u":"žluťoučký kůň 日本語 🎉 \u2028\u2029\u0085 \ufeff"}', '{\n\t"pretty": [1,\r\n 2]\n}'],
    ['{"n":12345678901234567890,"date":"2024-01-01T00:00:00Z","ID":1,"Id":2}', '%%25%2509'],
    [`{"big":"${'¼🎉x%\\"'.repeat(100_000)}"}`],
  ])('carries %#: every byte of a body there and back', async (...bodies) => {
    const echo = bodies.map((_, at) => ({ at: at + 1, do: 'echo' }) as const);
    const { transport } = trial([{ at: 'start', do: 'split', bytes: 7919 }, ...echo]);
    for (const body of bodies) expect(await transport.v1('POST', '/networks', body)).toBe(body);
  });

  test('understands answers that come in pieces of 3 bytes', async () => {
    const { transport } = trial([
      { at: 'start', do: 'split', bytes: 3 },
      { at: 1, do: 'answer', payload: '{"é":"🎉"}\t%' },
    ]);
    expect(await transport.v1('GET', '/networks', '')).toBe('{"é":"🎉"}\t%');
  });

  test('gives each of many calls at once its own answer', async () => {
    const numbers = Array.from({ length: 40 }, (_, at) => at + 1);
    const { transport } = trial(numbers.map((at) => ({ at, do: 'echo' })));
    const answers = numbers.map((n) => transport.v1('POST', '/networks', `body ${n}`));
    expect(await Promise.all(answers)).toEqual(numbers.map((n) => `body ${n}`));
  });

  test('loads the V2 functions once, for the first V2 call', async () => {
    const run = trial();
    await run.transport.v1('GET', '/globals/version', '');
    await Promise.all([
      run.transport.enumerate('Network', query),
      run.transport.enumerate('Endpoint', query),
    ]);
    await run.transport.enumerate('Namespace', query);
    expect(steps(run)).toEqual(['powershell started', 'powershell ready', 'powershell native']);
    expect(run.facts('powershell native')).toEqual({ ms: expect.any(Number) });
  });

  test('is not disturbed by a greeting before it is ready, nor by noise on stderr', async () => {
    const { transport } = trial([
      { at: 'start', do: 'print', text: 'WARNING: hello\r\n\n' },
      { at: 'ready', do: 'print-bytes', hex: 'fffe0a' },
      { at: 'ready', do: 'complain', text: 'noise '.repeat(100_000) },
      { at: 1, do: 'complain', text: 'more noise' },
    ]);
    expect(await transport.v1('GET', '/globals/version', '')).toContain('Success');
  });
});

describe('closing', () => {
  test('ends a session that was never asked anything at once', async () => {
    const run = trial([{ at: 'start', do: 'hang' }]);
    await run.transport.close();
    const pid = Number(run.facts('powershell started')?.['pid']);
    await vi.waitFor(() => expect(isAlive(pid)).toBe(false));
    expect(run.facts('powershell closed')).toMatchObject({ killed: true });
  });

  const degraded: Fault = {
    at: 1,
    do: 'refuse',
    code: 'hresult',
    hresult: '0x803B0017',
    message: 'v1',
    detail: '',
  };
  test.each<[string, readonly Fault[], (hns: Transport) => Promise<unknown>]>([
    ['was asked for V2 alone', [], (hns) => hns.enumerate('Network', query)],
    ['said that HNS is degraded', [degraded], (hns) => hns.v1('GET', '/networks', '')],
  ])('kills one that %s, and does not wait for its end', async (_, faults, ask) => {
    // Left to itself it would never end; with no timer that fires, waiting for it would never end either.
    const run = trial([...faults, { at: 'end', do: 'hang' }], {
      clock: { ...nodeHost(process).clock, after: () => () => undefined },
      kill: () => {
        throw new Error('killed as a tree');
      },
    });
    await ask(run.transport).catch((error: unknown) => error);
    await run.transport.close();
    expect(run.facts('powershell closed')).toMatchObject({ killed: true });
  });

  test('kills one that does not go when stdin ends, with its children', async () => {
    const run = trial(
      [
        { at: 1, do: 'child' },
        { at: 'end', do: 'hang' },
      ],
      { deadlines: { exit: 100 } },
    );
    await run.transport.v1('GET', '/networks', '');
    await Promise.all([run.transport.close(), run.transport.close()]);
    expect(run.starts().map(({ pid }) => isAlive(pid))).toEqual([false]);
    expect(run.facts('powershell closed')).toMatchObject({ killed: true });
  });

  test('does not wait for a call under way, which fails', async () => {
    const run = trial([
      { at: 1, do: 'child' },
      { at: 1, do: 'hang' },
    ]);
    const call = run.transport.v1('GET', '/networks', '');
    const refused = expect(call).rejects.toMatchObject({
      message: 'the PowerShell session is closed: answer GET /networks',
    });
    await vi.waitFor(() => expect(existsSync(join(run.folder, childFile))).toBe(true), patient);
    await run.transport.close();
    await refused;
    expect(run.starts().map(({ pid }) => isAlive(pid))).toEqual([false]);
    expect(run.facts('powershell closed')).toMatchObject({ killed: true });
  });

  test('refuses what is asked afterwards', async () => {
    const { transport } = trial();
    await transport.close();
    await expect(transport.v1('GET', '/networks', '')).rejects.toMatchObject({
      kind: 'hns-unavailable',
      message: 'the PowerShell session is closed: answer GET /networks',
    });
    await transport.close();
  });

  test.each([
    ['is idle', []],
    ['hangs', [{ at: 1, do: 'hang' }]],
  ] as const)(
    'is not needed when this process is killed while PowerShell %s',
    async (_, faults) => {
      const run = trial();
      await run.transport.close();
      writeFileSync(join(run.folder, faultsFile), JSON.stringify(faults));
      const program = `import { openPowerShell } from ${JSON.stringify(powershellModule)};
      import { nodeHost } from ${JSON.stringify(hostModule)};
      import { deadlineOf } from ${JSON.stringify(deadlineModule)};
      const hns = openPowerShell({ ...nodeHost(process), deadline: deadlineOf(), log: (step) => console.log(step) });
      hns.v1('GET', '/globals/version', '');`;
      const victim = spawn(process.execPath, ['--input-type=module', '-e', program], {
        env: { ...process.env, WINCNI_POWERSHELL: standInPowerShell, WINCNI_HNS_STATE: run.folder },
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      await new Promise((resolve) => {
        victim.stdout.on('data', (text) => String(text).includes('ready') && resolve(undefined));
      });
      victim.kill('SIGKILL');
      const pids = () => run.starts().map(({ pid }) => pid);
      await vi.waitFor(() => expect(pids().some(isAlive)).toBe(false), patient);
      expect(pids()).not.toEqual([]);
    },
  );
});
