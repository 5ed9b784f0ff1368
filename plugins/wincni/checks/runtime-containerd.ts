import { type ContainerdCni, containerdCni } from '../facts/containerd-config.ts';
import type { Facts } from '../facts/facts.ts';
import { saidFolders } from '../facts/folders.ts';
import { isSamePath } from '../facts/node-paths.ts';
import { check, type Finding } from './check.ts';
import { listed, quoted, restarted } from './commands.ts';
import { startedAs } from './reading/started.ts';

/** containerd's configuration, as far as it says where plugins and configurations are. */
export const containerdCheck = check({
  id: 'runtime.containerd',
  about: "containerd's configuration: the folders of CNI are there, and nothing contradicts itself",
  levels: ['fail', 'warn'],
  concerns: hasContainerd,
  needs: ['containerd'],
  find({ facts }) {
    const cni = containerdCni(facts.containerd?.files ?? []);
    return [
      ...problems(cni, facts),
      ...bothKeys(cni, facts),
      ...absentFolders(facts, cni),
      ...template(cni, facts),
    ];
  },
});

/** Whether containerd may be on the node: what runs, or is installed, is not known, or is containerd. */
export function hasContainerd(facts: Facts): boolean {
  if (!facts.processes || !facts.services) return true;
  return ['containerd', 'rke2', 'k3s'].some((name) => startedAs(facts, name).kind !== 'absent');
}

function problems(cni: ContainerdCni, facts: Facts): readonly Finding<'fail'>[] {
  return cni.problems.map((problem) => ({
    level: 'fail',
    what: problem,
    remedy: ['mend the file, and', restarted(facts, 'containerd')],
  }));
}

/** containerd 2.1 refuses to start with both. */
function bothKeys(cni: ContainerdCni, facts: Facts): readonly Finding<'fail'>[] {
  const [one, several] = [cni.keys['bin_dir'], cni.keys['bin_dirs']];
  if (one === undefined || several === undefined) return [];
  const files = one === several ? one : listed([one, several]);
  return [
    {
      level: 'fail',
      what: `bin_dir and bin_dirs are both set in ${files}: containerd takes one of them`,
      remedy: [
        'keep this alone',
        `[${cni.table}]`,
        `bin_dirs = [${cni.binDirs.map(tomlText).join(', ')}]`,
        restarted(facts, 'containerd'),
      ],
    },
  ];
}

/** Plugins are looked for in one folder after the other: that one of several is not there is no matter. */
function absentFolders(
  { folders: { absent = [] } }: Facts,
  cni: ContainerdCni,
): readonly Finding<'fail'>[] {
  const { bin, conf } = saidFolders({}, cni, new Map());
  const isAbsent = (folder: string) => absent.some((one) => isSamePath(one, folder));
  return [...conf.filter(isAbsent), ...(bin.every(isAbsent) ? bin : [])].map((folder) => ({
    level: 'fail',
    what: `${folder} is not there, and containerd is configured for it`,
    remedy: [
      'name the folders that there are, or make it',
      `New-Item -ItemType Directory -Path ${quoted(folder)}`,
    ],
  }));
}

function template(
  { confTemplate, keys, table }: ContainerdCni,
  facts: Facts,
): readonly Finding<'warn'>[] {
  if (confTemplate === undefined) return [];
  return [
    {
      level: 'warn',
      what: `conf_template is ${confTemplate} in ${keys['conf_template']}: containerd writes the configuration itself, over ours`,
      remedy: [`[${table}]`, 'conf_template = ""', restarted(facts, 'containerd')],
    },
  ];
}

/** A path as TOML takes it, backslashes and all. */
function tomlText(text: string): string {
  return text.includes("'") ? JSON.stringify(text) : `'${text}'`;
}
