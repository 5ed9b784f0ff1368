import { createHash } from 'node:crypto';
import { copyFile, readdir, readFile, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
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
  const readme = readmeBeside(await readFile(join(root, 'README.md'), 'utf8'), names.docs);
  const texts = (executables: string) => ({
    LICENSE: text(join(root, 'LICENSE')),
    'README.md': { contents: readme, mode: 0o644 },
    'THIRD-PARTY-NOTICES.txt': text(join(executables, 'THIRD-PARTY-NOTICES.txt')),
  });
  await makeTgz(at(names.windows), { ...linked(windows, '.exe'), ...texts(windows) }, time);
  await makeTgz(at(names.windowsSingly), { ...singly(windows), ...texts(windows) }, time);
  await makeTgz(at(names.linux), { ...linked(linux, ''), ...texts(linux), ...trial(root) }, time);
  await makeTgz(at(names.docs), await documents(root), time);
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

/** What there is to try without Windows (docs/try.md). */
function trial(root: string): Readonly<Record<string, ArchivedFile>> {
  const fixtures = join(root, 'test', 'fixtures');
  return {
    'try/node/hns.json': text(join(fixtures, 'hns', 'overlay.json')),
    'try/subnet.env': text(join(fixtures, 'flannel', 'overlay.env')),
  };
}

/** The pages and what they lead to, where they look for it. */
async function documents(root: string): Promise<Readonly<Record<string, ArchivedFile>>> {
  const single = [
    ...['README.md', 'CHANGELOG.md', 'CONTRIBUTING.md', 'SECURITY.md', 'LICENSE'],
    ...['hns-bridge/HNS.md', 'test/fixtures/facts/README.md'],
  ];
  const folders = ['docs', 'deploy', 'test/fixtures/conf'];
  const found = folders.map(async (folder) => {
    const entries = await readdir(join(root, folder), { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile())
      .map((entry) => relative(root, join(entry.parentPath, entry.name)));
  });
  const names = [...single, ...(await Promise.all(found)).flat()];
  return Object.fromEntries(names.map((name) => [name, text(join(root, name))]));
}

/** README for an archive without the pages that it leads to: says where they are. */
export function readmeBeside(readme: string, docs: string): string {
  const [title = '', ...rest] = readme.split('\n');
  const note = `The pages that this one leads to are in \`${docs}\`, beside this archive.`;
  return [title, '', note, ...rest].join('\n');
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
