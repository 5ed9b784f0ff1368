import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundle } from './bundle.ts';
import { type Places, plainWindowsNode } from './node-bases.ts';
import { pack } from './pack.ts';
import { goProgram, isInPath, referenceHostLocal } from './tools.ts';

/** A Wine prefix of our own, as a Windows 10. */
export interface WinePrefix {
  /** What every process under Wine gets. */
  readonly env: Readonly<Record<string, string>>;
  /** Drive C, as this system sees it. */
  readonly driveC: string;
  /** Node for Windows. */
  readonly node: string;
  /** The reference host-local for Windows, where it can be had and Wine can run it. */
  referenceHostLocal(): string | undefined;
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
  return {
    env,
    driveC,
    node: await plainWindowsNode(places),
    referenceHostLocal: () => reference(places, driveC),
    end: () => wineserver('-k'),
  };
}

function reference({ root }: Places, driveC: string): string | undefined {
  const library = join(driveC, 'windows', 'system32', 'bcryptprimitives.dll');
  const source = join(root, 'test', 'fixtures', 'wine', 'bcryptprimitives.c');
  if (!existsSync(library)) {
    const options = ['-shared', '-O1', '-s', '-o', library, source, '-ladvapi32'];
    const made = spawnSync('x86_64-w64-mingw32-gcc', options, { stdio: 'ignore' });
    if (made.status !== 0) return undefined;
  }
  return isInPath('go') ? goProgram(referenceHostLocal, 'windows') : undefined;
}

/** Puts the stand-in PowerShell of the tests where Windows has its own. It is packed when it changed. */
export async function installStandIn(places: Places, { driveC }: WinePrefix): Promise<void> {
  const source = join(places.build, 'stand-in.cjs');
  await bundle(join(places.root, 'test', 'fixtures', 'powershell', 'stand-in.ts'), source);
  const folder = join(driveC, 'windows', 'system32', 'WindowsPowerShell', 'v1.0');
  const installed = join(folder, 'powershell.exe');
  // The lock file says which Node is in it.
  const parts = [
    source,
    join(places.root, 'package-lock.json'),
    join(import.meta.dirname, 'pack.ts'),
  ];
  const stamp = parts.map((path) => readFileSync(path, 'utf8')).join();
  const stampFile = join(folder, 'stand-in.stamp');
  if (existsSync(installed) && existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp) {
    return;
  }
  const packed = join(places.build, 'powershell.exe');
  await pack(places, 'win32-x64', source, packed);
  mkdirSync(folder, { recursive: true });
  copyFileSync(packed, installed);
  writeFileSync(stampFile, stamp);
}
