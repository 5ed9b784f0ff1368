import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zipSync } from 'fflate';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { followPage, stepsOf } from '../../scripts/release-trial/page.ts';
import { unpackZip } from '../../scripts/release-trial/windows.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'wincni-page-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const page = `# A page

\`\`\`sh
name=first
echo "$name"
\`\`\`

is answered by

\`\`\`text
first
\`\`\`

and after that

\`\`\`sh
echo "$name again" > file
cat file
\`\`\`

\`\`\`text
first again
\`\`\`
`;

const follow = (text: string, said: string[] = []) =>
  followPage(stepsOf(text), folder, { PATH: process.env['PATH'] }, (line) => said.push(line));

describe('a page that is run as it stands', () => {
  it('is typed into one shell, in a folder', () => {
    const said: string[] = [];
    expect(follow(page, said)).toBeUndefined();
    expect(said).toEqual([
      '$ name=first\n$ echo "$name"\nfirst\n',
      '$ echo "$name again" > file\n$ cat file\nfirst again\n',
    ]);
    expect(readFileSync(join(folder, 'file'), 'utf8')).toBe('first again\n');
  });

  it.each<[string, string, string, string]>([
    ['prints something else', '$name again', 'another', 'another\n'],
    ['prints nothing', 'cat file', ':', ''],
    ['fails', 'cat file', 'cat file\nfalse', 'first again\n[exit code 1]\n'],
    ['says more on stderr', 'cat file', 'cat file\necho warning >&2', 'first again\nwarning\n'],
  ])('is wrong where the last step %s', (_, before, after, found) => {
    expect(follow(page.replaceAll(before, after))).toMatchObject({ found });
  });

  it('has a step for each block of sh: docs/try.md has some', () => {
    expect(stepsOf(page)).toHaveLength(2);
    const text = readFileSync(join(import.meta.dirname, '../../docs/try.md'), 'utf8');
    expect(stepsOf(text)).toHaveLength(text.match(/^```sh$/gm)?.length ?? 0);
    expect(stepsOf(text).filter(({ printed }) => printed !== '').length).toBeGreaterThan(5);
  });
});

describe('a zip archive of a release', () => {
  const archive = (name: string) => {
    const path = join(folder, 'archive.zip');
    writeFileSync(path, zipSync({ [name]: Buffer.from('contents') }));
    return path;
  };

  it('is unpacked into a folder', () => {
    expect(unpackZip(archive('wincni.exe'), join(folder, 'to'))).toEqual(['wincni.exe']);
    expect(readFileSync(join(folder, 'to', 'wincni.exe'), 'utf8')).toBe('contents');
  });

  it.each(['../wincni.exe', 'sub/wincni.exe', '..\\wincni.exe'])('is refused with %s', (name) => {
    expect(() => unpackZip(archive(name), join(folder, 'to'))).toThrow(name);
  });
});
