import { describe, expect, test } from 'vitest';
import { locatePowerShell } from '../../../hns-bridge/powershell/locate.ts';
import { bootstrap } from '../../../hns-bridge/powershell/scripts.ts';

const shell = (root: string, folder = 'System32') =>
  `${root}\\${folder}\\WindowsPowerShell\\v1.0\\powershell.exe`;

describe('PowerShell on Windows', () => {
  test.each([
    ['SystemRoot', { SystemRoot: 'D:\\WINNT' }, 'D:\\WINNT'],
    ['it in any letter case', { SYSTEMROOT: 'D:\\WINNT\\' }, 'D:\\WINNT'],
    ['windir when SystemRoot is empty', { SystemRoot: '', windir: 'E:\\Windows' }, 'E:\\Windows'],
    ['C:\\Windows when there is nothing', {}, 'C:\\Windows'],
    ['not a relative path', { SystemRoot: 'Windows' }, 'C:\\Windows'],
    ['not a path relative to a drive', { SystemRoot: 'C:Windows' }, 'C:\\Windows'],
    ['not a drive alone', { SystemRoot: 'C:\\' }, 'C:\\Windows'],
    ['not a share', { SystemRoot: '\\\\server\\share' }, 'C:\\Windows'],
    ['not a device', { SystemRoot: '\\\\?\\C:\\Windows' }, 'C:\\Windows'],
    ['no step upwards', { SystemRoot: 'C:\\Windows\\..\\Temp' }, 'C:\\Windows'],
    ['no slashes', { SystemRoot: 'C:/Windows' }, 'C:\\Windows'],
    ['no list of paths', { SystemRoot: 'C:\\a;C:\\b' }, 'C:\\Windows'],
    ['no quotes', { SystemRoot: 'C:\\a" b' }, 'C:\\Windows'],
    ['no line ends', { SystemRoot: 'C:\\a\nb' }, 'C:\\Windows'],
  ])('is found by %s', (_, env, root) => {
    const found = locatePowerShell(env, 'win32');
    expect(found.executable).toBe(shell(root));
    expect(found.taskkill).toBe(`${root}\\System32\\taskkill.exe`);
    expect(found.env).toMatchObject({ SystemRoot: root, windir: root });
  });

  test.each([
    ['SystemRoot', { SystemRoot: 'D:\\evil' }],
    ['windir', { windir: 'D:\\evil' }],
    ['the variable of a 32-bit process', { PROCESSOR_ARCHITEW6432: 'AMD64' }],
  ])('is where Windows says, whatever says %s', (_, env) => {
    const found = locatePowerShell(env, 'win32', 'E:\\Windows\\system32');
    expect(found.executable).toBe(shell('E:\\Windows', 'system32'));
    expect(found.taskkill).toBe('E:\\Windows\\system32\\taskkill.exe');
    expect(found.env).toMatchObject({ SystemRoot: 'E:\\Windows', windir: 'E:\\Windows' });
  });

  test('is the 64-bit one for a 32-bit process on 64-bit Windows', () => {
    const env = { SystemRoot: 'C:\\Windows', PROCESSOR_ARCHITEW6432: 'AMD64' };
    expect(locatePowerShell(env, 'win32').executable).toBe(shell('C:\\Windows', 'Sysnative'));
  });

  test('gets an environment of what it needs and nothing that could change what runs', () => {
    const { env } = locatePowerShell(
      {
        SYSTEMROOT: 'C:\\Windows',
        Path: 'C:\\evil',
        TEMP: 'C:\\t',
        PSModulePath: 'C:\\Program Files\\PowerShell\\7\\Modules',
        PSMODULEANALYSISCACHEPATH: 'C:\\cache',
        COR_ENABLE_PROFILING: '1',
        COR_PROFILER: '{x}',
        COMPLUS_Version: 'v2',
        DOTNET_STARTUP_HOOKS: 'x.dll',
        __PSLockdownPolicy: '0',
        PSExecutionPolicyPreference: 'Restricted',
        NODE_OPTIONS: '--require x',
        CNI_ARGS: 'K8S_POD_NAME=x',
        HTTPS_PROXY: 'http://user:secret@proxy',
      },
      'win32',
    );
    expect(env).toEqual({
      SystemRoot: 'C:\\Windows',
      windir: 'C:\\Windows',
      TEMP: 'C:\\t',
      TMP: 'C:\\Windows\\Temp',
      PSModuleAnalysisCachePath: 'C:\\cache',
      PATH: 'C:\\Windows\\System32;C:\\Windows;C:\\Windows\\System32\\Wbem',
    });
  });

  test('refuses another one by the environment', () => {
    for (const name of ['WINCNI_POWERSHELL', 'wincni_powershell']) {
      expect(() => locatePowerShell({ [name]: 'C:\\x.exe' }, 'win32')).toThrow(
        expect.objectContaining({
          kind: 'hns-unavailable',
          message: 'WINCNI_POWERSHELL is refused on Windows',
        }),
      );
    }
  });

  test('is started with constant arguments, none with a double quote', () => {
    const { args } = locatePowerShell({}, 'win32');
    expect(args).toEqual([
      '-NoLogo',
      '-NoProfile',
      '-NonInteractive',
      '-ExecutionPolicy',
      'Bypass',
      '-Command',
      bootstrap,
    ]);
    expect(args.join('')).not.toContain('"');
  });
});

describe('PowerShell elsewhere', () => {
  test('is the one the environment names, without a module path', () => {
    const found = locatePowerShell(
      { WINCNI_POWERSHELL: '/opt/pwsh', PSModulePath: '/x', HOME: '/root' },
      'linux',
    );
    expect(found.executable).toBe('/opt/pwsh');
    expect(found.env).toEqual({ WINCNI_POWERSHELL: '/opt/pwsh', HOME: '/root' });
    expect(found.taskkill).toBeUndefined();
  });

  test.each([
    [{}, 'HNS is reached through Windows PowerShell, and this is not Windows'],
    [{ WINCNI_POWERSHELL: 'pwsh' }, 'WINCNI_POWERSHELL is not an absolute path'],
    [{ WINCNI_POWERSHELL: './pwsh' }, 'WINCNI_POWERSHELL is not an absolute path'],
  ])('with %j is none', (env, message) => {
    expect(() => locatePowerShell(env, 'linux')).toThrow(
      expect.objectContaining({ kind: 'hns-unavailable', message }),
    );
  });
});
