import { describe, expect, it } from 'vitest';
import { operatorCommands } from '../../../plugins/wincni/commands.ts';
import { trialOperator } from '../../../scripts/trial-operator.ts';

const { run } = trialOperator();

describe('the command line', () => {
  it('shows its commands where nothing is said', async () => {
    const { exitCode, stderr, stdout } = await run();
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    for (const { name } of operatorCommands) expect(stdout).toContain(name.split(' ')[0]);
  });

  it.each([
    [['vresion'], 'Did you mean version?'],
    [['version', '--vrebose'], 'Did you mean --verbose?'],
    [['version', 'now'], 'too many arguments'],
  ])('refuses %j, and suggests what is meant', async (words, said) => {
    const { exitCode, stderr, stdout } = await run(...words);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toContain(said);
  });

  it.each(operatorCommands.map(({ name }) => name))('%s has help with an example', async (name) => {
    const { exitCode, stdout } = await run(...name.split(' '), '--help');
    expect(exitCode).toBe(0);
    expect(stdout).toContain(`Examples:\n  wincni ${name}`);
    expect(
      stdout.split('\n').filter((line) => line.length > 80 && !line.startsWith('  wincni')),
    ).toEqual([]);
  });
});
