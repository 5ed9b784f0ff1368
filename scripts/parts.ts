import { mkdir, rm, writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { build, type Metafile, transform } from 'esbuild';
import { bundling } from './bundle.ts';

/**
 * The program in parts: what is imported only when it is needed is a part, and so is what several of them
 * share. The first is `main`.
 */

/**
 * Writes the program's parts into a folder, each the text of a function of (module, exports, require).
 * Gives what is in them.
 */
export async function makeParts(entry: string, folder: string): Promise<Metafile> {
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
  });
  for (const { path, text } of outputFiles) {
    // Splitting is for modules alone, and what an executable holds is loaded by require.
    const { code } = await transform(text, { ...asPart, sourcefile: basename(path) });
    await writeFile(path, `(function(module,exports,require){${code}})`);
  }
  return metafile;
}

const asPart = {
  format: 'cjs',
  platform: 'node',
  target: 'node26',
  charset: 'ascii',
  minify: true,
  legalComments: 'none',
  // Parts are loaded by require; only modules have import().
  supported: { 'dynamic-import': false },
} as const;
