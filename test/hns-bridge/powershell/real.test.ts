import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { locatePowerShell } from '../../../hns-bridge/powershell/locate.ts';
import { nativeScript } from '../../../hns-bridge/powershell/scripts.ts';
import {
  type Session,
  startSession,
  usualDeadlines,
} from '../../../hns-bridge/powershell/session.ts';
import { nodeHost } from '../../../system/node-host.ts';
import { bodies } from './bodies.ts';
import { findPwsh } from './find-pwsh.ts';
import { isAlive } from './trial.ts';

/**
 * The true scripts in a true PowerShell, against doubles of the inbox module and of both libraries.
 * It needs `pwsh` on the PATH, or WINCNI_TEST_PWSH, and gcc; pwsh on Linux stands for Windows
 * PowerShell 5.1, COM has no double there but a function.
 */

const pwsh = findPwsh();
if (pwsh === undefined) {
  console.warn(
    '\n*** The session scripts were NOT run in a real PowerShell: no pwsh on the PATH, and no WINCNI_TEST_PWSH. ***\n',
  );
}

const stub = fileURLToPath(new URL('../../fixtures/powershell/stub', import.meta.url));
let libraries = '';
const sessions: { session: Session; pid: () => number }[] = [];

const answered = (path: string, via: string, body: string) =>
  `{"Success":true,"Output":{"Method":"POST","Path":"${path}","Via":"${via}","Body":${body}}}`;
const id = (n: number) =>
  `00000000-0000-4000-8000-${n.toString(16).padStart(12, '0').toUpperCase()}`;
const modulePath = `param($h) $env:PSModulePath += [IO.Path]::PathSeparator + '${join(stub, 'Modules')}'`;
/** A COM object as a function, as far as the session can tell. */
const com = (request: string) =>
  `param($h) $h['new'] = { $o = [pscustomobject]@{}; Add-Member -InputObject $o ScriptMethod Request2 { param($m, $p, $b) ${request} }; $o }`;
/** None: what making it throws. */
const noCom = (hresult: number) =>
  `param($h) $h['new'] = { throw [Runtime.InteropServices.COMException]::new('no COM', ${hresult}) }`;

function begin(options: { readonly prefix?: string } = {}): Session {
  let pid = 0;
  const env = { ...process.env, LD_LIBRARY_PATH: libraries, POWERSHELL_TELEMETRY_OPTOUT: '1' };
  const launch = locatePowerShell({ ...env, WINCNI_POWERSHELL: pwsh }, 'linux');
  const args = [...launch.args.slice(0, -1), `${options.prefix ?? ''}${launch.args.at(-1)}`];
  const session = startSession(
    { ...launch, args },
    {
      ...nodeHost(process),
      platform: 'linux',
      log: (_, facts) => {
        pid = Number(facts?.['pid'] ?? pid);
      },
      deadlines: usualDeadlines,
    },
  );
  sessions.push({ session, pid: () => pid });
  return session;
}

const load = (session: Session, script: string) => session.call('load', 'load', script);
const post = (session: Session, path: string, body: string) =>
  session.call('post', 'v1', 'POST', path, body);

beforeAll(() => {
  libraries = mkdtempSync(join(tmpdir(), 'wincni-stub-'));
  for (const name of ['computenetwork', 'vmcompute']) {
    const output = join(libraries, `${name}.dll`);
    execFileSync('gcc', ['-shared', '-fPIC', '-o', output, join(stub, `${name}.c`)]);
  }
});

afterEach(async () => {
  for (const { session, pid } of sessions.splice(0)) {
    await session.close();
    expect(isAlive(pid())).toBe(false);
  }
});

afterAll(() => rmSync(libraries, { recursive: true }));

