import { pluginNames } from '../../registry.ts';
import { confirm } from '../confirm.ts';
import { exit, OperatorError } from '../exit.ts';
import type { FileFact } from '../facts/facts.ts';
import type { Operator } from '../operator.ts';
import { progressOf } from '../progress.ts';
import type { Report } from '../report.ts';
import { typed } from '../typed.ts';
import type { Act } from './act.ts';
import { checked } from './checked.ts';
import { runtimeFolders } from './folders.ts';
import { carryOut, installPlan } from './install.ts';
import { ended, headOf, report } from './install-report.ts';
import { type Installer, installerOf } from './installer.ts';
import { leftovers, removeLeftovers } from './leftovers.ts';
import { locked } from './lock.ts';
import { type Manifest, readManifest } from './manifest.ts';
import { namesIn, namesUsed, usualNames } from './names.ts';
import type { Told } from './perform.ts';
import type { Wanted } from './plan-install.ts';
import { planUndo } from './plan-undo.ts';
import { looking } from './standing.ts';
import { actsText, progressText } from './text.ts';
import { assertNothingLost, settle } from './undo.ts';
import { isOlder } from './versions.ts';

export interface InstallOptions {
  readonly binDir?: string | undefined;
  readonly confDir?: string | undefined;
  readonly programDir?: string | undefined;
  readonly names?: string | undefined;
  readonly copy?: boolean | undefined;
  readonly dryRun?: boolean | undefined;
  readonly yes?: boolean | undefined;
}

/** `install` and `upgrade`: this very executable, under the names of plugins. */
export function runInstall(
  operator: Operator,
  options: InstallOptions,
  command: 'install' | 'upgrade',
): Report {
  if (operator.program.caches() === undefined) {
    throw new OperatorError(exit.usage, 'this is Node with the sources: there is no executable', [
      'npm run build',
    ]);
  }
  const installer = installerOf(operator, options.programDir);
  const manifest = readManifest(installer);
  const wanted = wantedOf(operator, installer, manifest, options);
  const notes = notesOn(operator, manifest, command);
  const planned = plannedActs(installer, manifest, wanted);
  const isDone = planned.length === 0 && leftovers(installer, manifest).length === 0;
  if (options.dryRun || isDone) {
    return report(wanted, { acts: planned, checks: [], done: false, kept: [], left: [], notes });
  }
  confirm(operator, {
    command: typed(command, options),
    yes: options.yes,
    text: [headOf(wanted), actsText(operator.terminal, planned), ...notes.map(ended)].join(''),
  });
  const progress = progressOf(operator);
  const tell: Told = (act, copied) => progress.say(progressText(act, copied));
  const changed = () =>
    locked(installer, () => {
      const settled = settle(installer, readManifest(installer), tell);
      const plan = installPlan(installer, settled, wanted);
      const after = carryOut(installer, settled, plan, tell);
      const kept = (plan.step?.places ?? []).flatMap(({ before, path }) =>
        before ? [{ of: path, file: before }] : [],
      );
      const left = removeLeftovers(installer, after);
      return { acts: [...plan.prepare, ...plan.place], done: true, kept, left, notes };
    });
  let done: ReturnType<typeof changed>;
  try {
    done = changed();
  } finally {
    progress.end();
  }
  const folders = { binDir: wanted.bin, confDir: options.confDir };
  return report(wanted, { ...done, checks: checked(operator, installer.layout, folders) });
}

/** What is installed where. Throws OperatorError for names and folders that are none. */
function wantedOf(
  operator: Operator,
  installer: Installer,
  manifest: Manifest,
  options: InstallOptions,
): Omit<Wanted, 'sha256' | 'size'> {
  const { program, version } = operator;
  const { bin, configurations } = runtimeFolders(operator, installer.layout, manifest, options);
  const names =
    options.names === undefined
      ? usedNames(installer, manifest, bin, configurations)
      : namesIn(options.names);
  return { version, source: program.file, bin, names, copies: options.copy === true };
}

/** Those that configurations ask for, and those that are ours already; the usual ones, if there is none. */
function usedNames(
  { layout }: Installer,
  { steps }: Manifest,
  bin: string,
  configurations: readonly FileFact[],
): readonly string[] {
  const ours = steps.flatMap(({ places }) => places.map(({ path }) => path));
  const used = namesUsed(configurations);
  const names = pluginNames.filter(
    (name) => used.includes(name) || ours.includes(layout.plugin(bin, name)),
  );
  return names.length > 0 ? names : usualNames;
}

/** What would be done now: of what was interrupted, what undoes it, for the rest is seen afterwards. */
function plannedActs(
  installer: Installer,
  manifest: Manifest,
  wanted: Omit<Wanted, 'sha256' | 'size'>,
): readonly Act[] {
  if (manifest.begun) {
    const plan = planUndo(manifest, manifest.begun.to, looking(installer.executables));
    assertNothingLost(plan);
    return plan.acts;
  }
  const { place, prepare } = installPlan(installer, manifest, wanted);
  return [...prepare, ...place];
}

/** What a person should know first. Throws OperatorError for an upgrade to something older. */
function notesOn(
  { program, version }: Operator,
  { begun, steps }: Manifest,
  command: 'install' | 'upgrade',
): readonly string[] {
  const last = steps.at(-1);
  if (command === 'upgrade') {
    if (!last) {
      throw new OperatorError(exit.failed, 'nothing is installed that could be upgraded', [
        'wincni install',
      ]);
    }
    if (isOlder(version, last.version)) {
      throw new OperatorError(
        exit.failed,
        `${program.file} is ${version}, older than the ${last.version} that is installed`,
        [
          'to go back to what was there before:',
          'wincni rollback',
          'or to have this one all the same:',
          'wincni install',
        ],
      );
    }
  }
  return [
    ...(begun
      ? [`A run that did not end (${begun.what}) is undone first; the rest is planned then.`]
      : []),
    ...(last && isOlder(version, last.version)
      ? [`This is older than the ${last.version} that is installed.`]
      : []),
  ];
}
