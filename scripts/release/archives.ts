import { execFile } from 'node:child_process';
import { copyFile, link, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { type Zippable, zipSync } from 'fflate';

const run = promisify(execFile);

/** Whose time everything in a release has: seconds since 1970. */
export interface ReleaseTime {
  readonly epoch: number;
}

/** A file of an archive: where it is now, or its text. Those of one `link` are hard links to the first of them. */
export type ArchivedFile =
  | { readonly from: string; readonly mode: number; readonly link?: string }
  | { readonly contents: string; readonly mode: number };

/**
 * A tar archive, each name behind `./` as in the reference's: the same for the same files, whoever makes
 * it and when. Needs GNU tar and gzip.
 */
export async function makeTgz(
  path: string,
  files: Readonly<Record<string, ArchivedFile>>,
  { epoch }: ReleaseTime,
): Promise<void> {
  const folder = `${path}.contents`;
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const linked = new Map<string, string>();
  for (const [name, file] of Object.entries(files)) {
    const to = join(folder, name);
    await mkdir(dirname(to), { recursive: true });
    if ('contents' in file) {
      await writeFile(to, file.contents);
      await run('chmod', [file.mode.toString(8), to]);
      continue;
    }
    const { from, link: group, mode } = file;
    const first = group === undefined ? undefined : linked.get(group);
    if (first !== undefined) await link(first, to);
    else {
      await copyFile(from, to);
      await run('chmod', [mode.toString(8), to]);
    }
    if (group !== undefined && first === undefined) linked.set(group, to);
  }
  const names = (await readdir(folder)).sort().map((name) => `./${name}`);
  const tar = path.replace(/\.tgz$/, '.tar');
  await run('tar', [
    '--create',
    `--file=${tar}`,
    `--directory=${folder}`,
    '--format=ustar',
    '--sort=name',
    `--mtime=@${epoch}`,
    '--owner=0',
    '--group=0',
    '--numeric-owner',
    // Folders are made by whoever's mask is set.
    '--mode=u=rwX,go=rX',
    ...names,
  ]);
  await run('gzip', ['--best', '--no-name', '--force', '--suffix=.gz', tar]);
  await rm(path, { force: true });
  await run('mv', [`${tar}.gz`, path]);
  await rm(folder, { recursive: true });
}

/** A zip archive, flat. Its times are in no zone: those of UTC. */
export async function makeZip(
  path: string,
  files: Readonly<Record<string, string>>,
  { epoch }: ReleaseTime,
): Promise<void> {
  const contents: Zippable = {};
  for (const name of Object.keys(files).sort()) {
    contents[name] = [await readFile(files[name] ?? ''), { level: 9, mtime: inUtc(epoch) }];
  }
  await writeFile(path, zipSync(contents));
}

/** A date whose local time is what UTC's is then: zip has local times, and fflate asks for these. */
function inUtc(epoch: number): Date {
  const date = new Date(epoch * 1000);
  return new Date(date.getTime() + date.getTimezoneOffset() * 60_000);
}
