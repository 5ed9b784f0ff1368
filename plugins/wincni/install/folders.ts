import { dirname } from 'node:path';
import { exit, OperatorError } from '../exit.ts';
import type { FileFact } from '../facts/facts.ts';
import { gatherFiles } from '../facts/gather-files.ts';
import { lacking } from '../facts/probe.ts';
import type { Operator } from '../operator.ts';
import { asFolder } from './installer.ts';
import type { Layout } from './layout.ts';
import type { Manifest } from './manifest.ts';

/** The runtime's folders, as far as they are known. */
export interface RuntimeFolders {
  /** Of plugins. */
  readonly bin: string;
  readonly configurations: readonly FileFact[];
}

export interface SaidFolders {
  readonly binDir?: string | undefined;
  readonly confDir?: string | undefined;
}

/**
 * Where the runtime takes plugins from, and its configurations: as the operator says, as it was installed, as
 * containerd's configuration says, where it usually is. Throws OperatorError where it is nowhere.
 */
export function runtimeFolders(
  { machine }: Operator,
  layout: Layout,
  manifest: Manifest,
  { binDir, confDir }: SaidFolders,
): RuntimeFolders {
  const drive = machine.platform === 'win32' ? (machine.env['SystemDrive'] ?? 'C:') : undefined;
  const said = { bin: binDir && asFolder(binDir), conf: confDir && asFolder(confDir) };
  const { configurations, folders } = gatherFiles(
    { files: machine.files, said, running: {}, drive },
    lacking(),
  );
  const bin = said.bin ?? installedIn(layout, manifest).at(-1) ?? folders.bin[0];
  if (bin !== undefined) return { bin, configurations };
  throw new OperatorError(exit.usage, 'where the runtime takes plugins from was not found', [
    'where it is, containerd says; then name it with --bin-dir:',
    'containerd config dump | Select-String bin_dir',
  ]);
}

/** The folders in which plugins were put, the last one last. */
export function installedIn({ folder }: Layout, { steps }: Manifest): readonly string[] {
  const folders = steps
    .flatMap(({ places }) => places.map(({ path }) => dirname(path)))
    // Those of versions are the program's.
    .filter((bin) => dirname(bin) !== folder);
  return [...new Set(folders)];
}
