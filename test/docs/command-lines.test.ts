import { describe, expect, it } from 'vitest';
import { commandLine } from '../../plugins/wincni/command-line.ts';
import { operatorCommands } from '../../plugins/wincni/commands.ts';
import { exit } from '../../plugins/wincni/exit.ts';
import { trialOperator } from '../../scripts/trial-operator.ts';
import { commandLines, linesIn } from './command-lines.ts';
import { textOf } from './pages.ts';

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

const unique = [...new Set(commandLines.map(({ line }) => line))];

/** `<command>` and what else stands for something is no line to type. */
const typed = unique.filter((line) => !/[<…]/.test(line));

it('finds them', () => {
  expect(typed.length).toBeGreaterThan(60);
});

describe('each line of the documents that calls wincni', () => {
  it.each(typed)('%s is a command line', async (line) => {
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

  const generating = typed.filter((line) => / config generate .*--/.test(line));

  it.each(generating)('%s prints a configuration that is valid', async (line) => {
    const [, ...words] = line.split(' ');
    const made = await trialOperator().run(...words);
    expect(made).toMatchObject({ exitCode: 0, stderr: '' });
    const { run } = trialOperator({ readStdin: () => Buffer.from(made.stdout) });
    expect(await run('config', 'validate', '-')).toMatchObject({ exitCode: 0, stderr: '' });
  });

  const lines = [...typed, ...linesIn(textOf('docs/commands.md'))];
  const offline = [...new Set(lines.filter((line) => / explain .*--conf .*--offline/.test(line)))];

  it('has some that explain a configuration without a node', () => {
    expect(offline).not.toEqual([]);
  });

  it.each(offline)('%s does so with what config generate prints', async (line) => {
    const generate = generating.find((each) => each.includes('--mode vxlan')) ?? '';
    const { stdout } = await trialOperator().run(...generate.split(' ').slice(1));
    const { run } = trialOperator({ readStdin: () => Buffer.from(stdout) });
    const words = line
      .replace(' 10-flannel.conflist', ' -')
      .replace(' subnet.env', ' test/fixtures/flannel/overlay.env');
    expect(await run(...words.split(' ').slice(1))).toMatchObject({ exitCode: 0 });
  });
});

it('the examples of each command call that command, or one that goes with it', () => {
  const names = operatorCommands.map(({ name }) => name);
  const examples = linesIn(textOf('docs/commands.md'));
  expect(examples.length).toBeGreaterThan(names.length);
  const unknown = examples.filter((line) => !names.some((name) => line.includes(` ${name}`)));
  expect(unknown).toEqual([]);
});
