import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pluginNames } from '../../plugins/registry.ts';
import { linksOf, pages, placeOf, textOf } from '../docs/pages.ts';
import { root } from '../helpers/trial-node.ts';
import { smallRelease } from './release-folder.ts';

/** The files of a release: what operators' scripts know of them (docs/releasing.md). */

const made = { room: '', folder: '' };
const texts = ['LICENSE', 'README.md', 'THIRD-PARTY-NOTICES.txt'];
const names = [...pluginNames, 'wincni'];
const read = (name: string) => readFileSync(join(made.folder, name));

beforeAll(async () => {
  made.room = mkdtempSync(join(tmpdir(), 'wincni-release-'));
  made.folder = await smallRelease(made.room);
}, 120_000);
afterAll(() => rmSync(made.room, { recursive: true, force: true }));

/** The lines of an archive, as `tar --list --verbose` has them: mode, owner, size, time, name. */
function listed(archive: string): readonly (readonly string[])[] {
  const args = ['--list', '--verbose', '--numeric-owner', '--utc', `--file=${archive}`];
  const text = execFileSync('tar', args, { cwd: made.folder, encoding: 'utf8' });
  return text
    .trim()
    .split('\n')
    .map((line) => line.split(/\s+/));
}

it('has the files of the list, and no other', () => {
  const archives = [
    'cni-plugins-wincni-windows-amd64-v9.8.7.tgz',
    'wincni-docs-v9.8.7.tgz',
    'wincni-linux-amd64-v9.8.7.tgz',
    'wincni-windows-amd64-v9.8.7.tgz',
    'wincni-windows-amd64-v9.8.7.zip',
  ];
  expect(readdirSync(made.folder).sort()).toEqual(
    [
      'SHA256SUMS',
      ...archives.flatMap((name) => [name, `${name}.sha256`, `${name}.sha512`]),
      'install.ps1',
      'kube-flannel-windows-host-gw.yml',
      'kube-flannel-windows-vxlan.yml',
      'wincni-amd64.exe',
      'wincni-v9.8.7.cdx.json',
    ].sort(),
  );
});

describe.each([
  ['wincni-windows-amd64-v9.8.7.tgz', names.map((name) => `${name}.exe`), []],
  [
    'wincni-linux-amd64-v9.8.7.tgz',
    names,
    ['try/', 'try/node/', 'try/node/hns.json', 'try/subnet.env'],
  ],
  [
    'cni-plugins-wincni-windows-amd64-v9.8.7.tgz',
    ['host-local.exe', 'win-bridge.exe', 'win-overlay.exe'],
    [],
  ],
])('%s', (archive, programs, more) => {
  it('has the programs and the licences, each name behind ./', () => {
    const members = listed(archive).map(([, , , , , name]) => name);
    expect(members).toEqual([...programs, ...texts, ...more].sort().map((name) => `./${name}`));
  });

  it('has a README that says where the pages are', () => {
    const args = ['--extract', '--to-stdout', `--file=${archive}`, './README.md'];
    const [title, empty, note] = execFileSync('tar', args, {
      cwd: made.folder,
      encoding: 'utf8',
    }).split('\n');
    expect([title, empty]).toEqual(['# wincni', '']);
    expect(note).toContain('wincni-docs-v9.8.7.tgz');
  });

  it('has programs that may be started, texts that may be read, nobody as an owner, and one time', () => {
    for (const [mode, owner, , day, time, name = ''] of listed(archive)) {
      const starts = name.endsWith('/') || programs.includes(name.slice(2));
      expect(mode?.slice(1)).toBe(starts ? 'rwxr-xr-x' : 'rw-r--r--');
      expect([owner, day, time]).toEqual(['0/0', '2023-11-14', '22:13']);
    }
  });
});

it.each([
  ['wincni-windows-amd64-v9.8.7.tgz', names.length - 1],
  ['wincni-linux-amd64-v9.8.7.tgz', names.length - 1],
  ['cni-plugins-wincni-windows-amd64-v9.8.7.tgz', 0],
])('%s has %d hard links', (archive, links) => {
  expect(listed(archive).filter(([mode]) => mode?.startsWith('h'))).toHaveLength(links);
});

it('gives a plugin by its name alone, as a whole file', () => {
  const archive = 'cni-plugins-wincni-windows-amd64-v9.8.7.tgz';
  const args = ['--extract', '--to-stdout', `--file=${archive}`, './win-overlay.exe'];
  const text = execFileSync('tar', args, { cwd: made.folder, encoding: 'utf8' });
  expect(text).toBe('the executable.exe');
});

it('has the pages with all that they lead to', () => {
  const folder = join(made.room, 'pages');
  mkdirSync(folder);
  execFileSync('tar', ['--extract', `--file=${join(made.folder, 'wincni-docs-v9.8.7.tgz')}`], {
    cwd: folder,
  });
  const found = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  const unpacked = found.filter((path) => path.endsWith('.md')).sort();
  expect(unpacked).toEqual(pages);
  const dead = unpacked.flatMap((page) =>
    linksOf(textOf(page))
      .filter((target) => !/^[a-z]+:/.test(target))
      .map((target) => placeOf(page, target).path)
      .filter((path) => !existsSync(join(folder, path)))
      .map((path) => `${page}: ${path}`),
  );
  expect(dead).toEqual([]);
});

it('has a zip with the program, its installer and the licences', () => {
  const contents = unzipSync(read('wincni-windows-amd64-v9.8.7.zip'));
  const installer = readFileSync(join(root, 'deploy', 'install.ps1'));
  expect(Object.keys(contents)).toEqual([
    'LICENSE',
    'THIRD-PARTY-NOTICES.txt',
    'install.ps1',
    'wincni.exe',
  ]);
  expect(Buffer.from(contents['install.ps1'] ?? [])).toEqual(installer);
  expect(Buffer.from(contents['wincni.exe'] ?? [])).toEqual(read('wincni-amd64.exe'));
});

describe('the sums', () => {
  const check = (algorithm: string, list: string) =>
    execFileSync(algorithm, ['--check', '--strict', '--quiet', list], { cwd: made.folder });

  it('are right, of every file but the sums themselves', () => {
    check('sha256sum', 'SHA256SUMS');
    const named = read('SHA256SUMS')
      .toString()
      .matchAll(/ {2}(.+)\n/g);
    const others = readdirSync(made.folder).filter((name) => !/^SHA256SUMS$|\.sha\d+$/.test(name));
    expect([...named].map(([, name]) => name)).toEqual(others.sort());
  });

  it('beside an archive are right', () => {
    const lists = readdirSync(made.folder).filter((name) => /\.sha\d+$/.test(name));
    expect(lists).toHaveLength(10);
    for (const list of lists) check(`${list.split('.').at(-1)}sum`, list);
  });
});
