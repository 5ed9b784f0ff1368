import { coloured, type Terminal, wrapped } from '../terminal.ts';
import type { Explanation } from './explanation.ts';
import { valueLines } from './value-lines.ts';

/** An explanation for a person: what is asked, of whom, and why. Paragraphs with an empty line between. */
export function explanationText(terminal: Terminal, explanation: Explanation): string {
  const paragraphs: readonly (readonly string[])[] = [
    headLines(terminal, explanation),
    delegateLines(terminal, explanation),
    ...explanation.requests.map((_, index) => requestLines(terminal, explanation, index)),
    effectLines(terminal, explanation),
    explanation.notes.map((note) => `note  ${wrapped(terminal, note, '      ')}`),
    answerLines(terminal, explanation),
  ];
  return paragraphs
    .filter((lines) => lines.length > 0)
    .map((lines) => `${lines.join('\n')}\n`)
    .join('\n');
}

function headLines(terminal: Terminal, explanation: Explanation): readonly string[] {
  const { assumed, command, conf, container, found, ifname, netns, network, plugin } = explanation;
  const of = container === undefined ? '' : ` of ${ifname} of ${container}`;
  const label = (word: string, text: string) =>
    `  ${word.padEnd(13)}  ${wrapped(terminal, text, ' '.repeat(17))}`;
  const title = `${command}${of}, by ${plugin} on network ${network ?? 'without a name'}`;
  return [
    coloured(terminal, 'strong', wrapped(terminal, title, '  ')),
    label('configuration', conf),
    ...(netns ? [label('CNI_NETNS', netns)] : []),
    ...(found ? [label('found', `${found.type} ${found.id}`)] : []),
    ...(found && found.subnets.length > 0 ? [label('subnets', found.subnets.join(', '))] : []),
    ...assumed.map((text) => label('assumed', text)),
  ];
}

function delegateLines(terminal: Terminal, { delegate, plugin }: Explanation): readonly string[] {
  if (!delegate) return [];
  const { config, reasons, remembered, type } = delegate;
  const how = remembered === undefined ? 'with' : `as ADD remembered it in ${remembered}`;
  return [
    coloured(terminal, 'strong', wrapped(terminal, `${plugin} calls ${type}, ${how}`, '  ')),
    ...valueLines(terminal, config, reasons),
  ];
}

function requestLines(
  terminal: Terminal,
  { error, requests }: Explanation,
  index: number,
): readonly string[] {
  const request = requests[index];
  if (!request) return [];
  const { api, document = {}, operation, reasons, refused, target, why } = request;
  const title = `${index + 1}. ${api.toUpperCase()} ${operation} ${target}`.trimEnd();
  const answer = `the simulator's rules say: ${refused}`;
  return [
    coloured(terminal, 'strong', wrapped(terminal, title, '   ')),
    `   ${wrapped(terminal, why, '   ')}`,
    ...valueLines(terminal, document, reasons),
    ...(refused === undefined
      ? []
      : [coloured(terminal, error ? 'warn' : 'quiet', `   ${wrapped(terminal, answer, '   ')}`)]),
  ];
}

function effectLines(
  terminal: Terminal,
  { command, files, ipam, requests }: Explanation,
): readonly string[] {
  const { addresses, asked = [], type } = ipam;
  const calls = asked.map((call) => call.command).join(', ');
  const lines = [
    ...(requests.length === 0 ? ['HNS would be asked to change nothing.'] : []),
    ...(command === 'ADD' && type === undefined
      ? ['HNS chooses the address: no IPAM is named.']
      : []),
    ...(addresses.length > 0 ? [`IPAM (${type}) gives ${addresses.join(', ')}.`] : []),
    ...(calls === '' ? [] : [`Another executable would be called, and was not: ${calls}.`]),
  ];
  return [
    ...lines.map((line) => wrapped(terminal, line, '  ')),
    ...files.map(({ change, path }) => wrapped(terminal, `file ${change}: ${path}`, '  ')),
  ];
}

function answerLines(
  terminal: Terminal,
  { command, error, unknown }: Explanation,
): readonly string[] {
  if (unknown !== undefined) {
    const text = `What comes after is not known: ${unknown} is another program, which explain does not start. Of an IPAM's answer, say the address:`;
    return [wrapped(terminal, text), '  wincni explain --ip 10.0.0.5/24'];
  }
  if (!error) return [coloured(terminal, 'ok', `${command} would succeed.`)];
  const failed = `${command} would fail, code ${error.code}: ${error.msg}`;
  return [
    coloured(terminal, 'fail', wrapped(terminal, failed, '  ')),
    ...(error.details ?? '')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => `  ${wrapped(terminal, line, '  ')}`),
  ];
}
