import { createHash } from 'node:crypto';
import { copyFile, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pluginNames } from '../../plugins/registry.ts';
import { type ArchivedFile, makeTgz, makeZip, type ReleaseTime } from './archives.ts';
import { isArchive, releaseNames } from './names.ts';

/** What a release is made of. */
export interface ReleaseSources {
  /** The sources' own folder. */
  readonly root: string;
  readonly version: string;
  /** The folders of the executables, each under all its names, with the notices beside them. */
  readonly windows: string;
  readonly linux: string;
  /** The text of the SBOM. */
  readonly sbom: string;
}

/** Writes every file of a release into an empty folder. The same for the same sources and the same time. */
export async function makeFiles(
  { linux, root, sbom, version, windows }: ReleaseSources,
  folder: string,
  time: ReleaseTime,
): Promise<void> {
  const names = releaseNames(version);
  const at = (name: string) => join(folder, name);
  const texts = (executables: string) => ({
    LICENSE: text(join(root, 'LICENSE')),
    'README.md': text(join(root, 'README.md')),
    'THIRD-PARTY-NOTICES.txt': text(join(executables, 'THIRD-PARTY-NOTICES.txt')),
  });
  await makeTgz(at(names.windows), { ...linked(windows, '.exe'), ...texts(windows) }, time);
  await makeTgz(at(names.windowsSingly), { ...singly(windows), ...texts(windows) }, time);
  await makeTgz(at(names.linux), { ...linked(linux, ''), ...texts(linux) }, time);
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
  for (const name of ['install.ps1', ...(await manifests(root))]) {
    await copyFile(join(root, 'deploy', name), at(name));
  }
  await writeFile(at(names.sbom), sbom);
  await writeSums(folder, names.sums);
}

const text = (from: string): ArchivedFile => ({ from, mode: 0o644 });

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

async function manifests(root: string): Promise<readonly string[]> {
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
