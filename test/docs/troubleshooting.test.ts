import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checks } from '../../plugins/wincni/checks/checks.ts';
import { isNamed } from '../../plugins/wincni/checks/judge.ts';
import { commandLine } from '../../plugins/wincni/command-line.ts';
import { operatorCommands } from '../../plugins/wincni/commands.ts';
import { exit } from '../../plugins/wincni/exit.ts';
import { root } from '../helpers/trial-node.ts';
import { trialOperator } from '../helpers/trial-operator.ts';

/** What docs/troubleshooting.md tells an operator to type, and to look for. */

const textOf = (path: string) => readFileSync(join(root, path), 'utf8');
const page = textOf('docs/troubleshooting.md');
const readme = textOf('README.md');

/** Lines to copy, and what is quoted in a sentence or a table. */
const lines = [...page.matchAll(/^ {4,}(wincni .*)$|`(wincni [^`]+)`/gm)].flatMap(
  ([, whole, quoted]) => whole ?? quoted ?? [],
);
const groups = [...new Set(checks.map(({ id }) => id.replace(/\..*/, '')))];

/** The commands, which say that they were called and do nothing. */
function idle(said: string[]) {
  return operatorCommands.map((command) => ({
    ...command,
    async run() {
      said.push(command.name);
      return { exitCode: exit.fine, document: {}, text: () => '' };
    },
  }));
}

describe('docs/troubleshooting.md', () => {
  it('has commands for every symptom', () => {
    expect(lines.length).toBeGreaterThan(40);
    const sections = page.split(/^## /m).slice(1, -1);
    const without = sections.filter((section) => !/^ {4,}wincni /m.test(section));
    expect(without.map((section) => section.split('\n')[0])).toEqual([]);
  });

  it.each([...new Set(lines)])('%s is a command line', async (line) => {
    const said: string[] = [];
    let stderr = '';
    const { operator } = trialOperator({
      writeStderr(text) {
        stderr += text;
      },
    });
    const [, ...words] = line.split(' ');
    const exitCode = await commandLine(operator, words, idle(said));
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(said).toHaveLength(words.includes('--help') ? 0 : 1);
  });

  it('names checks that there are', () => {
    const quoted = [...page.matchAll(/`([a-z0-9]+\.[a-z-]+)`/g)].map(([, id]) => id ?? '');
    const ids = quoted.filter((id) => groups.includes(id.replace(/\..*/, '')));
    const chosen = lines.flatMap(
      (line) => /--(?:only|ignore) (\S+)/.exec(line)?.[1]?.split(',') ?? [],
    );
    expect(ids.length).toBeGreaterThan(20);
    expect(chosen.length).toBeGreaterThan(20);
    const unknown = [...ids, ...chosen].filter(
      (id) => !checks.some((each) => isNamed(each.id, [id])),
    );
    expect([...new Set(unknown)]).toEqual([]);
  });

  it('names every check but those that say all themselves', () => {
    const named = (id: string) => page.includes(id) || lines.some((line) => coveredBy(line, id));
    expect(checks.map(({ id }) => id).filter((id) => !named(id))).toEqual([]);
  });

  it("has each of the README's error codes in its table", () => {
    const codesIn = (text: string) => [...text.matchAll(/^\| (\d+) \|/gm)].map(([, code]) => code);
    const [, table = ''] = readme.split('## Error codes');
    expect(codesIn(page)).toEqual(codesIn(table.split('\n## ')[0] ?? ''));
  });

  it('leads nowhere that is not there', () => {
    const headings = (text: string) =>
      [...text.matchAll(/^##+ (.+)$/gm)].map(([, title = '']) =>
        title
          .toLowerCase()
          .replace(/[^\w -]/g, '')
          .replaceAll(' ', '-'),
      );
    const links = [...page.matchAll(/\]\(([^)#]*)#([^)]+)\)/g)];
    expect(links.length).toBeGreaterThan(5);
    for (const [, file = '', anchor] of links) {
      expect(headings(file === '' ? page : readme)).toContain(anchor);
    }
  });
});

function coveredBy(line: string, id: string): boolean {
  const only = /--only (\S+)/.exec(line)?.[1];
  return only?.split(',').some((name) => isNamed(id, [name])) ?? false;
}

describe("README's command line", () => {
  const [, section = ''] = readme.split("## The operator's command line");
  const table = [...(section.split('\n## ')[0] ?? '').matchAll(/^\| `wincni ([^`]+)` \|/gm)];

  it('has each command in its table, in the order of --help', () => {
    expect(table.map(([, name]) => name)).toEqual(operatorCommands.map(({ name }) => name));
  });

  it('has every exit code', () => {
    const codes = [...section.matchAll(/\b([0-6]) [a-z]/g)].map(([, code]) => Number(code));
    expect(codes).toEqual(expect.arrayContaining(Object.values(exit)));
  });
});
