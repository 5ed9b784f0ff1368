import { isSystemError } from '../../../system/errors.ts';
import { removeIfThere } from '../../../system/whole-files.ts';
import { confirm } from '../confirm.ts';
import { exit, OperatorError } from '../exit.ts';
import type { Operator } from '../operator.ts';
import { progressOf } from '../progress.ts';
import type { Report } from '../report.ts';
import { typed } from '../typed.ts';
import { type Installer, installerOf } from './installer.ts';
import { leftovers, removeEmpty, removeLeftovers } from './leftovers.ts';
import { locked } from './lock.ts';
import { type Manifest, readManifest } from './manifest.ts';
import type { Told } from './perform.ts';
import { planUndo, type UndoPlan } from './plan-undo.ts';
import { looking } from './standing.ts';
import { actsText, foreignText, leftText, orphansText, progressText } from './text.ts';
import { assertNothingLost, goBack } from './undo.ts';

export interface BackOptions {
  readonly programDir?: string | undefined;
  readonly dryRun?: boolean | undefined;
  readonly yes?: boolean | undefined;
}

type Direction = 'rollback' | 'uninstall';

/** `rollback`, back by one install or upgrade, and `uninstall`, back to what was there before the first. */
export function runBack(operator: Operator, options: BackOptions, command: Direction): Report {
  const installer = installerOf(operator, options.programDir);
  const manifest = readManifest(installer);
  const plan = undoOf(installer, manifest, command);
  const left = leftovers(installer, manifest);
  if (command === 'rollback' && manifest.steps.length === 0 && left.length === 0) {
    throw new OperatorError(exit.failed, 'nothing is installed that could be rolled back', [
      'wincni status',
    ]);
  }
  const head = headOf(manifest, command);
  // A run that was killed at its very end leaves files that say nothing any more.
  const isThere = installer.executables.look(installer.layout.folder) !== undefined;
  const isDone = manifest.steps.length === 0 && left.length === 0 && !isThere;
  if (options.dryRun || isDone) return report(head, { plan, left: [], done: false });
  confirm(operator, {
    command: typed(command, options),
    yes: options.yes,
    text: `${head}${actsText(operator.terminal, plan.acts)}${foreignText(operator.terminal, plan.foreign)}`,
  });
  const progress = progressOf(operator);
  const tell: Told = (act, copied) => progress.say(progressText(act, copied));
  try {
    const answer = locked(installer, () => back(installer, command, tell));
    removeEmpty(installer, installer.layout.folder);
    return report(head, { ...answer, done: true });
  } finally {
    progress.end();
  }
}

/** The number of the step that is the first to be undone: the last one's, the one that did not end, or the first. */
function startOf({ begun, steps }: Manifest, command: Direction): number {
  return command === 'uninstall' ? 0 : (begun?.to ?? steps.at(-1)?.number ?? 0);
}

function undoOf(installer: Installer, manifest: Manifest, command: Direction): UndoPlan {
  const plan = planUndo(manifest, startOf(manifest, command), looking(installer.executables));
  assertNothingLost(plan);
  return plan;
}

function back(installer: Installer, command: Direction, tell: Told) {
  const { files } = installer.host;
  const manifest = readManifest(installer);
  const plan = undoOf(installer, manifest, command);
  try {
    const after = goBack(installer, manifest, startOf(manifest, command), tell);
    const left = removeLeftovers(installer, after);
    // While something is left, it says where.
    if (after.steps.length === 0 && after.orphans.length === 0 && left.length === 0) {
      removeIfThere(files, installer.layout.manifest);
    }
    return { plan, left };
  } catch (error) {
    if (!isSystemError(error)) throw error;
    throw new OperatorError(
      exit.failed,
      `not finished: ${error.message}. Each name has its old plugin or the new one, both whole`,
      ['when the cause is mended, the same again:', `wincni ${command} --yes`],
      { cause: error },
    );
  }
}

function headOf({ begun, steps }: Manifest, command: Direction): string {
  const last = steps.at(-1);
  if (!last) return 'wincni is not installed\n';
  const before = steps.at(-2);
  const to =
    command === 'uninstall' || !before ? 'what was there before' : `wincni ${before.version}`;
  const from = begun ? `a run that did not end (${begun.what})` : `wincni ${last.version}`;
  return `From ${from} back to ${to}\n`;
}

function report(
  head: string,
  {
    done,
    left,
    plan,
  }: { readonly plan: UndoPlan; readonly left: readonly string[]; readonly done: boolean },
): Report {
  const { acts, foreign, orphans } = plan;
  return {
    exitCode: exit.fine,
    document: { done, acts, foreign, kept: orphans, left },
    text: (terminal) =>
      [
        head,
        done ? 'Done.\n' : acts.length === 0 ? 'Nothing to do.\n' : actsText(terminal, acts),
        foreignText(terminal, foreign),
        orphansText(terminal, orphans),
        leftText(terminal, left),
      ].join(''),
  };
}
