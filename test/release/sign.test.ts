import { existsSync, linkSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checksumOf, writtenChecksum } from '../../scripts/pe-checksum.ts';
import { signedCopy } from '../../scripts/release/sign.ts';
import { quickFolder } from '../helpers/quick-folder.ts';

/** Signing, by a stand-in that puts something behind the executable, as a signature is. */

/** A folder with an executable of no more than a head, under two names, and a text. */
function executables(): string {
  const folder = join(quickFolder(), 'win32-x64');
  mkdirSync(folder);
  const head = Buffer.alloc(512);
  head.writeUInt32LE(0x80, 0x3c);
  head.write('MZ', 'latin1');
  writeFileSync(join(folder, 'wincni.exe'), head);
  linkSync(join(folder, 'wincni.exe'), join(folder, 'flannel.exe'));
  writeFileSync(join(folder, 'LICENSE'), 'a licence');
  return folder;
}

function signer(script: string): string {
  const file = join(quickFolder(), 'a signer; exit 1');
  writeFileSync(file, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return file;
}

describe('a signed release', () => {
  it('has the signed executable under every name, its checksum right, and the texts', async () => {
    const [from, to] = [executables(), join(quickFolder(), 'signed')];
    const before = readFileSync(join(from, 'wincni.exe'));
    await signedCopy(signer('printf "$#signature" >> "$1"'), from, to);
    const signed = readFileSync(join(to, 'flannel.exe'));
    expect(signed.subarray(512).toString()).toBe('1signature');
    expect(writtenChecksum(signed)).toBe(checksumOf(signed));
    expect(statSync(join(to, 'flannel.exe')).ino).toBe(statSync(join(to, 'wincni.exe')).ino);
    expect(readFileSync(join(to, 'LICENSE'), 'utf8')).toBe('a licence');
    expect(readFileSync(join(from, 'wincni.exe'))).toEqual(before);
  });

  it.each([
    ['has no whole path', () => 'sign', 'is no absolute path: sign'],
    ['fails', () => signer('echo no key >&2; exit 1'), 'no key'],
    ['does nothing', () => signer('exit 0'), 'did not sign'],
    ['is not there', () => join(quickFolder(), 'none'), 'ENOENT'],
  ])('is none where the signer %s', async (_, program, message) => {
    await expect(signedCopy(program(), executables(), join(quickFolder(), 'to'))).rejects.toThrow(
      message,
    );
  });

  it('is asked for without a shell', async () => {
    const [from, to] = [executables(), join(quickFolder(), '$(touch made)')];
    await signedCopy(signer('printf x >> "$1"'), from, to);
    expect(existsSync(join(to, 'wincni.exe'))).toBe(true);
  });
});
