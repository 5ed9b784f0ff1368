import { copyFile, mkdir, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';
import { linuxNode, nodeVersion, type Places, windowsNode } from './node-bases.ts';
import type { System } from './systems.ts';

/** The options that Node in an executable is given. A cache of compiled code is for the same ones alone. */
export function nodeOptions(target: System): readonly string[] {
  return [
    // A warning on stderr would be taken for an error by callers that read both streams.
    '--no-warnings',
    // OpenSSL's configuration can name libraries to load, and is read though nothing is encrypted here.
    `--openssl-config=${target === 'win32-x64' ? 'NUL' : '/dev/null'}`,
    '--no-use-env-proxy',
    // V8 would take another seed for the hashes of texts at each start, and sort all tables of its
    // snapshot anew by it. SECURITY.md says why it need not.
    '--no-rehash-snapshot',
    // V8 begins with room for 1 MiB of what is new, and collects when that is full, twice in an ADD. A
    // command is over before there is garbage worth that; room that is not used costs nothing.
    '--min-semi-space-size=16',
    // V8 optimises after 400 calls of a function, and touches 3 MiB of its compiler for the few that an ADD
    // calls as often. What loops over thousands of leases gets there all the same.
    '--invocation-count-for-maglev=1000',
  ];
}

/** What an executable holds beside Node. */
export interface Program {
  /** The bundle that runs first. */
  readonly main: string;
  /** Files, by the names under which it finds them. */
  readonly assets?: Readonly<Record<string, string>>;
}

interface SeaOptions {
  readonly targets: readonly {
    readonly nodeRange: string;
    readonly platform: string;
    readonly arch: string;
    readonly output: string;
  }[];
  readonly seaConfig: Readonly<Record<string, unknown>>;
}

/**
 * Packs a program into an executable with pkg, in its simple way: plain Node with the program in it.
 * pkg would download Node; it is given npm's instead, in the cache it looks into. It changes the
 * working directory, so one process packs one target.
 */
export async function pack(
  places: Places,
  target: System,
  { assets = {}, main }: Program,
  output: string,
): Promise<void> {
  const version = await nodeVersion(places);
  const home = join(places.build, `pkg-${target}`);
  await rm(home, { recursive: true, force: true });
  const cache = join(home, '.pkg-cache', 'sea');
  await mkdir(cache, { recursive: true });
  const windows = target === 'win32-x64';
  const base = windows ? await windowsNode(places) : await linuxNode(places);
  await seed(cache, windows, version, base);
  process.env['HOME'] = home;
  process.env['USERPROFILE'] = home;
  // pkg works in a folder of its own in there, and the executable holds the path of its main script as it
  // is written here: from there, so that it says nothing of where it was built.
  process.env['TMPDIR'] = home;
  process.env['TEMP'] = home;
  await copyFile(main, join(home, basename(main)));
  // Deep in pkg, for its command line has no way to say execArgvExtension.
  const { default: sea }: { default: (entry: string, options: SeaOptions) => Promise<void> } =
    createRequire(import.meta.url)('@yao-pkg/pkg/lib-es5/sea.js');
  await sea(main, {
    targets: [
      {
        nodeRange: `node${version}`,
        platform: windows ? 'win' : 'linux',
        arch: 'x64',
        output,
      },
    ],
    seaConfig: {
      main: `../${basename(main)}`,
      // NODE_OPTIONS of whoever starts it must not reach a program that runs as SYSTEM.
      execArgvExtension: 'none',
      execArgv: nodeOptions(target),
      // Of the main script. The parts have caches of their own, which are refused in silence.
      useCodeCache: false,
      assets,
    },
  });
  await rm(home, { recursive: true, force: true });
}

/** What pkg takes for an archive it has downloaded and unpacked. */
async function seed(cache: string, windows: boolean, version: string, base: string) {
  const name = `node-v${version}-${windows ? 'win' : 'linux'}-x64`;
  const archive = join(cache, `${name}${windows ? '.zip' : '.tar.gz'}`);
  await writeFile(archive, '');
  await writeFile(`${archive}.ok`, '');
  if (windows) {
    await copyFile(base, join(cache, `${name}.exe`));
    await writeFile(join(cache, `${name}.exe.ok`), '');
    return;
  }
  await mkdir(join(cache, name, 'bin'), { recursive: true });
  await copyFile(base, join(cache, name, 'bin', 'node'));
  await writeFile(join(cache, name, 'bin', 'node.ok'), '');
}
