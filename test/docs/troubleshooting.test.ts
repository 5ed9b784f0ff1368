import { describe, expect, it } from 'vitest';
import { checks } from '../../plugins/wincni/checks/checks.ts';
import { isNamed } from '../../plugins/wincni/checks/judge.ts';
import { commandLines, linesIn } from './command-lines.ts';
import { textOf } from './pages.ts';

const page = textOf('docs/troubleshooting.md');
const groups = [...new Set(checks.map(({ id }) => id.replace(/\..*/, '')))];

describe('docs/troubleshooting.md', () => {
  it('has commands for every symptom', () => {
    expect(linesIn(page).length).toBeGreaterThan(30);
    const sections = page.split(/^## /m).slice(1, -1);
    const without = sections.filter((section) => !/^ {4,}wincni /m.test(section));
    expect(without.map((section) => section.split('\n')[0])).toEqual([]);
  });

  it('names every check but those that say all themselves, or the table of codes does', () => {
    const lines = [...linesIn(page), ...linesIn(textOf('docs/errors.md'))];
    const named = (id: string) => page.includes(id) || lines.some((line) => coveredBy(line, id));
    expect(checks.map(({ id }) => id).filter((id) => !named(id))).toEqual([]);
  });
});

describe('every page', () => {
  it('names checks that there are', () => {
    const texts = ['troubleshooting', 'errors', 'install'].map((name) => textOf(`docs/${name}.md`));
    const quoted = [...texts.join('\n').matchAll(/`([a-z0-9]+\.(?!exe`)[a-z-]+)`/g)];
    const ids = quoted
      .map(([, id = '']) => id)
      .filter((id) => groups.includes(id.replace(/\..*/, '')));
    const chosen = commandLines.flatMap(
      ({ line }) => /--(?:only|ignore) (\S+)/.exec(line)?.[1]?.split(',') ?? [],
    );
    expect(ids.length).toBeGreaterThan(20);
    expect(chosen.length).toBeGreaterThan(20);
    const unknown = [...ids, ...chosen].filter(
      (id) => !checks.some((each) => isNamed(each.id, [id])),
    );
    expect([...new Set(unknown)]).toEqual([]);
  });
});

function coveredBy(line: string, id: string): boolean {
  const only = /--only (\S+)/.exec(line)?.[1];
  return only?.split(',').some((name) => isNamed(id, [name])) ?? false;
}
