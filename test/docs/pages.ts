import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { root } from '../helpers/trial-node.ts';

/** The documents: every .md of the project, by its path from the root. */

export const textOf = (path: string) => readFileSync(join(root, path), 'utf8');

/** Folders that hold what was made or fetched, and links to elsewhere. */
const made = ['node_modules', 'build', 'dist', 'release'];

/** Every page there is, sorted. */
export const pages: readonly string[] = readdirSync(root, { withFileTypes: true })
  .filter(({ name }) => !made.includes(name) && !name.startsWith('.'))
  .flatMap((entry) =>
    entry.isDirectory()
      ? readdirSync(join(root, entry.name), { recursive: true, encoding: 'utf8' }).map((path) =>
          join(entry.name, path),
        )
      : [entry.name],
  )
  .filter((path) => path.endsWith('.md'))
  .sort();

/** A page without its blocks of code, whose lines stay: what a renderer takes for Markdown. */
export function proseOf(page: string): string {
  return page
    .replace(/^```[\s\S]*?^```$/gm, (block) => block.replace(/.+/g, ''))
    .replace(/(?<=^\n|\n\n)(?: {4}.*\n|\n)+/g, (block) => block.replace(/.+/g, ''));
}

/** The anchors of a page, as GitHub makes them of its headings. */
export function anchorsOf(page: string): readonly string[] {
  const seen = new Map<string, number>();
  return [...proseOf(page).matchAll(/^#{1,6} (.+)$/gm)].map(([, title = '']) => {
    const anchor = title
      .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .toLowerCase()
      .replace(/[^\p{L}\p{N}_ -]/gu, '')
      .replaceAll(' ', '-');
    const before = seen.get(anchor) ?? 0;
    seen.set(anchor, before + 1);
    return before === 0 ? anchor : `${anchor}-${before}`;
  });
}

/** Where the links and pictures of a page lead: as they are written. */
export function linksOf(page: string): readonly string[] {
  const prose = proseOf(page).replace(/`[^`]*`/g, '');
  return [...prose.matchAll(/\]\(([^)\s]*)\)/g)].map(([, target = '']) => target);
}

/** A relative link as a path from the root, with its anchor. */
export function placeOf(from: string, target: string): { path: string; anchor: string } {
  const [file = '', anchor = ''] = target.split('#');
  return { path: file === '' ? from : join(dirname(from), file), anchor };
}
