import { execFile, execFileSync } from 'node:child_process';
import { mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Places } from './node-bases.ts';
import { packagesIn } from './notices.ts';
import { makeSources, suiteSource } from './program.ts';
import type { ReleaseTime } from './release/archives.ts';
import { makeFiles } from './release/files.ts';
import { makeSbom } from './release/sbom.ts';
import { signedCopy } from './release/sign.ts';

/**
 * `npm run release`: every file of a release, in `release/`. The same sources give the same files. The time in
 * them is SOURCE_DATE_EPOCH, or the last commit's. WINCNI_SIGN_COMMAND signs the Windows executable.
 */

const root = join(import.meta.dirname, '..');
const places: Places = { root, build: join(root, 'build') };
const run = promisify(execFile);

async function main(): Promise<void> {
  const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
  const time = releaseTime();
  const built = await run(process.execPath, [join(root, 'scripts', 'build.ts'), '--quiet'], {
    cwd: root,
  });
  process.stderr.write(built.stderr);
  const packages = packagesIn(await makeSources(places, suiteSource(places)));
  const made = join(places.build, 'release');
  await rm(made, { recursive: true, force: true });
  await mkdir(made, { recursive: true });
  const sources = {
    root,
    version,
    windows: await windowsFolder(process.env['WINCNI_SIGN_COMMAND']),
    linux: join(root, 'dist', 'linux-x64'),
    sbom: await makeSbom(root, packages, time),
  };
  await makeFiles(sources, made, time);
  const folder = join(root, 'release');
  await rm(folder, { recursive: true, force: true });
  await rename(made, folder);
  await list(folder);
}

/** Where the Windows executables of a release are: what was built, or a copy of it that is signed. */
async function windowsFolder(signer: string | undefined): Promise<string> {
  const built = join(root, 'dist', 'win32-x64');
  if (!signer) return built;
  const signed = join(places.build, 'signed', 'win32-x64');
  await signedCopy(signer, built, signed);
  return signed;
}

function releaseTime(): ReleaseTime {
  const said = process.env['SOURCE_DATE_EPOCH'];
  const commit = () =>
    execFileSync('git', ['log', '-1', '--format=%ct'], { cwd: root, encoding: 'utf8' });
  const epoch = Number(said ?? commit());
  if (Number.isSafeInteger(epoch) && epoch > 0) return { epoch };
  throw new Error(`SOURCE_DATE_EPOCH is no time: ${said}`);
}

async function list(folder: string): Promise<void> {
  for (const name of (await readdir(folder)).sort()) {
    const { size } = await stat(join(folder, name));
    process.stdout.write(`${String(size).padStart(11)}  ${name}\n`);
  }
}

await main();
