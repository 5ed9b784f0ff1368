import { mkdir, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { build, type Metafile, type Plugin } from 'esbuild';
import { bundling } from './bundle.ts';

/**
 * The program in parts, each loaded when it is needed. esbuild splits it wherever one command may need what
 * another does not: into 40 pieces, of which a pod's ADD loads 32, and each costs about as much to load as its
 * code takes to run. Those that are needed together are one part.
 */

/** The modules that parts begin with, in the order in which they take what they need. */
type Together = readonly (readonly string[])[];

const usual: Together = [
  ['ipam/host-local/plugin.ts'],
  ['plugins/flannel/index.ts', 'plugins/attach/plugin.ts', 'hns-bridge/open.ts'],
];

/**
 * What is made by itself, of a copy of all it needs: the operator's command line. Were it split with the
 * others, a plugin would load what the command line alone takes of a library of both, 340 KB of zod.
 */
const alone = { name: 'operator', entry: 'plugins/wincni/start.ts' } as const;
const aloneFile = `${alone.name}.js`;

/**
 * Writes the program's parts into a folder, each the text of a function of (module, exports, require); the
 * first is `main`. Throws where no part can begin with a module that one should.
 */
export async function makeParts(
  entry: string,
  folder: string,
  together: Together = usual,
): Promise<Parts> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const { metafile, outputFiles } = await build({
    ...bundling,
    entryPoints: { main: entry },
    outdir: folder,
    write: false,
    splitting: true,
    format: 'esm',
    chunkNames: '[name]-[hash]',
    plugins: [...bundling.plugins, leftOut],
  });
  const texts = new Map(outputFiles.map(({ path, text }) => [basename(path), text]));
  const pieces = piecesOf(metafile, texts, together);
  for (const part of new Set([...pieces.values()].map((piece) => piece.part))) {
    await writeFile(join(folder, part), await partText(part, pieces));
  }
  const sources = sourcesOf(metafile, pieces);
  if (!imports(metafile, aloneFile)) return { metafile, sources };
  const operator = await makeAlone(join(folder, aloneFile));
  return {
    metafile: {
      inputs: { ...metafile.inputs, ...operator.inputs },
      outputs: { ...metafile.outputs, ...operator.outputs },
    },
    sources: new Map([...sources, [aloneFile, Object.keys(operator.inputs)]]),
  };
}

/** Of the first build: what is made by itself is asked for by its part's name. */
const leftOut: Plugin = {
  name: 'left-out',
  setup({ onResolve }) {
    onResolve({ filter: /wincni\/start\.ts$/ }, ({ kind }) =>
      kind === 'dynamic-import' ? { path: `./${aloneFile}`, external: true } : undefined,
    );
  },
};

function imports({ outputs }: Metafile, file: string): boolean {
  return Object.values(outputs).some((output) =>
    output.imports.some(({ path }) => basename(path) === file),
  );
}

/** Writes a part that needs no other. */
async function makeAlone(path: string): Promise<Metafile> {
  const { metafile, outputFiles } = await build({
    ...bundling,
    entryPoints: [join(import.meta.dirname, '..', alone.entry)],
    outfile: path,
    write: false,
    format: 'cjs',
  });
  await writeFile(path, inFunction(outputFiles[0]?.text ?? ''));
  return metafile;
}

/** How a part is stored (system/parts.ts). */
const inFunction = (text: string) => `(function(module,exports,require){${text}})`;

/** What is in the parts. */
export interface Parts {
  readonly metafile: Metafile;
  /** The files that each part is made of. */
  readonly sources: ReadonlyMap<string, readonly string[]>;
}

function sourcesOf(
  { outputs }: Metafile,
  pieces: ReadonlyMap<string, Piece>,
): ReadonlyMap<string, readonly string[]> {
  const sources = new Map<string, readonly string[]>();
  for (const [path, { inputs }] of Object.entries(outputs)) {
    const part = pieces.get(basename(path))?.part ?? '';
    sources.set(part, [...(sources.get(part) ?? []), ...Object.keys(inputs)]);
  }
  return sources;
}

/** One file of esbuild's. */
interface Piece {
  readonly text: string;
  /** The names it exports, each the beginning of those it has in its part. */
  readonly exports: readonly string[];
  /** The file of the part it is in. */
  readonly part: string;
}

