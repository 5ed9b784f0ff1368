import { coloured, type Terminal, wrapped } from '../terminal.ts';
import type { Explanation } from './explanation.ts';
import { leavesOf, reasonOf } from './reasons.ts';

/** An explanation for a person: what is asked, of whom, and why, each value on a line. */
export function explanationText(terminal: Terminal, explanation: Explanation): string {
  const { assumed, delegate, files, notes, requests } = explanation;
  const strong = (text: string) => coloured(terminal, 'strong', text);
  const paragraph = (text: string, indent: string, first = indent) =>
    `${first}${wrapped(terminal, text, indent)}`;
  const parts: readonly (readonly string[])[] = [
    [
      strong(paragraph(headOf(explanation), '  ', '')),
      ...assumed.map((text) => paragraph(`assumed: ${text}`, '    ', '  ')),
    ],
    delegate
      ? [
          strong(
            `${explanation.plugin} calls ${delegate.type}${delegate.remembered ? ', as ADD remembered it' : ', with'}`,
          ),
          ...(delegate.remembered ? [paragraph(delegate.remembered, '    ', '  ')] : []),
          ...valueLines(terminal, delegate.config, delegate.reasons),
        ]
      : [],
    ...requests.map((request, index) => [
      strong(paragraph(`${index + 1}. ${operationOf(request)}`, '   ', '')),
      paragraph(request.why, '   '),
      ...valueLines(terminal, request.document ?? {}, request.reasons),
      ...(request.refused === undefined
        ? []
        : [
            coloured(
              terminal,
              'fail',
              paragraph(`refused, by the simulator's rules: ${request.refused}`, '   '),
            ),
          ]),
    ]),
    [
      ...(requests.length === 0 ? ['HNS would be asked to change nothing.'] : []),
      ...addressLines(terminal, explanation),
      ...files.map(({ change, path }) => paragraph(`file ${change}: ${path}`, '  ', '')),
    ],
    notes.map((note) => paragraph(`note  ${note}`, '      ', '')),
    answerLines(terminal, explanation),
  ];
  return parts
    .filter((lines) => lines.length > 0)
    .map((lines) => `${lines.join('\n')}\n`)
    .join('\n');
}

function headOf({ command, conf, container, found, ifname, netns, network, plugin }: Explanation) {
  const of = container === undefined ? '' : ` of ${ifname} of ${container}`;
  const where = netns === undefined ? '' : `, CNI_NETNS ${netns}`;
  const known = found ? ` (${found.type}, ${found.id})` : '';
  return `${command}${of}${where}, by ${plugin} on network ${network ?? 'without a name'}${known}; configuration ${conf}`;
}

function operationOf({ api, operation, target }: Explanation['requests'][number]): string {
  return `${api.toUpperCase()}: ${operation}${target === '' ? '' : ` ${target}`}`;
}

/** The widest that the columns of paths and values become, in characters. */
const widest = { path: 34, value: 36 };

/** `path  value  reason`, aligned; a reason that does not fit beside its value stands below it. */
function valueLines(
  terminal: Terminal,
  document: Readonly<Record<string, unknown>>,
  reasons: Readonly<Record<string, string>>,
): readonly string[] {
  const rows = leavesOf(document)
    .filter(({ path }) => path !== '')
    .map(({ path, value }) => ({
      path,
      value: typeof value === 'string' && value !== '' ? value : JSON.stringify(value),
      reason: reasonOf(reasons, path) ?? 'not known',
    }));
  const width = (texts: readonly string[], most: number) =>
    Math.min(most, Math.max(0, ...texts.map((text) => text.length)));
  const ofPath = width(
    rows.map(({ path }) => path),
    widest.path,
  );
  const ofValue = width(
    rows.map(({ value }) => value),
    widest.value,
  );
  const reasonAt = 3 + ofPath + 2 + ofValue + 2;
  return rows.flatMap(({ path, reason, value }) => {
    const left = `   ${path.padEnd(ofPath)}  ${value.padEnd(ofValue)}`;
    const quiet = (text: string) => coloured(terminal, 'quiet', text);
    const fits = left.length + 2 === reasonAt && terminal.columns - reasonAt >= 20;
    if (fits) {
      const indent = ' '.repeat(reasonAt);
      return [`${left}  ${quiet(wrapped(terminal, reason, indent))}`];
    }
    const indent = ' '.repeat(3 + ofPath + 2);
    return [left.trimEnd(), `${indent}${quiet(wrapped(terminal, reason, indent))}`];
  });
}

function addressLines(terminal: Terminal, { command, ipam }: Explanation): readonly string[] {
  const { addresses, asked = [], type } = ipam;
  const calls = asked.map(({ command: each }) => each).join(', ');
  const lines = [
    ...(command === 'ADD' && type === undefined
      ? ['HNS chooses the address: no IPAM is named']
      : []),
    ...(addresses.length > 0 ? [`IPAM (${type}) gives ${addresses.join(', ')}`] : []),
    ...(calls === '' ? [] : [`${type} would be called, and was not: ${calls}`]),
  ];
  return lines.map((line) => wrapped(terminal, line, '  '));
}

function answerLines(
  terminal: Terminal,
  { command, error, unknown }: Explanation,
): readonly string[] {
  if (unknown !== undefined) {
    const text = `What comes after is not known: ${unknown} is another program, which explain does not start. Its answer can be given:`;
    return [wrapped(terminal, text), '  wincni explain --ip 10.0.0.5/24'];
  }
  if (!error) return [coloured(terminal, 'ok', `${command} would succeed.`)];
  return [
    coloured(
      terminal,
      'fail',
      wrapped(terminal, `${command} would fail, code ${error.code}: ${error.msg}`, '  '),
    ),
    ...(error.details ?? '')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => `  ${wrapped(terminal, line, '  ')}`),
  ];
}
