import type { PluginRun } from '../runtime.ts';
import type { JournalLine } from '../simulated-node.ts';

/** All that a run was: what the runtime sent, what the plugin answered, every call of HNS. */
export function runLines(run: PluginRun, calls: readonly JournalLine[]): readonly string[] {
  return [
    `--- ${run.plugin} with CNI_COMMAND=${run.command}, and on stdin:`,
    run.stdin.trimEnd(),
    `--- its answer, with exit code ${run.exitCode}:`,
    run.stdout === '' ? '(nothing)' : run.stdout.trimEnd(),
    ...(run.stderr === '' ? [] : ['--- and on stderr:', run.stderr.trimEnd()]),
    ...calls.flatMap(({ answer, body, code, operation, target }) => [
      `--- HNS: ${[operation, target].filter(Boolean).join(' ')}`,
      `asked: ${JSON.stringify(body)}`,
      `${code === null ? 'answered' : `refused with ${code}`}: ${JSON.stringify(answer)}`,
    ]),
    '---',
  ];
}
