import { execFile, execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFile, mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { pluginNames } from '../plugins/registry.ts';
import { type ArchivedFile, makeTgz, makeZip, type ReleaseTime } from './release/archives.ts';
import { isArchive, releaseNames } from './release/names.ts';
import { makeSbom } from './release/sbom.ts';

/**
 * `npm run release`: every file of a release, in `release/`. The same sources give the same files, but for
 * what docs/releasing.md names. The time in them is SOURCE_DATE_EPOCH, or the last commit's.
 */

const root = join(import.meta.dirname, '..');
const run = promisify(execFile);

async function main(): Promise<void> {
  const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
  const names = releaseNames(version);
  const time = releaseTime();
  await run(process.execPath, [join(root, 'scripts', 'build.ts'), '--quiet'], { cwd: root });
  const folder = join(root, 'release');
  const made = join(root, 'build', 'release');
  await rm(made, { recursive: true, force: true });
  await mkdir(made, { recursive: true });
  const at = (name: string) => join(made, name);
  const windows = join(root, 'dist', 'win32-x64');
  const linux = join(root, 'dist', 'linux-x64');
  await makeTgz(at(names.windows), { ...linked(windows, '.exe'), ...texts(windows) }, time);
  await makeTgz(at(names.windowsSingly), { ...singly(windows), ...texts(windows) }, time);
  await makeTgz(at(names.linux), { ...linked(linux, ''), ...texts(linux), ...trial() }, time);
  await makeZip(
    at(names.windowsZip),
    {
      'wincni.exe': join(windows, 'wincni.exe'),
      'install.ps1': join(root, 'deploy', 'install.ps1'),
      LICENSE: join(root, 'LICENSE'),
      'THIRD-PARTY-NOTICES.txt': join(windows, 'THIRD-PARTY-NOTICES.txt'),
    },
    time,
  );
  await copyFile(join(windows, 'wincni.exe'), at(names.windowsBare));
  for (const name of ['install.ps1', ...(await manifests())]) {
    await copyFile(join(root, 'deploy', name), at(name));
  }
  await writeFile(at(names.sbom), await makeSbom(root, time));
  await writeSums(made, names.sums);
  await rm(folder, { recursive: true, force: true });
  await rename(made, folder);
  await list(folder);
}

function releaseTime(): ReleaseTime {
  const said = process.env['SOURCE_DATE_EPOCH'];
  const commit = () =>
    execFileSync('git', ['log', '-1', '--format=%ct'], { cwd: root, encoding: 'utf8' });
  const epoch = Number(said ?? commit());
  if (Number.isSafeInteger(epoch) && epoch > 0) return { epoch };
  throw new Error(`SOURCE_DATE_EPOCH is no time: ${said}`);
}

/** Every name of the suite, as hard links to one file. */
function linked(folder: string, suffix: string): Readonly<Record<string, ArchivedFile>> {
  const files = [...pluginNames, 'wincni'].map((name) => [
    name + suffix,
    { from: join(folder, name + suffix), mode: 0o755, link: 'wincni' },
  ]);
  return Object.fromEntries(files);
}

/** The reference's names, each a file of its own. */
function singly(folder: string): Readonly<Record<string, ArchivedFile>> {
  const names = ['win-bridge.exe', 'win-overlay.exe', 'host-local.exe'];
  return Object.fromEntries(names.map((name) => [name, { from: join(folder, name), mode: 0o755 }]));
}

function texts(folder: string): Readonly<Record<string, ArchivedFile>> {
  const mode = 0o644;
  return {
    LICENSE: { from: join(root, 'LICENSE'), mode },
    'README.md': { from: join(root, 'README.md'), mode },
    'THIRD-PARTY-NOTICES.txt': { from: join(folder, 'THIRD-PARTY-NOTICES.txt'), mode },
  };
}

/** What there is to try without Windows (docs/try.md). */
function trial(): Readonly<Record<string, ArchivedFile>> {
  const fixtures = join(root, 'test', 'fixtures');
  const mode = 0o644;
  return {
    'try.md': { from: join(root, 'docs', 'try.md'), mode },
    'try/node/hns.json': { from: join(fixtures, 'hns', 'overlay.json'), mode },
    'try/subnet.env': { from: join(fixtures, 'flannel', 'overlay.env'), mode },
  };
}

async function manifests(): Promise<readonly string[]> {
  const files = await readdir(join(root, 'deploy'));
  return files.filter((name) => /^kube-flannel-windows-.*\.yml$/.test(name)).sort();
}

/** One list of all, as sha256sum checks it, and beside each archive its own, as the reference has them. */
async function writeSums(folder: string, list: string): Promise<void> {
  const files = (await readdir(folder)).sort();
  const lines: string[] = [];
  for (const name of files) {
    const bytes = await readFile(join(folder, name));
    const sum = (algorithm: string) => createHash(algorithm).update(bytes).digest('hex');
    lines.push(`${sum('sha256')}  ${name}\n`);
    if (!isArchive(name)) continue;
    for (const algorithm of ['sha256', 'sha512']) {
      await writeFile(join(folder, `${name}.${algorithm}`), `${sum(algorithm)}  ${name}\n`);
    }
  }
  await writeFile(join(folder, list), lines.join(''));
}

async function list(folder: string): Promise<void> {
  for (const name of (await readdir(folder)).sort()) {
    const { size } = await stat(join(folder, name));
    process.stdout.write(`${String(size).padStart(11)}  ${name}\n`);
  }
}

await main();
