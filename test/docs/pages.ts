import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import GithubSlugger from 'github-slugger';
import { marked, type Token, type Tokens } from 'marked';
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

/** All that a page is made of, as a renderer reads it: blocks, and what is in them. */
export function partsOf(page: string): readonly Token[] {
  const parts: Token[] = [];
  void marked.walkTokens(marked.lexer(page), (token) => {
    parts.push(token);
  });
  return parts;
}

export const isHeading = (token: Token): token is Tokens.Heading => token.type === 'heading';
export const isTable = (token: Token): token is Tokens.Table => token.type === 'table';
export const isCode = (token: Token): token is Tokens.Code => token.type === 'code';
const isLink = (token: Token): token is Tokens.Link | Tokens.Image =>
  token.type === 'link' || token.type === 'image';

/** The anchors of a page, as GitHub makes them of its headings. */
export function anchorsOf(page: string): readonly string[] {
  const slugger = new GithubSlugger();
  return partsOf(page)
    .filter(isHeading)
    .map(({ text }) => slugger.slug(text.replace(/\[([^\]]*)\]\([^)]*\)|`/g, '$1')));
}

/** Where the links and pictures of a page lead: as they are written. */
export function linksOf(page: string): readonly string[] {
  return partsOf(page)
    .filter(isLink)
    .map(({ href }) => href);
}

/** A relative link as a path from the root, with its anchor. */
export function placeOf(from: string, target: string): { path: string; anchor: string } {
  const [file = '', anchor = ''] = target.split('#');
  return { path: file === '' ? from : join(dirname(from), file), anchor };
}

/** The part of a page under a heading, its own headings included. */
export function sectionOf(page: string, title: string): string {
  const headings = partsOf(page).filter(isHeading);
  const at = headings.findIndex(({ text }) => text === title);
  const heading = headings[at];
  if (!heading) throw new Error(`no heading ${title}`);
  const next = headings.slice(at + 1).find(({ depth }) => depth <= heading.depth);
  const start = page.indexOf(heading.raw);
  return page.slice(start, next ? page.indexOf(next.raw, start + heading.raw.length) : undefined);
}
