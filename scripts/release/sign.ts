import { execFile } from 'node:child_process';
import { copyFile, link, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import { promisify } from 'node:util';
import { withChecksum } from '../pe-checksum.ts';

const run = promisify(execFile);

/**
 * A copy of the folder of the Windows executables, each signed by a program of the releaser's own: it is called
 * without a shell, with the path of the file to sign in place. The checksum is made after that, for a signature
 * is behind the executable and does not cover it (PE format, "Certificate Table"). Throws where the program
 * is not named by its whole path, fails, or leaves the file as it was.
 */
export async function signedCopy(program: string, from: string, to: string): Promise<void> {
  if (!isAbsolute(program)) throw new Error(`WINCNI_SIGN_COMMAND is no absolute path: ${program}`);
  await rm(to, { recursive: true, force: true });
  await mkdir(to, { recursive: true });
  const first = join(to, 'wincni.exe');
  await copyFile(join(from, 'wincni.exe'), first);
  const before = await readFile(first);
  await run(program, [first]);
  const signed = await readFile(first);
  if (signed.equals(before)) throw new Error(`${program} did not sign ${first}`);
  await writeFile(first, withChecksum(signed));
  const { ino } = await stat(join(from, 'wincni.exe'));
  for (const name of await readdir(from)) {
    if (name === 'wincni.exe') continue;
    const other = await stat(join(from, name));
    if (other.ino === ino) await link(first, join(to, name));
    else await copyFile(join(from, name), join(to, name));
  }
}
