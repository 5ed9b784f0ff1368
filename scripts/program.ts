import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Metafile } from 'esbuild';
import { bundle } from './bundle.ts';
import type { Places } from './node-bases.ts';
import { nodeOptions, type Program } from './pack.ts';
import { makeParts } from './parts.ts';
import type { System } from './systems.ts';
import { runCommands, type Stage } from './warm-up/commands.ts';
import { warmUpOnLinux, warmUpUnderWine } from './warm-up/warm-up.ts';

/** A program of ours as it is packed: a main script, and parts with the code that its commands compile. */
export interface Source {
  /** Names its files among those of builds. */
  readonly name: string;
  /** The module it begins with. */
  readonly entry: string;
  /** Runs what it is to have the compiled code of. */
  readonly commands: (stage: Stage) => Promise<void>;
}

/** The suite itself. */
export function suiteSource({ root }: Places): Source {
  return { name: 'wincni', entry: join(root, 'plugins', 'main.ts'), commands: runCommands };
}

/** Where the sources of a program are made: its main script, and the folder of its parts. */
export function madeOf({ build }: Places, { name }: Source) {
  return { main: join(build, `${name}.cjs`), parts: join(build, 'parts', name) };
}

/** Makes the main script and the parts. Gives what is in them. */
export async function makeSources(places: Places, source: Source): Promise<Metafile> {
  const { main, parts } = madeOf(places, source);
  await bundle(join(places.root, 'plugins', 'executable.ts'), main);
  return (await makeParts(source.entry, parts)).metafile;
}

const withoutCode =
  'Without a Wine that can run it, the Windows executable has no compiled code, and compiles it at each start\n';

/** Makes the compiled code for a system, of sources that are made; says on stderr where there is none. */
export async function warmProgram(
  places: Places,
  source: Source,
  target: System,
): Promise<Program> {
  const { main, parts } = madeOf(places, source);
  const { commands, name } = source;
  const warmUp = target === 'win32-x64' ? warmUpUnderWine : warmUpOnLinux;
  const options = nodeOptions(target);
  const warm = await warmUp({ name, places, parts, nodeOptions: options, commands }).catch(
    (error: unknown) => {
      // Any Wine may be installed on other people's machines; CI's is the right one.
      if (target !== 'win32-x64' || process.env['CI']) throw error;
      process.stderr.write(`Wine did not run the program: ${error}\n`);
      return undefined;
    },
  );
  if (warm === undefined) process.stderr.write(withoutCode);
  const none = join(places.build, 'no-cache');
  await writeFile(none, '');
  // The parts that were warmed up, not what another build has made of them since: V8 takes a cache for any
  // source of the same length.
  const folder = warm ?? parts;
  const files = await readdir(folder);
  const assets = files
    .filter((file) => file.endsWith('.js'))
    .flatMap((file) => {
      const cache = file.replace(/\.js$/, '.cache');
      return [
        [file, join(folder, file)],
        [cache, files.includes(cache) ? join(folder, cache) : none],
      ];
    });
  return { main, assets: Object.fromEntries(assets) };
}
