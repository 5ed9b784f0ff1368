import { pluginNameOf } from '../../../cni/delegate.ts';
import { pluginNames } from '../../registry.ts';
import type { Facts } from '../facts/facts.ts';
import { folderOf, nameOf } from '../facts/node-paths.ts';
import { check, type Finding } from './check.ts';
import { listed, quoted } from './commands.ts';

type Program = Facts['programs'][number];

/** One suite: a flannel of one version hands on to a host-local of the same. */
const same = check({
  id: 'exe.same',
  about: 'whether the plugins of the suite are of one version, and the same file',
  levels: ['fail', 'warn'],
  needs: ['programs'],
  applies: ({ facts }) => oursIn(facts).length + changedIn(facts).length > 0,
  find: ({ facts }) => [
    ...byFolder(changedIn(facts)).map(([folder, programs]) => changed(folder, programs)),
    ...byFolder(oursIn(facts)).flatMap(([folder, programs]) => mixedIn(folder, programs)),
  ],
});

const changedIn = ({ programs }: Facts) =>
  programs.filter((program) => program.changed !== undefined);

function byFolder(programs: readonly Program[]): readonly [string, readonly Program[]][] {
  const folders = [...new Set(programs.map(({ path }) => folderOf(path)))];
  return folders.map((folder) => [
    folder,
    programs.filter(({ path }) => folderOf(path) === folder),
  ]);
}

/** Links have one file for all names: what is copied over one of them is written into that. */
function changed(folder: string, programs: readonly Program[]): Finding<'fail'> {
  const names = listed(programs.map(({ path }) => nameOf(path)));
  return {
    level: 'fail',
    what: `${names} in ${folder} is not the file that was installed as wincni ${programs[0]?.changed}: another was copied over one of its names, and is under all of them`,
    remedy: [
      'by the executable as it was unpacked; by --copy each name has a file of its own:',
      `wincni install --bin-dir ${quoted(folder)} --names ${namesOf(programs)} --copy`,
    ],
  };
}

/** PowerShell takes what has commas in it for a list. */
const namesOf = (programs: readonly Program[]) =>
  quoted(programs.map(({ path }) => pluginNameOf(nameOf(path))).join(','));

/** The suite's own among the programs, under the names of plugins. */
function oursIn({ programs }: Facts): readonly Program[] {
  return programs.filter(
    ({ path, wincni }) => wincni !== undefined && pluginNames.includes(pluginNameOf(nameOf(path))),
  );
}

function mixedIn(
  folder: string,
  programs: readonly Program[],
): readonly Finding<'fail' | 'warn'>[] {
  const remedy = [
    'by the executable that is to be there:',
    `wincni install --bin-dir ${quoted(folder)} --names ${namesOf(programs)}`,
  ];
  const byVersion = grouped(programs, ({ wincni = '' }) => wincni);
  if (byVersion.size > 1) {
    const what = `the plugins in ${folder} are of several versions: ${wordsOf(byVersion)}`;
    return [{ level: 'fail', what, remedy }];
  }
  const known = programs.filter(({ sha256 }) => sha256 !== undefined);
  const byBytes = grouped(known, ({ sha256 = '' }) => sha256.slice(0, 8));
  if (byBytes.size < 2) return [];
  const what = `the plugins in ${folder} say they are of one version and are not the same file: ${wordsOf(byBytes)}`;
  return [{ level: 'warn', what, remedy }];
}

function grouped(programs: readonly Program[], by: (program: Program) => string) {
  const groups = new Map<string, readonly string[]>();
  for (const program of programs) {
    groups.set(by(program), [...(groups.get(by(program)) ?? []), nameOf(program.path)]);
  }
  return groups;
}

function wordsOf(groups: ReadonlyMap<string, readonly string[]>): string {
  return [...groups].map(([group, names]) => `${names.join(', ')} (${group})`).join('; ');
}

/** Plugins run as SYSTEM: who may write into what they run from or read, is SYSTEM. */
const acl = check({
  id: 'exe.acl',
  about:
    'whether others than SYSTEM and administrators may change what the plugins run from or read',
  levels: ['fail'],
  needs: ['rights'],
  find: ({ facts }) =>
    facts.rights.map(({ folder, mend, use, who }) => ({
      level: 'fail',
      what: `${listed(who)} may change ${folder} (${use}), and plugins run as SYSTEM`,
      // PowerShell 5 knows no &&.
      remedy: mend.split(' && '),
    })),
});

export const exeChecks = [same, acl];
