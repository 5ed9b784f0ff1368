import { describe, expect, it } from 'vitest';
import { operatorCommands } from '../../plugins/wincni/commands.ts';
import { exit } from '../../plugins/wincni/exit.ts';
import { commandsPage } from '../../scripts/commands-page.ts';
import { textOf } from './pages.ts';

const page = textOf('docs/commands.md');

describe('docs/commands.md', () => {
  it('is what the commands say of themselves: npm run docs:commands', () => {
    expect(page).toBe(commandsPage(operatorCommands));
  });

  it('has every exit code', () => {
    const [, section = ''] = page.split('## How a command ends');
    const codes = [...(section.split('\n## ')[0] ?? '').matchAll(/\b([0-6]) [a-z]/g)];
    expect(codes.map(([, code]) => Number(code))).toEqual(Object.values(exit));
  });
});
