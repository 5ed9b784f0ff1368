import { mkdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { type BuildOptions, build, type Metafile, type Plugin } from 'esbuild';

/**
 * The program as one CommonJS file, which is what a single executable application holds. Gives what is
 * in it.
 */
export async function bundle(entry: string, outfile: string): Promise<Metafile> {
  await mkdir(dirname(outfile), { recursive: true });
  const { metafile } = await build({
    ...bundling,
    entryPoints: [entry],
    outfile,
    format: 'cjs',
  });
  return metafile;
}

/** Files that the sources read from beside themselves become texts: an executable has no beside. */
const filesAsText: Plugin = {
  name: 'files-as-text',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]powershell[\\/]scripts\.ts$/ }, async ({ path }) => {
      const source = await readFile(path, 'utf8');
      const reading = /readFileSync\(new URL\('(\.\/[\w.-]+)', import\.meta\.url\), 'utf8'\)/g;
      const names = [...source.matchAll(reading)].map(([, name]) => name ?? '');
      const texts = new Map(
        await Promise.all(
          names.map(
            async (name) =>
              [name, JSON.stringify(await readFile(join(dirname(path), name), 'utf8'))] as const,
          ),
        ),
      );
      const contents = source.replaceAll(reading, (_, name: string) => texts.get(name) ?? '');
      if (contents.includes('import.meta.url')) throw new Error(`${path}: a file is not inlined`);
      return { contents, loader: 'ts' };
    });
  },
};

/**
 * A library that few commands need is run when something of it is used. Reading ip-address makes some sixty
 * addresses of it, a twentieth of an ADD, and only IPv6 asks for them.
 */
const readLate: Plugin = {
  name: 'read-late',
  setup({ onLoad, onResolve }) {
    // Its name among the modules, from which esbuild makes parts' names, says nothing of where it was built.
    onResolve({ filter: /^ip-address$/ }, ({ namespace, path, resolveDir }) =>
      namespace === 'late' ? undefined : { path, namespace: 'late', pluginData: resolveDir },
    );
    const names = Object.keys(createRequire(import.meta.url)('ip-address'));
    const getters = names.map((name) => `get ${name}() { return require('ip-address').${name}; }`);
    onLoad({ filter: /.*/, namespace: 'late' }, ({ pluginData }) => ({
      contents: `module.exports = { ${getters.join()} }`,
      resolveDir: pluginData,
    }));
  },
};

/**
 * Importing node:process makes esbuild copy every property of it, `title` among them, and reading
 * that ends a Node without a console with an assertion (nodejs/node#58695). The global is the same
 * object, and nothing is copied.
 */
const plainProcess: Plugin = {
  name: 'plain-process',
  setup({ onLoad, onResolve }) {
    onResolve({ filter: /^(?:node:)?process$/ }, () => ({ path: 'process', namespace: 'plain' }));
    onLoad({ filter: /.*/, namespace: 'plain' }, () => ({
      contents: 'module.exports = globalThis.process;',
      loader: 'js',
    }));
  },
};

/** Of package.json, the version is all that the program reads. */
const versionAlone: Plugin = {
  name: 'version-alone',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]package\.json$/ }, async ({ path }) => {
      const { version } = JSON.parse(await readFile(path, 'utf8'));
      return { contents: JSON.stringify({ version }), loader: 'json' };
    });
  },
};

/** How the sources become a program, whole or in parts. */
export const bundling = {
  bundle: true,
  platform: 'node',
  target: 'node26',
  charset: 'ascii',
  minify: true,
  // The licences of what is in it are beside the executables (notices.ts).
  legalComments: 'none',
  logLevel: 'warning',
  metafile: true,
  plugins: [filesAsText, plainProcess, readLate, versionAlone],
} satisfies BuildOptions;
