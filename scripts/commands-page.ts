import { type Described, type OperatorCommand, optionsOf } from '../plugins/wincni/command.ts';
import { wrapped } from '../plugins/wincni/terminal.ts';

/** The text of docs/commands.md: every command of the operator's, with what its --help says. */
export function commandsPage(commands: readonly OperatorCommand[]): string {
  const rows = commands.map(({ name, summary }) => [
    `[\`wincni ${name}\`](#${anchorOf(name)})`,
    summary,
  ]);
  return [head, table(['command', 'what it does'], rows), ...commands.map(section)].join('\n');
}

const head = `# Commands

Written by \`npm run docs:commands\` from the commands themselves; a test compares.

Started as \`wincni\` the executable is no plugin but its operator's tools. \`wincni <command> --help\` prints what is
below. Run them on the node, as administrator; what needs no node says so. No part of this has run on Windows
([Verification](verification.md)). What to do by symptom: [Troubleshooting](troubleshooting.md).

## How a command ends

| exit code | what came of it |
| --- | --- |
| 0 | fine |
| 1 | it failed |
| 2 | it was called wrongly: nothing was done |
| 3 | it looked, and found failures |
| 4 | it looked, and found warnings only |
| 5 | it could not look (rights, HNS) |
| 6 | it would change something, and nobody confirmed it |

What is found goes to stdout, progress and notes to stderr. \`--json\` prints one document, whose schema is in
[schemas](schemas). What changes something says with \`--dry-run\` what it would do, asks at a terminal, and without one
wants \`--yes\`.

## All of them
`;

function section(command: OperatorCommand): string {
  const { about, arguments: words = [], examples, name, summary, topics = [] } = command;
  const usage = ['wincni', name, ...words.map(([notation]) => notation), '[options]'].join(' ');
  const lines = (described: readonly Described[]) =>
    described.map(([what, does]) => [`\`${what}\``, worded(does)]);
  return [
    `## wincni ${name}\n`,
    `    ${usage}\n`,
    `${prose(about ?? `${summary[0]?.toUpperCase()}${summary.slice(1)}.`)}\n`,
    table(['argument or option', 'what it is'], lines([...words, ...optionsOf(command)])),
    ...(topics.length === 0
      ? []
      : [
          table(
            ['more help', 'about'],
            topics.map(([topic, what]) => [`\`wincni ${name} --help ${topic}\``, what]),
          ),
        ]),
    table(['example', 'what it does'], lines(examples)),
    `The document of \`--json\`: [${schemaOf(name)}](schemas/${schemaOf(name)}).\n`,
  ].join('\n');
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [head, head.map(() => '---'), ...rows];
  return `${lines.map((row) => `| ${row.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`).join('\n')}\n`;
}

/** Help is written for a terminal: lines that begin with a space are lines, and `<name>` is itself. */
function prose(text: string): string {
  return text
    .split('\n\n')
    .map((paragraph) =>
      paragraph.startsWith(' ')
        ? paragraph.replaceAll(/^/gm, '    ')
        : wrapped({ columns: 120, colour: false }, worded(paragraph)),
    )
    .join('\n\n');
}

const worded = (text: string) =>
  text.replace(/%\w+%[\w\\<>]*|[\w\\./:-]*<[\w-]+>(?:[\w\\./:<>-]*[\w>])?/g, '`$&`');

const schemaOf = (name: string) => `${name.replaceAll(' ', '-')}.json`;
const anchorOf = (name: string) => `wincni-${name.replaceAll(' ', '-')}`;
