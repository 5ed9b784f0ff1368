import { cpSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeTgz, makeZip } from '../../scripts/release/archives.ts';
import { compareReleases, membersOf, tracesIn } from '../../scripts/release/compare.ts';
import { quickFolder } from '../helpers/quick-folder.ts';
import { smallRelease } from './release-folder.ts';

/** What differs between two releases, by file and by member. */
async function differences(one: string, other: string) {
  const table = await compareReleases(one, other);
  return table.flatMap(({ differs, name }) => (differs === undefined ? [] : [[name, differs]]));
}

describe('two releases', () => {
  it('of the same files are the same', async () => {
    const releases = [
      await smallRelease(quickFolder()),
      await smallRelease(quickFolder()),
    ] as const;
    expect(readdirSync(releases[0])).toHaveLength(21);
    expect(await differences(...releases)).toEqual([]);
  });

  it('differ where one lacks a file, or has another one', async () => {
    const one = await smallRelease(quickFolder());
    const other = join(dirname(one), 'other');
    cpSync(one, other, { recursive: true });
    rmSync(join(other, 'install.ps1'));
    writeFileSync(join(other, 'SHA256SUMS'), 'x');
    writeFileSync(join(other, 'more'), '');
    const found = [
      ['SHA256SUMS', 'the file from byte 0 on'],
      ['install.ps1', 'is in one of them only'],
      ['more', 'is in one of them only'],
    ];
    expect(await differences(one, other)).toEqual(found);
  });

  it('differ in a file below a folder of an archive, and where it has one more, be it empty', async () => {
    const [one, other, files] = [quickFolder(), quickFolder(), quickFolder()];
    for (const text of ['abc', 'abd', '']) writeFileSync(join(files, `is ${text}`), text);
    const file = (text: string) => ({ from: join(files, `is ${text}`), mode: 0o644 });
    const time = { epoch: 1_700_000_000 };
    await makeTgz(join(one, 'a.tgz'), { 'docs/deep/page.md': file('abc') }, time);
    const more = { 'docs/deep/page.md': file('abd'), 'docs/none.md': file('') };
    await makeTgz(join(other, 'a.tgz'), more, time);
    const differs = 'docs/deep/page.md from byte 2 on, docs/none.md is in one of them only';
    expect(await differences(one, other)).toEqual([['a.tgz', differs]]);
  });

  const archives = {
    async tgz(folder: string, from: string, epoch: number) {
      await makeTgz(join(folder, 'a.tgz'), { program: { from, mode: 0o755 } }, { epoch });
    },
    async zip(folder: string, from: string, epoch: number) {
      await makeZip(join(folder, 'a.zip'), { program: from }, { epoch });
    },
  };

  it.each([
    ['tgz', 'abcd', 1_700_000_000, 'program from byte 2 on'],
    ['zip', 'abcd', 1_700_000_000, 'program from byte 2 on'],
    ['tgz', 'ab', 1_700_000_000, 'program from byte 2 on'],
    ['zip', 'abc', 1_700_000_002, 'its members are the same: their order, modes, times or packing'],
    ['tgz', 'abc', 1_700_000_002, 'its members are the same: their order, modes, times or packing'],
  ] as const)('differ in a member of a %s: %s at %d', async (kind, text, epoch, differs) => {
    const [one, other, files] = [quickFolder(), quickFolder(), quickFolder()];
    const [first, second] = [join(files, 'first'), join(files, 'second')];
    writeFileSync(
      first,
      kind === 'tgz' && text === 'ab' ? 'abc' : text === 'abcd' ? 'abXd' : 'abc',
    );
    writeFileSync(second, text);
    await archives[kind](one, first, 1_700_000_000);
    await archives[kind](other, second, epoch);
    expect(await differences(one, other)).toEqual([[`a.${kind}`, differs]]);
  });
});

it('every file of a release can be looked into', async () => {
  const release = await smallRelease(quickFolder());
  const members = await Promise.all(
    readdirSync(release).map(async (name) => [...(await membersOf(join(release, name))).keys()]),
  );
  expect(members.flat()).toEqual(
    expect.arrayContaining(['the file', 'win-overlay.exe', 'try/node/hns.json', 'docs/try.md']),
  );
});

it.each([
  ['bytes', Buffer.from('x/home/me/x')],
  ['texts of Windows', Buffer.from('/home/me', 'utf16le')],
  ['texts of Windows at an odd place', Buffer.from(' /home/me', 'utf16le').subarray(1)],
])('finds where it was built in %s', (_, bytes) => {
  expect(tracesIn(bytes, ['/home/me', '/nowhere'])).toEqual(['/home/me']);
});