describe.runIf(pwsh !== undefined)('V1 in a real PowerShell', () => {
  test('goes through the COM object, which is made once', async () => {
    const session = begin();
    await load(
      session,
      com(
        `'{"Success":true,"Output":{"Method":"' + $m + '","Path":"' + $p + '","Via":"com","Body":' + $b + '}}'`,
      ),
    );
    for (const body of bodies) {
      expect(await post(session, '/networks', body)).toBe(answered('/networks', 'com', body));
    }
  });

  test('passes on what the COM object throws, and opens it again', async () => {
    const session = begin();
    await load(
      session,
      com(
        `if ($p -eq '/no') { throw [Runtime.InteropServices.COMException]::new('HNS says no', -2147024891) }; $b`,
      ),
    );
    await expect(post(session, '/no', '{}')).rejects.toMatchObject({
      code: 0x80070005,
      reason: 'denied',
      message: expect.stringContaining('HNS says no'),
    });
    expect(await post(session, '/networks', '{}')).toBe('{}');
  });

  test('goes no other way when the COM class is there and does not open', async () => {
    const session = begin();
    await load(session, modulePath);
    await load(session, noCom(-2147023838));
    await expect(post(session, '/networks', '{}')).rejects.toMatchObject({
      code: 0x80070422,
      kind: 'hns-busy',
    });
  });

  test('goes through HNSCall where native.ps1 is there, and makes no COM object', async () => {
    const session = begin();
    await load(session, nativeScript);
    // Access denied: were it made, that would be the answer.
    await load(session, noCom(-2147024891));
    for (const body of bodies) {
      expect(await post(session, '/networks', body)).toBe(answered('/networks', 'HNSCall', body));
    }
    expect(await post(session, '/missing', '')).toContain('"ErrorCode":1168');
    await expect(post(session, '/denied', '')).rejects.toMatchObject({ code: 0x80070005 });
  });

  test('goes through the module when there is nothing else', async () => {
    const session = begin();
    await load(session, modulePath);
    for (const body of bodies) {
      expect(await post(session, '/networks', body)).toBe(answered('/networks', 'module', body));
    }
    const attach = `/endpoints/${id(5)}/attach`;
    expect(await post(session, attach, '{}')).toBe(answered(attach, 'module', '{}'));
  });

  test('goes through the COM object when native.ps1 is there and vmcompute.dll is not', async () => {
    const session = begin();
    await load(session, nativeScript);
    await load(session, `param($h) $h['sys'] = '/nonexistent'`);
    await load(session, com('$b'));
    expect(await post(session, '/networks', '{"via":"com"}')).toBe('{"via":"com"}');
  });

  test('goes through the module when native.ps1 is there and vmcompute.dll is not', async () => {
    const session = begin();
    await load(session, modulePath);
    await load(session, nativeScript);
    await load(session, `param($h) $h['sys'] = '/nonexistent'`);
    expect(await post(session, '/networks', '{}')).toBe(answered('/networks', 'module', '{}'));
  });

  test('says what is missing when there is no way', async () => {
    const session = begin();
    await load(session, nativeScript);
    await load(session, `param($h) $h['sys'] = '/nonexistent'`);
    await expect(post(session, '/networks', '{}')).rejects.toMatchObject({
      kind: 'hns-unavailable',
      message: expect.stringMatching(/HNSCall: not found.*hns\.1.*module HostNetworkingService/s),
      details: expect.stringContaining('Containers'),
    });
  });
});

