import { Command, CommanderError } from 'commander';
import { pluginNames } from '../registry.ts';
import { type Described, type OperatorCommand, optionsOf } from './command.ts';
import { operatorCommands } from './commands.ts';
import { type ExitCode, exit, OperatorError } from './exit.ts';
import type { Operator } from './operator.ts';
import type { Report } from './report.ts';
import { coloured, withoutControls, wrapped } from './terminal.ts';

/**
 * Runs what an operator typed behind `wincni`. Data goes to stdout, everything else to stderr. Gives the
 * exit code; throws for bugs alone.
 */
export async function commandLine(
  { writeStderr, writeStdout, ...rest }: Operator,
  words: readonly string[],
  commands: readonly OperatorCommand[] = operatorCommands,
): Promise<ExitCode> {
  const operator: Operator = {
    ...rest,
    writeStdout: (text) => writeStdout(withoutControls(text)),
    writeStderr: (text) => writeStderr(withoutControls(text)),
  };
  const topic = topicIn(words, commands);
  let exitCode: ExitCode = exit.fine;
  const program = programOf(operator, commands, async (command, given) => {
    exitCode = await runCommand(operator, command, given);
  });
  try {
    if (topic) operator.writeStdout(topic(operator.terminal));
    else await program.parseAsync(words.length === 0 ? ['--help'] : [...words], { from: 'user' });
    return exitCode;
  } catch (error) {
    // Stdout took no help, or not the document of an error.
    if (error instanceof OperatorError) return told(operator, error);
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? exit.fine : exit.usage;
  }
}

/** The text that `<command> --help <topic>` asks for: commander's own --help takes no word. */
function topicIn(words: readonly string[], commands: readonly OperatorCommand[]) {
  const at = words.indexOf('--help');
  const name = words.slice(0, at).join(' ');
  if (at < 1 || at + 2 !== words.length) return undefined;
  const topics = commands.find((command) => command.name === name)?.topics ?? [];
  return topics.find(([topic]) => topic === words[at + 1])?.[2];
}

interface Given {
  readonly arguments: readonly unknown[];
  readonly options: Readonly<Record<string, unknown>>;
}

type Act = (command: OperatorCommand, given: Given) => Promise<void>;

function programOf(operator: Operator, commands: readonly OperatorCommand[], act: Act): Command {
  const program = groupOf(operator, new Command('wincni'))
    .version(`wincni ${operator.version}`, '--version', 'the version')
    .description('CNI plugins for Windows nodes, and the commands of their operator')
    .addHelpText(
      'after',
      `\nStarted by the name of a plugin it is that plugin:\n  ${wrapped(operator.terminal, pluginNames.join(', '), '  ')}\n\n` +
        'Exit codes: 0 fine, 1 failed, 2 called wrongly, 3 failures found, 4 warnings found,\n  5 could not look (rights, HNS), 6 not confirmed.\n',
    );
  const groups = new Map<string, Command>();
  for (const command of commands) {
    const [first = '', second] = command.name.split(' ');
    if (second === undefined) {
      program.addCommand(commandOf(operator, command, first, act));
      continue;
    }
    const group = groups.get(first) ?? groupOf(operator, new Command(first));
    if (!groups.has(first)) {
      const seconds = commands.filter(({ name }) => name.startsWith(`${first} `));
      group.description(seconds.map(({ summary }) => summary).join('; '));
      program.addCommand(group);
      groups.set(first, group);
    }
    group.addCommand(commandOf(operator, command, second, act));
  }
  return program;
}

/** Writes where the operator says, and throws instead of ending the process. */
function groupOf({ terminal, writeStderr, writeStdout }: Operator, command: Command): Command {
  return command
    .exitOverride()
    .showHelpAfterError(false)
    .helpOption('--help', 'this text')
    .helpCommand(false)
    .configureOutput({
      writeOut: writeStdout,
      writeErr: writeStderr,
      getOutHelpWidth: () => terminal.columns,
      getErrHelpWidth: () => terminal.columns,
      getOutHasColors: () => terminal.colour,
      getErrHasColors: () => terminal.colour,
    });
}

function commandOf(
  operator: Operator,
  described: OperatorCommand,
  name: string,
  act: Act,
): Command {
  const { about, arguments: words = [], examples, summary } = described;
  const command = groupOf(operator, new Command(name))
    .summary(summary)
    .description(about ?? `${summary}.`)
    .addHelpText(
      'after',
      `${topicsText(operator, described)}\nExamples:\n${examplesText(operator, examples)}`,
    );
  for (const [notation, what] of words) command.argument(notation, what);
  for (const [notation, what] of optionsOf(described)) command.option(notation, what);
  return command.action(async (...parts: readonly unknown[]) => {
    await act(described, {
      arguments: parts.slice(0, words.length).filter((word) => word !== undefined),
      options: command.opts(),
    });
  });
}

function topicsText(operator: Operator, { name, topics = [] }: OperatorCommand): string {
  const lines = topics.map(
    ([topic, about]): Described => [`wincni ${name} --help ${topic}`, about],
  );
  return lines.length === 0 ? '' : `\nMore help:\n${examplesText(operator, lines)}`;
}

function examplesText(operator: Operator, examples: readonly Described[]): string {
  return examples
    .map(([line, what]) => `  ${line}\n      ${wrapped(operator.terminal, what, '      ')}\n`)
    .join('');
}

async function runCommand(
  operator: Operator,
  command: OperatorCommand,
  given: Given,
): Promise<ExitCode> {
  const asJson = given.options['json'] === true;
  let report: Report;
  try {
    report = await command.run(operator, given);
  } catch (error) {
    if (!(error instanceof OperatorError)) throw error;
    const exitCode = told(operator, error);
    if (asJson) {
      const { message, remedy } = error;
      const document = { schema: 1, error: { message, remedy } };
      operator.writeStdout(`${JSON.stringify(document, null, 2)}\n`);
    }
    return exitCode;
  }
  operator.writeStdout(
    asJson
      ? `${JSON.stringify({ schema: 1, ...report.document }, null, 2)}\n`
      : report.text(operator.terminal),
  );
  return report.exitCode;
}

/** Says an error on stderr. Gives its exit code. */
function told({ terminal, writeStderr }: Operator, error: OperatorError): ExitCode {
  const { exitCode, message, remedy } = error;
  writeStderr(
    [`${coloured(terminal, 'fail', 'error:')} ${message}`, ...remedy.map(indented)]
      .map((line) => `${line}\n`)
      .join(''),
  );
  return exitCode;
}

const indented = (line: string) => `  ${line}`;
