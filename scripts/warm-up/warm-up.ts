import { spawn } from 'node:child_process';
import { copyFile, link, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pluginNames } from '../../plugins/registry.ts';
import { bundle } from '../bundle.ts';
import {
  buildLibraries,
  installLibraries,
  missingCompiler,
  simulatorEnv,
  startSimulator,
} from '../hns-dlls.ts';
import { linuxNode, type Places } from '../node-bases.ts';
import { isInPath } from '../tools.ts';
import { installStandIn, openWinePrefix, type WinePrefix } from '../wine-prefix.ts';
import type { Run, Stage, Start, Way } from './commands.ts';

/**
 * Makes the caches of compiled code: the program's commands are run by the Node that is in the executable,
 * and what that compiled is kept.
 */

/** What is warmed up, and with what. */
export interface WarmUp {
  /** Of the program: its folder's. */
  readonly name: string;
  readonly places: Places;
  /** The folder of the parts. */
  readonly parts: string;
  /** Of the executable: a cache is for the same options alone. */
  readonly nodeOptions: readonly string[];
  readonly commands: (stage: Stage) => Promise<void>;
}

/**
 * For the same caches from the same commands. A thread that compiles beside the program marks the functions it
 * has in hand, and a cache kept those marks of the moment. A cache is valid with or without these options.
 */
const withoutThreads = ['--no-concurrent-sparkplug', '--no-concurrent-recompilation'];

const simulator: Way = {
  name: 'simulator',
  env: (folder) => ({ WINCNI_HNS: 'simulator', WINCNI_HNS_STATE: folder }),
};

/** Gives a folder with the parts and a cache beside each that some command runs. */
export async function warmUpOnLinux({
  commands,
  name: program,
  nodeOptions,
  parts,
  places,
}: WarmUp): Promise<string> {
  const base = await linuxNode(places);
  const rooms = await makeRooms(join(places.build, 'warm-up', program), parts);
  for (const name of names) await link(base, join(rooms.names, name));
  const standIn = join(places.root, 'test', 'fixtures', 'powershell', 'stand-in.ts');
  const powershell: Way = {
    name: 'powershell',
    env: (folder) => ({
      WINCNI_HNS: 'powershell',
      WINCNI_POWERSHELL: standIn,
      WINCNI_HNS_STATE: folder,
    }),
  };
  const run: Run = (start) => {
    const { args: own = [], name } = start;
    const args = [...nodeOptions, ...withoutThreads, rooms.record, rooms.parts, ...own];
    return runOnce(join(rooms.names, name), args, start);
  };
  // It reads to the end: whether one that does not is gone before it is written to is a race, and what is
  // compiled of a broken pipe would be by chance.
  const silent = '#!/bin/sh\nwhile read -r _; do :; done\n';
  await writeFile(join(rooms.cniPath, ipam), silent, { mode: 0o755 });
  const { cniPath, nodes } = rooms;
  await commands({ folder: nodes, cniPath, run, ways: [simulator, powershell] });
  return rooms.parts;
}

/**
 * The same by Node for Windows under Wine. Gives undefined where there is no Wine. Without a compiler for
 * Windows the native way is not among the commands.
 */
export async function warmUpUnderWine(warmUp: WarmUp): Promise<string | undefined> {
  if (!isInPath('wine')) return undefined;
  const prefix = await openWinePrefix(warmUp.places);
  try {
    return await warmUpIn(prefix, warmUp);
  } finally {
    prefix.end();
  }
}

