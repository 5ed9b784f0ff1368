import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LibraryPaths } from '../hns-bridge/native/libraries.ts';
import { type Server, startServer } from '../hns-bridge/simulator/server.ts';
import { nodeHost } from '../system/node-host.ts';
import type { Places } from './node-bases.ts';

/** HNS's libraries as doubles that hand each call to the simulator: docs/simulator.md. */

const names = ['computenetwork', 'vmcompute'] as const;

const compilers = {
  linux: {
    program: 'gcc',
    suffix: '.so',
    options: ['-fPIC', '-fvisibility=hidden', '-pthread'],
    libraries: [],
    missing: 'gcc (apt-get install gcc libc6-dev)',
  },
  windows: {
    program: 'x86_64-w64-mingw32-gcc',
    suffix: '.dll',
    options: [],
    libraries: ['-lws2_32', '-lole32'],
    missing: 'gcc for Windows (apt-get install gcc-mingw-w64-x86-64-win32)',
  },
} as const;

export type LibrarySystem = keyof typeof compilers;

/** What must be installed for the libraries of a system to be made, if it is not there. */
export function missingCompiler(system: LibrarySystem): string | undefined {
  const { missing, program } = compilers[system];
  return spawnSync(program, ['--version'], { stdio: 'ignore' }).error ? missing : undefined;
}

/** Makes the libraries, unless they are there as the sources now are: the folder they are in. */
export function buildLibraries({ build, root }: Places, system: LibrarySystem): string {
  const { libraries, options, program, suffix } = compilers[system];
  const sources = join(root, 'hns-bridge', 'simulator', 'dlls');
  const folder = join(build, 'dlls', system);
  const files = ['platform.h', 'simulator.h', ...names.map((name) => `${name}.c`)];
  const words = ['-std=gnu11', '-O2', '-s', '-Wall', '-Wextra', '-Werror', '-shared', ...options];
  const stamp = [
    program,
    ...words,
    ...files.map((file) => readFileSync(join(sources, file), 'utf8')),
  ].join();
  const stampFile = join(folder, 'stamp');
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp) return folder;
  mkdirSync(folder, { recursive: true });
  for (const name of names) {
    const made = join(folder, name + suffix);
    const source = join(sources, `${name}.c`);
    const run = spawnSync(program, [...words, '-o', made, source, ...libraries], {
      encoding: 'utf8',
    });
    if (run.status !== 0) throw new Error(`${name}${suffix} was not made: ${run.stderr}`);
  }
  writeFileSync(stampFile, stamp);
  return folder;
}

/** The libraries of a folder as the native way takes them, on Linux: all is in two files. */
export function librariesIn(folder: string): LibraryPaths {
  const computenetwork = join(folder, 'computenetwork.so');
  return {
    computenetwork,
    vmcompute: join(folder, 'vmcompute.so'),
    ole32: computenetwork,
    kernel32: computenetwork,
  };
}

/** Puts Windows' libraries where Windows has its own. */
export function installLibraries(folder: string, system32: string): void {
  for (const name of names)
    copyFileSync(join(folder, `${name}.dll`), join(system32, `${name}.dll`));
}

/** Starts the simulator for them, in this process. */
export function startSimulator(): Promise<Server> {
  return startServer(nodeHost(process), (problem) =>
    process.stderr.write(`simulator: ${problem}\n`),
  );
}

/** The environment in which the libraries find the simulated HNS of a folder. */
export function simulatorEnv(
  port: number | string,
  folder: string,
): Readonly<Record<string, string>> {
  return { WINCNI_SIMULATOR: `${port} ${folder}` };
}
