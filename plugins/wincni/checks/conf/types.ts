import { pluginNameOf } from '../../../../cni/delegate.ts';
import { pluginNames } from '../../../registry.ts';
import type { Facts } from '../../facts/facts.ts';
import { folderOf, isSamePath, nameOf } from '../../facts/node-paths.ts';
import { type CheckedNode, check, type Finding } from '../check.ts';
import { bare } from '../commands.ts';
import { type ConfiguredPlugin, placeOf } from '../reading/configurations.ts';

/** The executables that the configurations call, where the runtime looks for them. */
export const confTypes = check({
  id: 'conf.types',
  about: "whether the runtime's folder of plugins has each that the configurations name",
  levels: ['fail', 'note'],
  needs: ['configurations', 'programs'],
  applies: ({ configurations }) => configurations.files.some(({ inEffect }) => inEffect),
  unknown: ({ facts }) => {
    if (facts.folders.bin.length === 0) return 'nobody says where the runtime looks for plugins';
    // Not even this program is among them: nobody looked.
    return facts.programs.length > 0 ? undefined : 'the programs of the node are not known';
  },
  find: (node) => [...missingFindings(node), ...foreignFindings(node)],
});

type Program = Facts['programs'][number];

/** The programs of the runtime's folders, by the name that a type means. */
function programsOf({ folders, programs }: Facts): ReadonlyMap<string, Program> {
  const isThere = ({ path }: Program) =>
    folders.bin.some((folder) => isSamePath(folder, folderOf(path)));
  return new Map(
    programs.filter(isThere).map((program) => [pluginNameOf(nameOf(program.path)), program]),
  );
}

interface Called {
  readonly type: string;
  readonly place: string;
  /** Whether one of ours calls it, which has our other plugins in itself. */
  readonly byOurs: boolean;
}

function missingFindings({ configurations, facts }: CheckedNode): readonly Finding<'fail'>[] {
  const programs = programsOf(facts);
  const isOurs = (type: string) => programs.get(pluginNameOf(type))?.wincni !== undefined;
  const called = configurations.files
    .filter(({ inEffect }) => inEffect)
    .flatMap(({ plugins }) => plugins.flatMap((plugin) => calledBy(plugin, isOurs)));
  const [folder = ''] = facts.folders.bin;
  const missing = called.filter(({ byOurs, type }) => {
    const name = pluginNameOf(type);
    const isInside = byOurs && pluginNames.includes(name);
    return type !== '' && !isInside && !programs.has(name);
  });
  return missing.map(({ place, type }) => ({
    level: 'fail',
    what: `${place}: there is no ${type} in ${facts.folders.bin.join(', ')}`,
    remedy: pluginNames.includes(pluginNameOf(type))
      ? [`wincni install --bin-dir ${bare(folder)}`]
      : [`put ${nameOf(type)} into ${folder}, or correct the type`],
  }));
}

/** A plugin, and what it calls itself: its delegate and its IPAM. */
function calledBy(plugin: ConfiguredPlugin, isOurs: (type: string) => boolean): readonly Called[] {
  const { delegate, type } = plugin;
  const byOurs = isOurs(type);
  return [
    { type, place: placeOf(plugin, 'type'), byOurs: false },
    ...(delegate
      ? [
          { type: delegate.type, place: placeOf(delegate, 'type'), byOurs },
          ...ipamOf(delegate, byOurs),
        ]
      : []),
    ...ipamOf(plugin, byOurs),
  ];
}

function ipamOf(plugin: ConfiguredPlugin, byOurs: boolean): readonly Called[] {
  const { ipam } = plugin;
  return ipam === undefined ? [] : [{ type: ipam, place: placeOf(plugin, 'ipam.type'), byOurs }];
}

function foreignFindings({ facts }: CheckedNode): readonly Finding<'note'>[] {
  const [folder = ''] = facts.folders.bin;
  return [...programsOf(facts)]
    .filter(([name, { wincni }]) => pluginNames.includes(name) && wincni === undefined)
    .map(([, { path }]) => ({
      level: 'note',
      what: `${path} is another suite's plugin, not wincni's`,
      remedy: [`wincni install --dry-run --bin-dir ${bare(folder)}`],
    }));
}