async function warmUpIn(
  prefix: WinePrefix,
  { commands, name: program, nodeOptions, parts, places }: WarmUp,
): Promise<string> {
  const rooms = await makeRooms(join(prefix.driveC, 'warm-up', program), parts);
  for (const name of names) await link(prefix.node, join(rooms.names, `${name}.exe`));
  await installStandIn(places, prefix);
  const powershell: Way = { name: 'powershell', env: (folder) => ({ WINCNI_HNS_STATE: folder }) };
  const run: Run = (start) => {
    const { args: own = [], env, stdin } = onDriveC(prefix, start);
    const program = [join(rooms.names, `${start.name}.exe`), ...nodeOptions, ...withoutThreads];
    const record = [windowsPath(prefix, rooms.record), windowsPath(prefix, rooms.parts)];
    const args = [...program, ...record, ...own];
    return runOnce('wine', args, { ...start, stdin, env: { ...env, ...prefix.env } });
  };
  const system32 = join(prefix.driveC, 'windows', 'system32');
  await copyFile(join(system32, 'hostname.exe'), join(rooms.cniPath, `${ipam}.exe`));
  const stage = { folder: rooms.nodes, cniPath: rooms.cniPath, run };
  const ways: readonly [Way, ...Way[]] = [simulator, powershell];
  if (missingCompiler('windows') === undefined) {
    installLibraries(buildLibraries(places, 'windows'), system32);
    const server = await startSimulator();
    const native: Way = {
      name: 'native',
      env: (folder) => ({ WINCNI_HNS: 'native', ...simulatorEnv(server.port, folder) }),
    };
    try {
      await commands({ ...stage, ways: [...ways, native] });
    } finally {
      await server.close();
    }
  } else {
    await commands({ ...stage, ways });
  }
  return rooms.parts;
}

const names = [...pluginNames, 'wincni'];
const ipam = 'azure-vnet-ipam';

/** Where a warm-up happens, a folder for each: the names Node is started by, the parts, the nodes. */
async function makeRooms(folder: string, parts: string) {
  await rm(folder, { recursive: true, force: true });
  const rooms = {
    names: join(folder, 'names'),
    parts: join(folder, 'parts'),
    nodes: join(folder, 'nodes'),
    cniPath: join(folder, 'bin'),
    record: join(folder, 'record.cjs'),
  };
  for (const room of [rooms.names, rooms.parts, rooms.nodes, rooms.cniPath])
    await mkdir(room, { recursive: true });
  for (const file of await readdir(parts))
    await copyFile(join(parts, file), join(rooms.parts, file));
  await bundle(join(import.meta.dirname, 'record.ts'), rooms.record);
  return rooms;
}

function windowsPath({ driveC }: WinePrefix, path: string): string {
  return path.replace(driveC, 'C:').replaceAll('/', '\\');
}

/** A start whose paths are those of drive C. */
function onDriveC(prefix: WinePrefix, { args = [], env, stdin, ...rest }: Start): Start {
  const translated = (text: string) =>
    text.startsWith(prefix.driveC) ? windowsPath(prefix, text) : text;
  const pairs = Object.entries(env).map(([key, value]) => [key, translated(value)]);
  return {
    ...rest,
    args: args.map(translated),
    env: Object.fromEntries(pairs),
    stdin: stdin.startsWith('{"')
      ? JSON.stringify(JSON.parse(stdin), (_, value: unknown) =>
          typeof value === 'string' ? translated(value) : value,
        )
      : stdin,
  };
}

/**
 * Gives what it wrote to stdout. Throws where it complains on stderr, or ends otherwise than commands do:
 * a Node that cannot run here would compile nothing, and nobody would know.
 */
function runOnce(
  file: string,
  args: readonly string[],
  { env, name, stdin }: Start,
): Promise<string> {
  const child = spawn(file, args, {
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...env },
    // More than any command has; nothing to wait for where a Wine hangs.
    timeout: 150_000,
    killSignal: 'SIGKILL',
  });
  const said = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text) => {
    said.stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text) => {
    said.stderr += text;
  });
  // One that ended before it read is told of below.
  child.stdin.on('error', () => undefined).end(stdin);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (exitCode, signal) => {
      const isAnswer = exitCode === 0 || (exitCode === 1 && said.stdout !== '');
      // The operator's commands end by what they found, with notes beside it.
      const isReport = name === 'wincni' && said.stdout !== '';
      if ((said.stderr === '' && isAnswer) || isReport) resolve(said.stdout);
      else reject(new Error(`${file} ${args.join(' ')}: ${said.stderr || (signal ?? exitCode)}`));
    });
  });
}
