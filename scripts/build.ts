import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFile, link, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { pluginNames } from '../plugins/registry.ts';
import { isThere, type Places } from './node-bases.ts';
import { noticesFor, packagesIn } from './notices.ts';
import { pack } from './pack.ts';
import { withChecksum } from './pe-checksum.ts';
import { madeOf, makeSources, suiteSource, warmProgram } from './program.ts';
import { type System, systems, wantedSystems } from './systems.ts';
import { isInPath } from './tools.ts';

/**
 * `npm run build`: `dist/<system>/`, every name a hard link to one executable. What has not changed
 * is not built again. `--only=linux-x64` builds for one system, `--only=own` for the one that it runs on;
 * `--quiet` says nothing if all is well.
 */

const root = join(import.meta.dirname, '..');
const places: Places = { root, build: join(root, 'build') };
const names = [...pluginNames, 'wincni'];
const run = promisify(execFile);

const quiet = process.argv.includes('--quiet');
const say = (text: string) => {
  if (!quiet) process.stdout.write(`${text}\n`);
};
const argument = (name: string) =>
  process.argv.find((text) => text.startsWith(`--${name}=`))?.slice(name.length + 3);

const source = suiteSource(places);
const { main, parts } = madeOf(places, source);

async function buildAll(wanted: readonly System[]): Promise<void> {
  const notices = await noticesFor(root, packagesIn(await makeSources(places, source)));
  const stamp = await stampOf();
  const stale: System[] = [];
  for (const target of wanted) if (!(await isFresh(target, stamp))) stale.push(target);
  if (stale.length === 0) say('nothing has changed: dist is as it should be');
  // A process each: packing changes the working directory, and takes half a minute.
  await Promise.all(
    stale.map(async (target) => {
      const packed = await run(process.execPath, [import.meta.filename, `--pack=${target}`], {
        cwd: root,
      });
      process.stderr.write(packed.stderr);
      await install(target, stamp, notices);
      say(`dist/${target}: ${names.join(', ')}`);
    }),
  );
}

/** The systems to build for; where there is none, a line says why. */
function wantedOrEnd(): readonly System[] {
  try {
    return wantedSystems(argument('only'), process);
  } catch (error) {
    process.stderr.write(`${error}\n`);
    process.exit(1);
  }
}

/** What the executables are made of: the parts, Node, and the way they are packed and warmed up. */
async function stampOf(): Promise<string> {
  const own = [
    'build.ts',
    'pack.ts',
    'parts.ts',
    'pe-checksum.ts',
    'program.ts',
    'node-bases.ts',
    'node-hardening.ts',
    'notices.ts',
  ];
  const files = [
    main,
    ...(await filesIn(parts)),
    join(root, 'package-lock.json'),
    ...own.map((name) => join(root, 'scripts', name)),
    ...(await filesIn(join(root, 'scripts', 'warm-up'))),
  ];
  const hash = createHash('sha256');
  for (const file of files) hash.update(await readFile(file));
  // Where these are installed after a build, the next one makes the caches that it could not.
  const tools = ['wine', 'x86_64-w64-mingw32-gcc'].map((name) => isInPath(name));
  return hash.update(tools.join()).digest('hex');
}

async function filesIn(folder: string): Promise<string[]> {
  return (await readdir(folder)).sort().map((name) => join(folder, name));
}

async function isFresh(target: System, stamp: string): Promise<boolean> {
  const path = join(root, 'dist', target, '.stamp');
  return (await isThere(path)) && (await readFile(path, 'utf8')) === stamp;
}

const suffix = (target: System) => (target === 'win32-x64' ? '.exe' : '');
const packedPath = (target: System) => join(places.build, `wincni-${target}${suffix(target)}`);

/** Puts the new executable under all its names, with the licences of what it holds, the folder in one step. */
async function install(target: System, stamp: string, notices: string): Promise<void> {
  const folder = join(root, 'dist', target);
  const unfinished = join(root, 'dist', `.${target}.unfinished`);
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(unfinished, { recursive: true });
  for (const name of names) {
    await link(packedPath(target), join(unfinished, name + suffix(target)));
  }
  await copyFile(join(root, 'LICENSE'), join(unfinished, 'LICENSE'));
  await writeFile(join(unfinished, 'THIRD-PARTY-NOTICES.txt'), notices);
  await writeFile(join(unfinished, '.stamp'), stamp);
  await rm(folder, { recursive: true, force: true });
  await rename(unfinished, folder);
  await rm(packedPath(target));
}

const packing = systems.find((target) => target === argument('pack'));
if (packing) {
  const path = packedPath(packing);
  await pack(places, packing, await warmProgram(places, source, packing), path);
  if (packing === 'win32-x64') await writeFile(path, withChecksum(await readFile(path)));
} else {
  await buildAll(wantedOrEnd());
}
