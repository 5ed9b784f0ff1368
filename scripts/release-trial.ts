import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pluginNames } from '../plugins/registry.ts';
import type { Places } from './node-bases.ts';
import { releaseNames } from './release/names.ts';
import { followPage, stepsOf } from './release-trial/page.ts';
import { tryInstallation, unpackZip } from './release-trial/windows.ts';
import { wineNode } from './release-trial/wine-node.ts';
import { isInPath } from './tools.ts';
import { copyForWine } from './wine-copy.ts';
import { openWinePrefix } from './wine-prefix.ts';

/**
 * `npm run test:release`: the files of `release/`, each group alone in an empty folder. The Linux archive does what
 * docs/try.md says; the Windows ones are verified, unpacked and installed under Wine.
 */

const root = join(import.meta.dirname, '..');
const places: Places = { root, build: join(root, 'build') };
const released = join(root, 'release');
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const names = releaseNames(version);

const say = (text: string) => process.stdout.write(`${text}\n`);

/** An empty folder with these files of the release, and the list of their sums. */
function folderWith(parent: string, ...files: readonly string[]): string {
  const folder = mkdtempSync(join(parent, 'release-'));
  for (const name of [...files, names.sums]) {
    copyFileSync(join(released, name), join(folder, name));
  }
  return folder;
}

/** Runs a program of this system in a folder. Throws where it fails. */
function run(folder: string, program: string, ...words: readonly string[]): void {
  say(`$ ${[program, ...words].join(' ')}`);
  const { error, status, stderr, stdout } = spawnSync(program, words, {
    cwd: folder,
    encoding: 'utf8',
  });
  if (error) throw error;
  process.stdout.write(`${stdout}${stderr}`);
  if (status !== 0) throw new Error(`${program} ended with code ${status}`);
}

const verify = (folder: string) =>
  run(folder, 'sha256sum', '--check', '--ignore-missing', names.sums);

function tryLinux(parent: string): void {
  say(`\n=== ${names.linux}, by what docs/try.md says\n`);
  const folder = folderWith(parent, names.linux);
  const steps = stepsOf(readFileSync(join(root, 'docs', 'try.md'), 'utf8'));
  const { HOME, PATH } = process.env;
  const fault = followPage(steps, folder, { HOME, PATH, LC_ALL: 'C' }, say);
  if (steps.length === 0) throw new Error('docs/try.md has nothing to type');
  if (fault) throw new Error(`docs/try.md says that this is printed:\n${fault.step.printed}`);
}

async function tryWindows(parent: string): Promise<void> {
  const prefix = await openWinePrefix(places);
  const node = wineNode(prefix, say);
  const trial = node.at('release-trial');
  rmSync(trial, { recursive: true, force: true });
  mkdirSync(trial);
  try {
    say(`\n=== ${names.windowsZip}, under Wine\n`);
    const zipped = folderWith(trial, names.windowsZip, names.windowsBare);
    verify(zipped);
    const unpacked = join(zipped, 'unpacked');
    say(`(unpacked: ${unpackZip(join(zipped, names.windowsZip), unpacked).join(', ')})`);
    run(zipped, 'cmp', names.windowsBare, 'unpacked/wincni.exe');
    say(
      '(Wine 8 cannot run Node 26 as it is. From here on a copy: V8 does not find VirtualAlloc2 in it, and its\n' +
        'sections are aligned to pages. install.ps1 is not tried, for there is no PowerShell; what doctor says below of\n' +
        'rights are those that Wine makes up for drive C.)\n',
    );
    tryInstallation(node, unpacked, join(root, 'test/fixtures/hns/overlay.json'), say);

    say(`\n=== ${names.windows}, under Wine\n`);
    const whole = folderWith(trial, names.windows);
    verify(whole);
    run(whole, 'tar', '-xzf', names.windows);
    const all = [...pluginNames, 'wincni'].map((name) => join(whole, `${name}.exe`));
    const files = new Set(all.map((path) => statSync(path).ino));
    if (files.size !== 1) throw new Error(`${files.size} files, where one was expected`);
    const copy = copyForWine(join(whole, 'wincni.exe'), join(whole, 'copy.exe'));
    for (const path of all) {
      rmSync(path);
      linkSync(copy, path);
    }
    for (const name of pluginNames) tryVersion(node, join(whole, `${name}.exe`));

    say(`\n=== ${names.windowsSingly}: single files, by their names in the reference's archive\n`);
    const singly = folderWith(parent, names.windowsSingly);
    verify(singly);
    for (const name of ['win-overlay.exe', 'host-local.exe', 'win-bridge.exe']) {
      run(singly, 'tar', '-xzf', names.windowsSingly, `./${name}`);
      run(singly, 'cmp', name, join(zipped, names.windowsBare));
      rmSync(join(singly, name));
    }
  } finally {
    prefix.end();
    rmSync(trial, { recursive: true, force: true });
  }
}

function tryVersion(node: ReturnType<typeof wineNode>, program: string): void {
  const stdin = JSON.stringify({ cniVersion: '1.1.0' });
  node.run({ program, env: { CNI_COMMAND: 'VERSION' }, stdin });
}

async function main(): Promise<number> {
  const parent = mkdtempSync(join(tmpdir(), 'wincni-release-'));
  try {
    tryLinux(parent);
    if (isInPath('wine')) await tryWindows(parent);
    else {
      say('\n*** THE WINDOWS FILES WERE NOT TRIED: it needs Wine (apt-get install wine)\n');
      if (process.env['CI']) return 1;
    }
    say('\nThe files of the release did what the documents say.');
    return 0;
  } finally {
    rmSync(parent, { recursive: true, force: true });
  }
}

process.exitCode = await main();
