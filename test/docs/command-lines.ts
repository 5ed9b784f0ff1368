import { pages, textOf } from './pages.ts';

/** What the documents tell an operator to type behind `wincni`: lines to copy, and what is quoted in a sentence. */
export const commandLines: readonly { readonly page: string; readonly line: string }[] = pages
  .filter((page) => /^(?:docs\/|README|SECURITY)/.test(page) && page !== 'docs/commands.md')
  .flatMap((page) => linesIn(textOf(page)).map((line) => ({ page, line })));

/** The command lines of a text, each from `wincni` on. */
export function linesIn(text: string): readonly string[] {
  const typed = /^ {4,}(?:\.\\)?(wincni(?:\.exe)? .*)$|`(?:\.\\)?(wincni(?:\.exe)? [a-z][^`]*)`/gm;
  return [...text.matchAll(typed)].flatMap(([, whole, quoted]) => whole ?? quoted ?? []);
}
