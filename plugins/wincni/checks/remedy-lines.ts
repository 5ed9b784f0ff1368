/** What a line of a remedy is: to be run, to be written somewhere, or to be read. */
export type RemedyLine = 'command' | 'snippet' | 'words';

const programs = /^(?:wincni|kubectl|crictl|netsh|icacls|chown|chmod)(?: |$)/;
const powershell = /^(?:[A-Z][A-Za-z]+-[A-Z][A-Za-z]+(?: |$)|\[[\w.]+\]::)/;
const snippet = /^(?:["'{}[\]]|--\w|\s|\w+ = )/;

/** Tells a command and a snippet, which are copied as they are, from words, which may be wrapped. */
export function remedyLine(line: string): RemedyLine {
  if (programs.test(line) || powershell.test(line)) return 'command';
  return snippet.test(line) ? 'snippet' : 'words';
}
