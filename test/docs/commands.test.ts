import { describe, expect, it } from 'vitest';
import { operatorCommands } from '../../plugins/wincni/commands.ts';
import { exit } from '../../plugins/wincni/exit.ts';
import { commandsPage } from '../../scripts/commands-page.ts';
import { sectionOf, textOf } from './pages.ts';

const page = textOf('docs/commands.md');

describe('docs/commands.md', () => {
  it('is what the commands say of themselves: npm run docs:commands', () => {
    expect(page).toBe(commandsPage(operatorCommands));
  });

  it('has every exit code', () => {
    const rows = sectionOf(page, 'How a command ends').matchAll(/^\| (\d) \| \S/gm);
    expect([...rows].map(([, code]) => Number(code))).toEqual(Object.values(exit));
  });
});
