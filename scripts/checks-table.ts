import type { Check } from '../plugins/wincni/checks/check.ts';

/** A document of facts in test/fixtures/facts, as far as it stands behind checks. */
export interface FactsBehind {
  readonly source: 'recorded' | 'written by hand';
  /** The checks that it shows at work; a whole node shows all. */
  readonly shows: 'all' | readonly string[];
}

/** The text of docs/checks.md: every check, what it looks at, and what stands behind it. */
export function checksPage(checks: readonly Check[], files: readonly FactsBehind[]): string {
  const groups = [...new Set(checks.map(({ id }) => groupOf(id)))];
  return [
    head,
    ...groups.map((group) =>
      section(
        group,
        checks.filter(({ id }) => groupOf(id) === group),
        files,
      ),
    ),
  ].join('\n');
}

const head = `# Checks of \`wincni doctor\`

Written by \`npm run docs:checks\` from plugins/wincni/checks and test/fixtures/facts; a test compares.

A check is a function of the facts that \`wincni doctor --save-facts facts.json\` writes down. Without the facts it needs
it is skipped, with the reason, and never ok. *Levels* are those of all that it may find: \`fail\` (pods fail, or will),
\`warn\` (something is amiss), \`note\` (good to know); for each of them there is a document in test/fixtures/facts/sick
that shows it. *Behind it* says what these documents are: facts written by hand are what somebody thinks a node says,
and no node has confirmed the rule; recorded ones are a node's.
`;

function section(group: string, checks: readonly Check[], files: readonly FactsBehind[]): string {
  const rows = checks.map(({ about, id, levels, needs }) => {
    const showing = files.filter(({ shows }) => shows !== 'all' && shows.includes(id));
    const whole = files.filter(({ shows }) => shows === 'all');
    const isRecorded = [...showing, ...whole].some(({ source }) => source === 'recorded');
    const behind = isRecorded ? 'recorded' : 'facts written by hand';
    const needed = needs.map((need) => `\`${need}\``).join(', ');
    return [`\`${id}\``, about, levels.join(', '), needed, behind];
  });
  const table = [
    ['check', 'looks at', 'levels', 'needs', 'behind it'],
    ['---', '---', '---', '---', '---'],
    ...rows,
  ];
  const lines = table.map((row) => `| ${row.map(cell).join(' | ')} |`);
  return `## ${group}\n\n${lines.join('\n')}\n`;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}

function groupOf(id: string): string {
  return id.split('.')[0] ?? id;
}
