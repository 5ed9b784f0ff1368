import { spawnSync } from 'node:child_process';
import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pluginNames } from '../plugins/registry.ts';
import { bundle } from './bundle.ts';
import { type Places, plainWindowsNode } from './node-bases.ts';
import { pack } from './pack.ts';
import { goProgram, isInPath, ownGoProgram } from './tools.ts';
import { copyForWine } from './wine-copy.ts';

/** A Wine prefix of our own, as a Windows 10. What runs in it are copies (wine-copy.ts). */
export interface WinePrefix {
  /** What every process under Wine gets. */
  readonly env: Readonly<Record<string, string>>;
  /** Drive C, as this system sees it. */
  readonly driveC: string;
  /** Node for Windows. */
  readonly node: string;
  /** The folder of the Windows executables that `npm run build` made, copied when it is asked for. */
  readonly executables: string;
  /** A Go program for Windows, where it can be had and Wine can run it. */
  goProgram(module: string): string | undefined;
  /** Such a program of a single file of ours, beside those. */
  ownGoProgram(name: string, source: string): string | undefined;
  /** Ends what Wine keeps running. */
  end(): void;
}

/** Makes the prefix, or takes the one of an earlier run. */
export async function openWinePrefix(places: Places): Promise<WinePrefix> {
  const prefix = join(places.build, 'wine');
  const env = { WINEPREFIX: prefix, WINEDEBUG: '-all' };
  const driveC = join(prefix, 'drive_c');
  const whole = { ...process.env, ...env };
  const wine = (...args: readonly string[]) => {
    spawnSync('wine', args, { stdio: 'ignore', env: whole });
  };
  const wineserver = (flag: string) => {
    const programs = ['wineserver', '/usr/lib/wine/wineserver', '/usr/lib/wine/wineserver64'];
    programs.find((name) => !spawnSync(name, [flag], { stdio: 'ignore', env: whole }).error);
  };
  mkdirSync(places.build, { recursive: true });
  if (!existsSync(join(driveC, 'windows'))) {
    wine('wineboot', '-i');
    wine('winecfg', '-v', 'win10');
  }
  // A server that is told to stay spares each process its start; one that runs already is not told.
  wineserver('-k');
  wineserver('-w');
  wineserver('-p');
  // The first process starts services that inherit its streams: it must not be one of a test.
  wine('cmd', '/c', 'exit');
  let executables: string | undefined;
  const goCopy = (make: () => string | undefined) =>
    copiedGoProgram(make, driveC, join(prefix, 'copies', 'go'));
  return {
    env,
    driveC,
    node: copyForWine(await plainWindowsNode(places), join(prefix, 'copies', 'node.exe')),
    get executables() {
      executables ??= copiedExecutables(places, join(prefix, 'copies', 'dist'));
      return executables;
    },
    goProgram: (module) => goCopy(() => goProgram(module, 'windows')),
    ownGoProgram: (name, source) => goCopy(() => ownGoProgram(name, source)),
    end: () => wineserver('-k'),
  };
}

/** One copy under every name, as `npm run build` has one file. */
function copiedExecutables({ root }: Places, folder: string): string {
  const copy = copyForWine(
    join(root, 'dist', 'win32-x64', 'wincni.exe'),
    join(folder, 'wincni.exe'),
  );
  for (const name of pluginNames) {
    const link = join(folder, `${name}.exe`);
    rmSync(link, { force: true });
    linkSync(copy, link);
  }
  return folder;
}

/** Go's start needs a library that Wine has from version 9 on. */
function copiedGoProgram(
  make: () => string | undefined,
  driveC: string,
  folder: string,
): string | undefined {
  const library = join(driveC, 'windows', 'system32', 'bcryptprimitives.dll');
  const source = join(import.meta.dirname, '..', 'test', 'fixtures', 'wine', 'bcryptprimitives.c');
  if (!existsSync(library)) {
    const options = ['-shared', '-O1', '-s', '-o', library, source, '-ladvapi32'];
    const made = spawnSync('x86_64-w64-mingw32-gcc', options, { stdio: 'ignore' });
    if (made.status !== 0) return undefined;
  }
  const made = isInPath('go') ? make() : undefined;
  return made && copyForWine(made, join(folder, made.split('/').at(-1) ?? ''));
}

/** Puts the stand-in PowerShell of the tests where Windows has its own. It is packed when it changed. */
export async function installStandIn(places: Places, { driveC }: WinePrefix): Promise<void> {
  const source = join(places.build, 'stand-in.cjs');
  await bundle(join(places.root, 'test', 'fixtures', 'powershell', 'stand-in.ts'), source);
  const folder = join(driveC, 'windows', 'system32', 'WindowsPowerShell', 'v1.0');
  const packed = join(places.build, 'powershell.exe');
  const stampFile = join(places.build, 'powershell.stamp');
  // The lock file says which Node is in it.
  const parts = [
    source,
    join(places.root, 'package-lock.json'),
    join(import.meta.dirname, 'pack.ts'),
  ];
  const stamp = parts.map((path) => readFileSync(path, 'utf8')).join();
  const isFresh = existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp;
  if (!isFresh || !existsSync(packed)) {
    await pack(places, 'win32-x64', { main: source }, packed);
    writeFileSync(stampFile, stamp);
  }
  copyForWine(packed, join(folder, 'powershell.exe'));
}
