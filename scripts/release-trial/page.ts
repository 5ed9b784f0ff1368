import { spawnSync } from 'node:child_process';

/** A page of the documents that is run as it stands. */

/** What a reader types, and what the page says is printed. */
export interface PageStep {
  readonly typed: string;
  readonly printed: string;
}

/**
 * The `sh` blocks of a page in their order, each with the `text` block that comes before the next of them;
 * nothing is printed where there is none.
 */
export function stepsOf(page: string): readonly PageStep[] {
  const steps: { typed: string; printed: string }[] = [];
  for (const [, kind, text = ''] of page.matchAll(/^```(sh|text)\n(.*?)^```$/gms)) {
    if (kind === 'sh') steps.push({ typed: text, printed: '' });
    const last = steps.at(-1);
    if (kind === 'text' && last !== undefined) last.printed += text;
  }
  return steps;
}

/** What came of a step, where it is not what the page says. */
export interface PageFault {
  readonly step: PageStep;
  /** What was printed, on both streams; and the exit code, if it failed. */
  readonly found: string;
}

/**
 * Types the steps one after another into one shell, as a reader does, in a folder. Gives the first whose output is not
 * what the page says, or undefined. `say` gets each step with its output.
 */
export function followPage(
  steps: readonly PageStep[],
  folder: string,
  env: Readonly<Record<string, string | undefined>>,
  say: (text: string) => void,
): PageFault | undefined {
  const end = (index: number) => `<end of step ${index}>\n`;
  const script = steps.map(({ typed }, index) => `${typed}printf '%s' '${end(index)}'\n`);
  const { status, stdout } = spawnSync('bash', ['-c', `exec 2>&1\nset -eu\n${script.join('')}`], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...env },
  });
  let rest = stdout;
  for (const [index, step] of steps.entries()) {
    const at = rest.indexOf(end(index));
    const found = at < 0 ? `${rest}[exit code ${status}]\n` : rest.slice(0, at);
    say(`${step.typed.trimEnd().replaceAll(/^/gm, '$ ')}\n${found}`);
    if (found !== step.printed) return { step, found };
    rest = rest.slice(at + end(index).length);
  }
  return undefined;
}
