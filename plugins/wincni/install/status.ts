import { pluginNames } from '../../registry.ts';
import { installedIn } from './folders.ts';
import type { Installer } from './installer.ts';
import type { Manifest } from './manifest.ts';
import { type Look, looking } from './standing.ts';

/** What stands under a plugin's name. */
export interface NameStatus {
  readonly path: string;
  /** Of ours; left out for another's. */
  readonly version?: string;
  /** A link of the program's file, or a file of its own. */
  readonly way: 'link' | 'copy' | 'other' | 'missing';
  /** Where is kept what stood there before the first install. */
  readonly original?: string;
}

/** What stands under each of our names in some folders, and in those of the manifest. */
export function statusOf(
  { executables, layout }: Installer,
  manifest: Manifest,
  bins: readonly string[],
): readonly NameStatus[] {
  const look = looking(executables);
  const placed = manifest.steps.flatMap(({ places }) => places.map(({ path }) => path));
  const folders = new Set([...installedIn(layout, manifest), ...bins]);
  return [...folders].flatMap((folder) =>
    pluginNames
      .map((name) => layout.plugin(folder, name))
      .filter((path) => placed.includes(path) || look(path))
      .map((path) => statusOfName(path, { layout, look, manifest })),
  );
}

function statusOfName(
  path: string,
  {
    layout,
    look,
    manifest,
  }: {
    readonly layout: Installer['layout'];
    readonly look: Look;
    readonly manifest: Manifest;
  },
): NameStatus {
  const { steps } = manifest;
  const original = steps.flatMap(({ places }) => places).find((place) => place.path === path)
    ?.before?.path;
  const kept = original === undefined ? {} : { original };
  const stands = look(path);
  if (!stands) return { path, way: 'missing', ...kept };
  const version = steps.findLast(({ sha256 }) => sha256 === stands.sha256)?.version;
  if (version === undefined) return { path, way: 'other', ...kept };
  const isLink = look(layout.program(version))?.id === stands.id;
  return { path, version, way: isLink ? 'link' : 'copy', ...kept };
}
