import type { Facts } from '../../facts/facts.ts';

/** A program of the node that runs, or is a service. */
export interface RunProgram {
  /** Whether it runs now. */
  readonly running: boolean;
  /** What it was started with, without its own name. */
  readonly words: readonly string[];
}

/** The words of a command line, as Windows takes one apart: quotes hold a word together. */
export function wordsOf(commandLine: string): readonly string[] {
  const words = commandLine.match(/(?:[^\s"]+|"[^"]*"?)+/g) ?? [];
  return words.map((word) => word.replaceAll('"', ''));
}

/**
 * A program of that name (`kube-proxy`), wherever the facts tell of it: its processes first, then services,
 * those that nssm runs among them.
 */
export function programsNamed(
  { processes = [], services = [] }: Pick<Facts, 'processes' | 'services'>,
  name: string,
): readonly RunProgram[] {
  const isNamed = (path = '') =>
    path
      .toLowerCase()
      .split(/[\\/]/)
      .at(-1)
      ?.replace(/\.exe$/, '') === name;
  const ofProcesses = processes
    .filter((process) => isNamed(process.name))
    .map(({ command = '' }) => ({ running: true, words: wordsOf(command).slice(1) }));
  const ofServices = services.flatMap(({ application, command = '', parameters = '', state }) => {
    const running = state === 'Running';
    if (isNamed(application)) return [{ running, words: wordsOf(parameters) }];
    const [program, ...words] = wordsOf(command);
    return isNamed(program) ? [{ running, words }] : [];
  });
  return [...ofProcesses, ...ofServices];
}

/** What a flag says on a command line, `--flag=value` or `--flag value`; the last one counts. */
export function flagValue(words: readonly string[], flag: string): string | undefined {
  const found = words.flatMap((word, index) => {
    const [name, ...rest] = word.split('=');
    if (name?.replace(/^--?/, '') !== flag || name === flag) return [];
    if (rest.length > 0) return [rest.join('=')];
    const next = words[index + 1];
    return next === undefined || next.startsWith('-') ? [] : [next];
  });
  return found.at(-1);
}

/** What the first program that says it says under a flag. */
export function flagOf(
  facts: Pick<Facts, 'processes' | 'services'>,
  names: readonly string[],
  ...flags: readonly string[]
): string | undefined {
  const programs = names.flatMap((name) => programsNamed(facts, name));
  return programs
    .flatMap(({ words }) => flags.map((flag) => flagValue(words, flag)))
    .find((value) => value !== undefined && value !== '');
}