function piecesOf(
  { outputs }: Metafile,
  texts: ReadonlyMap<string, string>,
  together: Together,
): ReadonlyMap<string, Piece> {
  const files = Object.entries(outputs).map(([path, output]) => ({
    name: basename(path),
    source: output.entryPoint ?? '',
    exports: output.exports,
    needs: output.imports.flatMap((needed) =>
      needed.kind === 'import-statement' && !needed.external ? [basename(needed.path)] : [],
    ),
  }));
  const partOf = new Map<string, string>();
  const take = (name: string, part: string): void => {
    if (partOf.has(name)) return;
    partOf.set(name, part);
    for (const needed of files.find((file) => file.name === name)?.needs ?? []) take(needed, part);
  };
  take('main.js', 'main.js');
  for (const sources of together) {
    const heads = files.filter(({ source }) => sources.includes(source));
    const missing = sources.filter((source) => !heads.some((head) => head.source === source));
    if (missing.length > 0)
      throw new Error(`nothing imports ${missing.join(', ')} when it needs it`);
    for (const { name } of heads) take(name, heads[0]?.name ?? name);
  }
  return new Map(
    files.map(({ exports, name }) => [
      name,
      { exports, part: partOf.get(name) ?? name, text: texts.get(name) ?? '' },
    ]),
  );
}

/** A name in a part of what a piece exports; without an export's, of all of it. */
const inPart = (piece: string, name = '') => `${piece.replace(/\W/g, '_')}$${name}`;

async function partText(part: string, pieces: ReadonlyMap<string, Piece>): Promise<string> {
  const own = [...pieces].filter(([, piece]) => piece.part === part);
  const contents = own.map(
    ([name, { exports }]) => `
      import * as ${inPart(name)} from './${name}';
      ${exports.map((each) => `import { ${each} as ${inPart(name, each)} } from './${name}';`).join('')}
      Object.assign(module.exports, {
        ${[inPart(name), ...exports.map((each) => inPart(name, each))].join()}
      });`,
  );
  const { outputFiles } = await build({
    ...bundling,
    stdin: { contents: contents.join(''), resolveDir: '/' },
    write: false,
    format: 'cjs',
    logOverride: { 'commonjs-variable-in-esm': 'silent' },
    plugins: [piecesOfPart(part, pieces)],
  });
  return inFunction(outputFiles[0]?.text ?? '');
}

/** Finds pieces: those of a part are put in, and the others come from theirs. */
function piecesOfPart(part: string, pieces: ReadonlyMap<string, Piece>): Plugin {
  return {
    name: 'pieces-of-part',
    setup({ onLoad, onResolve }) {
      onResolve({ filter: /^\.\// }, ({ kind, namespace, path }) => {
        // What stands for a piece asks for the part it is in.
        if (['elsewhere', 'later', 'alone'].includes(namespace)) return { path, external: true };
        if (path === `./${aloneFile}`) return { path, namespace: 'alone' };
        const piece = pieces.get(basename(path));
        if (kind === 'dynamic-import' && piece?.part !== part) return { path, namespace: 'later' };
        return { path, namespace: piece?.part === part ? 'piece' : 'elsewhere' };
      });
      onLoad({ filter: /.*/, namespace: 'piece' }, ({ path }) => ({
        contents: pieces.get(basename(path))?.text ?? '',
        resolveDir: '/',
      }));
      onLoad({ filter: /.*/, namespace: 'elsewhere' }, ({ path }) => {
        const { exports = [], part: other = '' } = pieces.get(basename(path)) ?? {};
        const values = exports.map(
          (each) => `export const ${each} = part.${inPart(basename(path), each)};`,
        );
        return { contents: `const part = require('./${other}');${values.join('')}` };
      });
      onLoad({ filter: /.*/, namespace: 'alone' }, ({ path }) => ({
        contents: `module.exports = require('${path}');`,
      }));
      onLoad({ filter: /.*/, namespace: 'later' }, ({ path }) => ({
        contents: `module.exports = require('./${pieces.get(basename(path))?.part}').${inPart(basename(path))};`,
      }));
    },
  };
}
