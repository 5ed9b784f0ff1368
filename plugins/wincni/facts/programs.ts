import * as z from 'zod/mini';
import { defined } from '../../../system/defined.ts';
import type { ExecutableFiles, FileLook } from '../../../system/executable-files.ts';
import type { Files } from '../../../system/host.ts';
import { once } from '../../../system/once.ts';
import { pluginNames } from '../../registry.ts';
import type { Facts } from './facts.ts';
import { joined } from './node-paths.ts';
import { type Lacking, reasonOf, tell } from './probe.ts';

type Program = Facts['programs'][number];

export interface ProgramSources {
  /** Of the node. */
  readonly files: Files;
  /** The same files, by the paths that they have here. */
  readonly executables: Pick<ExecutableFiles, 'look' | 'sha256'>;
  readonly pathHere: (path: string) => string;
  /** The runtime's folders of plugins. */
  readonly folders: readonly string[];
  /** Where installed versions of the suite are, each in a folder named for it: `C:\Program Files\wincni`. */
  readonly installed: string;
  /** The program that runs: its path here, and its version. */
  readonly running: { readonly path: string; readonly version: string };
}

/** What stands in a folder of plugins is a plugin; no runtime has as many. */
const most = 200;

/**
 * The programs in the folders of plugins. One is the suite's, of a version, where it has the bytes of one that
 * is installed, or that runs: nothing that is found is started for it.
 */
export function gatherPrograms(sources: ProgramSources, lacking: Lacking): Program[] {
  const { executables, files, folders, pathHere } = sources;
  const sums = new Map<string, string>();
  const sumOf = (path: string, { id }: FileLook) => {
    const known = sums.get(id) ?? executables.sha256(path);
    sums.set(id, known);
    return known;
  };
  const suite = suiteOf(sources, sumOf);
  const found = folders.flatMap((folder) =>
    namesIn(files, folder, lacking).map((name) => joined(folder, name)),
  );
  return found.slice(0, most).flatMap((path) => {
    try {
      const here = pathHere(path);
      const look = executables.look(here);
      if (look?.kind !== 'file') return [];
      const isOne = suite.some(({ size }) => size === look.size);
      // Bytes are read where they tell something: of a plugin of one of our names, or as long as ours.
      const sha256 = isOne || isPluginName(path) ? sumOf(here, look) : undefined;
      const same = suite.find(({ size, sum }) => size === look.size && sum() === sha256);
      const isChanged = same?.installed !== undefined && same.installed !== sha256;
      const whose = isChanged ? { changed: same.version } : { wincni: same?.version };
      return [defined({ path, size: look.size, sha256, ...whose })];
    } catch (error) {
      tell(lacking, 'programs', path, error);
      return [];
    }
  });
}

interface SuiteProgram {
  readonly version: string;
  readonly size: number;
  /** Read when it is asked for: it is 90 MB long. */
  readonly sum: () => string;
  /** What its bytes were when it was installed, as far as that is written down. */
  readonly installed: string | undefined;
}

/** Of what install writes down (install/manifest.ts): who asks for facts takes what is there of it. */
const written = once(() =>
  z.object({ steps: z.array(z.object({ version: z.string(), sha256: z.string() })) }),
);

/** The bytes that each version was installed with, the last time. */
function installedSums({ files, installed }: ProgramSources): ReadonlyMap<string, string> {
  try {
    const { steps } = z.parse(
      written(),
      JSON.parse(files.read(joined(installed, 'installed.json'))),
    );
    return new Map(steps.map(({ sha256, version }) => [version, sha256]));
  } catch {
    // By hand, or not at all.
    return new Map();
  }
}

function suiteOf(
  sources: ProgramSources,
  sumOf: (path: string, look: FileLook) => string,
): readonly SuiteProgram[] {
  const { executables, files, installed, pathHere, running } = sources;
  const sums = installedSums(sources);
  let versions: readonly string[] = [];
  try {
    versions = files.list(installed).filter((name) => /^\d/.test(name));
  } catch {
    // None is installed.
  }
  const candidates = versions.flatMap((version) =>
    ['wincni.exe', 'wincni'].map((name) => ({
      version,
      path: pathHere(joined(joined(installed, version), name)),
      installed: sums.get(version),
    })),
  );
  const here = { ...running, installed: undefined };
  return [...candidates, here].flatMap(({ installed, path, version }) => {
    try {
      const look = executables.look(path);
      if (look?.kind !== 'file') return [];
      return [{ version, size: look.size, sum: () => sumOf(path, look), installed }];
    } catch {
      // One that cannot be read proves nothing.
      return [];
    }
  });
}

function isPluginName(path: string): boolean {
  const name = path.toLowerCase().split(/[\\/]/).at(-1);
  return pluginNames.some((plugin) => name === plugin || name === `${plugin}.exe`);
}

function namesIn(files: Files, folder: string, lacking: Lacking): readonly string[] {
  try {
    return files.list(folder).sort();
  } catch (error) {
    // Of folders that are not there the facts tell beside them.
    if (reasonOf(error) !== 'absent') tell(lacking, 'programs', folder, error);
    return [];
  }
}
