import { code as codes } from '../../cni/error.ts';
import type { Answer } from './trial-node.ts';

/** How long the texts of an error may be, in characters: who reads them is a person, and a runtime's log. */
const longest = { msg: 2_100, details: 16_100 };

/** Whether a failure is told as the specification wants it, and to whom it should be: what is not, in lines. */
export function badAnswer({ document, exitCode, stderr }: Answer): string[] {
  const problems = stderr === '' ? [] : [`on stderr: ${stderr.slice(0, 300)}`];
  if (exitCode === 0) return problems;
  if (exitCode !== 1) return [...problems, `exit code ${exitCode}`];
  const { code, details = '', msg } = document ?? {};
  const told = typeof code === 'number' && typeof msg === 'string' && msg !== '';
  if (!told) return [...problems, `no error on stdout: ${JSON.stringify(document)}`];
  if (code === codes.internal || /\n\s+at /.test(`${msg}${details}`)) {
    return [...problems, `an error of ours: ${code} ${msg} ${details}`];
  }
  if (msg.length <= longest.msg && String(details).length <= longest.details) return problems;
  return [...problems, `an error without end: ${msg.slice(0, 200)}`];
}
