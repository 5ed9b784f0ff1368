import { coloured, type Terminal, wrapped } from '../terminal.ts';
import { type Leaf, leavesOf, reasonOf } from './reasons.ts';

/** A value of a document, as it is shown. */
interface Row {
  /** `Exceptions`, behind two blanks within `Policies[0]`. */
  readonly name: string;
  readonly value: string;
  readonly reason: string;
}

/** The widest that the columns of names and values become, in characters. */
const widest = { name: 22, value: 26 };

/** The narrowest that the column of reasons becomes. */
const narrowest = 20;

const margin = '   ';

/** A document's values in three columns: name, value, reason, each wrapped in its own. */
export function valueLines(
  terminal: Terminal,
  document: Readonly<Record<string, unknown>>,
  reasons: Readonly<Record<string, string>>,
): readonly string[] {
  const rows = rowsOf(document, reasons);
  const width = (texts: readonly string[], most: number) =>
    Math.min(most, Math.max(0, ...texts.map((text) => text.length)));
  const ofName = width(
    rows.map(({ name }) => name),
    widest.name,
  );
  const ofValue = width(
    rows.map(({ value }) => value),
    widest.value,
  );
  const beside = terminal.columns - margin.length - ofName - ofValue - 4;
  // In a narrow terminal the reason stands below its value.
  const isNarrow = beside < narrowest;
  const ofReason = isNarrow ? terminal.columns - margin.length - ofName - 2 : beside;
  return rows.flatMap(({ name, reason, value }) => {
    const values = within(ofValue, value);
    const why = reason === '' ? [] : within(ofReason, reason);
    const quiet = (text: string) => coloured(terminal, 'quiet', text);
    const left = (line: number) =>
      `${margin}${(line === 0 ? name : '').padEnd(ofName)}  ${(values[line] ?? '').padEnd(ofValue)}`;
    if (isNarrow) {
      const indent = ' '.repeat(margin.length + ofName + 2);
      return [
        ...values.map((_, line) => left(line).trimEnd()),
        ...why.map((text) => `${indent}${quiet(text)}`),
      ];
    }
    // A value that is wider than its column has its reason below.
    const isWide = name.length > ofName || (values[0]?.length ?? 0) > ofValue;
    const reasonLines = isWide && why.length > 0 ? ['', ...why] : why;
    return Array.from({ length: Math.max(values.length, reasonLines.length) }, (_, line) => {
      const right = reasonLines[line] ?? '';
      return right === '' ? left(line).trimEnd() : `${left(line)}  ${quiet(right)}`;
    });
  });
}

function within(columns: number, text: string): readonly string[] {
  return wrapped({ columns, colour: false }, text).split('\n');
}

/** The rows of a document: those of a part (`Policies[0]`) under its name. */
function rowsOf(
  document: Readonly<Record<string, unknown>>,
  reasons: Readonly<Record<string, string>>,
): readonly Row[] {
  let part = '';
  return joined(leavesOf(document), reasons).flatMap(({ path, reason, value }) => {
    const [, head = '', below = ''] = /^(.*\[\d+\])\.(.+)$/.exec(path) ?? [];
    if (head === '') {
      part = '';
      return [{ name: path, value, reason }];
    }
    const row = { name: `  ${below.replace(/^(?:value\.)?(?:Settings\.)?/i, '')}`, value, reason };
    if (head === part) return [row];
    part = head;
    return [{ name: head, value: '', reason: '' }, row];
  });
}

/** Entries of a list that stand there for one reason are one value. */
function joined(
  leaves: readonly Leaf[],
  reasons: Readonly<Record<string, string>>,
): readonly { readonly path: string; readonly value: string; readonly reason: string }[] {
  const rows: { path: string; value: string; reason: string }[] = [];
  for (const { path, value } of leaves) {
    if (path === '') continue;
    const reason = reasonOf(reasons, path) ?? 'not known';
    const text = typeof value === 'string' && value !== '' ? value : JSON.stringify(value);
    const list = path.replace(/\[\d+\]$/, '');
    const last = rows.at(-1);
    if (last && list !== path && last.path === list && last.reason === reason) {
      last.value = `${last.value}, ${text}`;
    } else rows.push({ path: list, value: text, reason });
  }
  return rows;
}
