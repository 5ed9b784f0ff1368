import { dirname } from 'node:path';
import type { Act } from './act.ts';
import { keptPath, type Layout, newPath } from './layout.ts';
import type { Place, Step } from './manifest.ts';
import type { Look } from './standing.ts';

/** What is to be installed, and where. */
export interface Wanted {
  readonly version: string;
  /** The file that is installed. */
  readonly source: string;
  readonly sha256: string;
  readonly size: number;
  /** The folder of the plugins. */
  readonly bin: string;
  /** The plugins' names. */
  readonly names: readonly string[];
  /** Whether each name gets a file of its own. */
  readonly copies: boolean;
}

export interface InstallPlan {
  /** What it changes; undefined where all is there already. */
  readonly step: Step | undefined;
  /** What is made beside, under names that nobody knows: without effect until it is placed. */
  readonly prepare: readonly Act[];
  readonly place: readonly Act[];
  /** How many bytes it writes, by folder. */
  readonly bytes: ReadonlyMap<string, number>;
  /** What stands in the way and is no file. */
  readonly blocked: readonly string[];
}

/** How to get from what stands there to what is wanted. */
export function planInstall(
  layout: Layout,
  wanted: Wanted,
  look: Look,
  { at, number }: Pick<Step, 'at' | 'number'>,
): InstallPlan {
  const { bin, copies, names, sha256, version } = wanted;
  const program = layout.program(version);
  // The program first: the names are links of it.
  const paths = [program, ...names.map((name) => layout.plugin(bin, name))];
  const changed = paths.filter(
    (path) => look(path)?.sha256 !== sha256 || (copies && isLinkOf(path, program, look)),
  );
  const blocked = changed.filter((path) => (look(path)?.kind ?? 'file') !== 'file');
  const places = changed.map((path): Place => {
    const stands = look(path);
    if (!stands) return { path };
    const { sha256, size } = stands;
    return { path, before: { path: keptPath(layout, path, number), sha256, size } };
  });
  const origin = changed.includes(program) ? newPath(program) : program;
  const makes = changed.map((path) => making(path, { layout, look, origin, wanted }));
  const bytes = new Map<string, number>();
  for (const act of makes.flat()) {
    if (act.act !== 'copy') continue;
    const folder = dirname(act.to);
    bytes.set(folder, (bytes.get(folder) ?? 0) + act.bytes);
  }
  return {
    step: places.length === 0 ? undefined : { number, version, sha256, at, places },
    prepare: makes.flat(),
    place: places.map(({ before, path }) => ({
      act: 'place',
      from: newPath(path),
      to: path,
      ...(before ? { keep: before.path } : {}),
    })),
    bytes,
    blocked,
  };
}

/** Whether a name is a link of the program, which has it, too. */
function isLinkOf(path: string, program: string, look: Look): boolean {
  const stands = look(path);
  return path !== program && stands !== undefined && stands.id === look(program)?.id;
}

/** Makes the new file of a name, beside it. */
function making(
  path: string,
  {
    layout,
    look,
    origin,
    wanted,
  }: {
    readonly layout: Layout;
    readonly look: Look;
    /** The installed program, or what becomes it. */
    readonly origin: string;
    readonly wanted: Wanted;
  },
): readonly Act[] {
  const { copies, sha256, size, source, version } = wanted;
  const to = newPath(path);
  const left = look(to);
  // A run that was killed made it: it is whole, and is not copied again.
  if (left?.sha256 === sha256) return [];
  const clear: readonly Act[] = left ? [{ act: 'remove', path: to }] : [];
  if (path === layout.program(version)) {
    return [...clear, { act: 'copy', from: source, to, bytes: size }];
  }
  const apart = volumeOf(dirname(path), look) !== volumeOf(layout.folder, look);
  return copies || apart
    ? [...clear, { act: 'copy', from: source, to, bytes: size }]
    : [...clear, { act: 'link', from: origin, to }];
}

/** The volume a path is on, or will be: that of the nearest folder that is there. */
function volumeOf(path: string, look: Look): string | undefined {
  const above = dirname(path);
  return look(path)?.volume ?? (above === path ? undefined : volumeOf(above, look));
}
