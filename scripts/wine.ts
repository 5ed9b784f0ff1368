import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { bundle } from './bundle.ts';
import { type Places, plainWindowsNode } from './node-bases.ts';
import { pack } from './pack.ts';
import { runSuite } from './suite.ts';
import { goProgram, isInPath, referenceHostLocal } from './tools.ts';

/** `npm run test:wine`: the Windows executables under Wine, against a stand-in PowerShell. */

const root = join(import.meta.dirname, '..');
const places: Places = { root, build: join(root, 'build') };
const prefix = join(places.build, 'wine');
const wineEnv = { WINEPREFIX: prefix, WINEDEBUG: '-all' };

function wine(...args: readonly string[]): void {
  spawnSync('wine', args, { stdio: 'ignore', env: { ...process.env, ...wineEnv } });
}

function wineserver(flag: string): void {
  const env = { ...process.env, ...wineEnv };
  for (const program of ['wineserver', '/usr/lib/wine/wineserver', '/usr/lib/wine/wineserver64']) {
    if (!spawnSync(program, [flag], { stdio: 'ignore', env }).error) return;
  }
}

/** A prefix of our own, as a Windows 10, with the stand-in where Windows has its PowerShell. */
async function prepare(): Promise<Readonly<Record<string, string>>> {
  mkdirSync(places.build, { recursive: true });
  if (!existsSync(join(prefix, 'drive_c', 'windows'))) {
    wine('wineboot', '-i');
    wine('winecfg', '-v', 'win10');
  }
  // The first process starts services that inherit its streams: it must not be one of a test.
  wineserver('-p');
  wine('cmd', '/c', 'exit');
  const standIn = join(places.build, 'stand-in.cjs');
  await bundle(join(root, 'test', 'fixtures', 'powershell', 'stand-in.ts'), standIn);
  const packed = join(places.build, 'powershell.exe');
  await pack(places, 'win32-x64', standIn, packed);
  const system = join(prefix, 'drive_c', 'windows', 'system32', 'WindowsPowerShell', 'v1.0');
  mkdirSync(system, { recursive: true });
  copyFileSync(packed, join(system, 'powershell.exe'));
  return {
    ...wineEnv,
    WINCNI_WINE_C: join(prefix, 'drive_c'),
    WINCNI_WINE_NODE: await plainWindowsNode(places),
    WINCNI_REFERENCE_HOST_LOCAL_EXE: referenceForWine() ?? '',
  };
}

/** The reference host-local for Windows, where it can be had and Wine can run it. */
function referenceForWine(): string | undefined {
  const library = join(prefix, 'drive_c', 'windows', 'system32', 'bcryptprimitives.dll');
  const compiler = 'x86_64-w64-mingw32-gcc';
  const source = join(root, 'test', 'fixtures', 'wine', 'bcryptprimitives.c');
  if (!existsSync(library)) {
    const options = ['-shared', '-O1', '-s', '-o', library, source, '-ladvapi32'];
    if (spawnSync(compiler, options, { stdio: 'ignore' }).status !== 0) return undefined;
  }
  return isInPath('go') ? goProgram(referenceHostLocal, 'windows') : undefined;
}

const missing = isInPath('wine') ? undefined : 'it needs Wine (apt-get install wine)';
const env = missing === undefined ? await prepare() : {};
process.exitCode = runSuite({
  name: 'The Wine suite',
  missing,
  config: 'test/wine/vitest.config.ts',
  env,
});
if (missing === undefined) wineserver('-k');