describe.runIf(pwsh !== undefined)('V2 in a real PowerShell', () => {
  test('creates, reads, changes and deletes, and leaves no handle open', async () => {
    const session = begin();
    const v2 = (...fields: readonly string[]) => session.call('v2', 'v2', ...fields);
    await load(session, nativeScript);
    await load(
      session,
      `param($h) $h['handles'] = { param($h, $f) $a = [object[]]@('', [IntPtr]::Zero, [IntPtr]::Zero); Invoke-HcnFunction $h 'HcnEnumerateOpenHandles' 'Enumerate' $a; Receive-HnsText $a[1] }`,
    );
    await v2('create', 'Network', id(1), '{}', '');
    for (const [kind, tail] of [
      ['Network', []],
      ['Namespace', []],
      ['Endpoint', [id(1)]],
    ] as const) {
      for (const body of bodies) {
        const own = id(7);
        const made = `{"ID":"${own}","Settings":${body},"Query":{"é":1}}`;
        expect(await v2('create', kind, own, body, '{"é":1}', ...tail)).toBe(made);
        expect(await v2('enum', kind, '{}')).toContain(own);
        await expect(v2('create', kind, own, '{}', '', ...tail)).rejects.toMatchObject({
          code: 0x803b0010,
          message: expect.stringContaining(`HcnCreate${kind} refused é`),
        });
        await expect(v2('create', kind, id(8), '?', '', ...tail)).rejects.toMatchObject({
          code: 0x803b001b,
        });
        expect(await v2('modify', kind, own, `[${body}]`)).toBe('');
        expect(await v2('query', kind, own, '')).toBe(
          `{"ID":"${own}","Settings":[${body}],"Query":}`,
        );
        expect(await v2('delete', kind, own)).toBe('');
        await expect(v2('query', kind, own, '')).rejects.toMatchObject({ code: 0x803b0002 });
      }
    }
    expect(await session.call('count', 'handles')).toBe('0');
  });

  test('says which library is missing', async () => {
    const session = begin();
    await load(session, nativeScript);
    await load(session, `param($h) $h['sys'] = '/nonexistent'`);
    await expect(session.call('list networks', 'v2', 'enum', 'Network', '')).rejects.toMatchObject({
      kind: 'hns-unavailable',
      message: expect.stringContaining('/nonexistent/computenetwork.dll'),
    });
  });

  test('refuses what is not a request', async () => {
    const session = begin();
    await load(session, nativeScript);
    for (const fields of [['enum'], ['enum', 'network', ''], ['query', 'Network', 'x', '']]) {
      await expect(session.call('x', 'v2', ...fields)).rejects.toMatchObject({ reason: 'invalid' });
    }
    await expect(session.call('x', 'com')).rejects.toMatchObject({ reason: 'invalid' });
  });
});

describe.runIf(pwsh !== undefined)('HCS in a real PowerShell', () => {
  const asked = (session: Session) => session.call('asked', 'v1', 'GET', '/hcs', '');

  test('attaches to a container, and closes it', async () => {
    const session = begin();
    await load(session, nativeScript);
    for (const body of bodies) expect(await session.call('attach', 'hcs', 'pod1', body)).toBe('');
    expect(await asked(session)).toBe(`${bodies.join('')} 0`);
  });

  test('says what HCS refuses, and closes what it opened', async () => {
    const session = begin();
    await load(session, nativeScript);
    await expect(session.call('attach', 'hcs', 'pod2', '{}')).rejects.toMatchObject({
      code: 0x8037010e,
      reason: 'system-missing',
      nativeCall: 'HcsOpenComputeSystem',
      message: expect.stringContaining('no such system'),
    });
    await expect(session.call('attach', 'hcs', 'pod1', '!')).rejects.toMatchObject({
      code: 0x8037010d,
      nativeCall: 'HcsModifyComputeSystem',
      message: expect.stringContaining('refused é'),
    });
    expect(await asked(session)).toBe(' 0');
  });

  test('takes a container and a request, and no more', async () => {
    const session = begin();
    await load(session, nativeScript);
    await expect(session.call('attach', 'hcs', 'pod1')).rejects.toMatchObject({
      reason: 'invalid',
    });
  });
});

describe.runIf(pwsh !== undefined)('a real PowerShell', () => {
  test('in constrained language mode says so', async () => {
    const session = begin({
      prefix: "$ExecutionContext.SessionState.LanguageMode='ConstrainedLanguage';",
    });
    await expect(session.call('x', 'v1', 'GET', '/networks', '')).rejects.toMatchObject({
      reason: 'denied',
      message: expect.stringContaining('ConstrainedLanguage'),
    });
  });

  test('makes New-Object work below a PowerShell of another edition', async () => {
    const session = begin({ prefix: "$env:PSModulePath='/nonexistent';" });
    await load(
      session,
      `param($h) $h['no'] = { (Microsoft.PowerShell.Utility\\New-Object Text.StringBuilder).GetType().Name }`,
    );
    expect(await session.call('x', 'no')).toBe('StringBuilder');
  });
});
