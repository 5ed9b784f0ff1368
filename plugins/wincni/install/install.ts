import { dirname } from 'node:path';
import { hasCode, isSystemError } from '../../../system/errors.ts';
import { listIfThere } from '../../../system/whole-files.ts';
import { exit, OperatorError } from '../exit.ts';
import { megabytes } from './bytes.ts';
import type { Installer } from './installer.ts';
import { keptNumber } from './layout.ts';
import { removeLeftovers } from './leftovers.ts';
import { type Manifest, type Step, writeManifest } from './manifest.ts';
import { perform, type Told } from './perform.ts';
import { type InstallPlan, planInstall, type Wanted } from './plan-install.ts';
import { looking } from './standing.ts';
import { goBack } from './undo.ts';

/** Plans with what stands there now. Throws OperatorError for what is in the way and is no file. */
export function installPlan(
  installer: Installer,
  manifest: Manifest,
  wanted: Omit<Wanted, 'sha256' | 'size'>,
): InstallPlan & { readonly wanted: Wanted } {
  const { executables, host, layout } = installer;
  const look = looking(executables);
  const source = look(wanted.source);
  if (source?.kind !== 'file') {
    throw new OperatorError(exit.failed, `this program is no file: ${wanted.source}`);
  }
  const { sha256, size } = source;
  const whole = { ...wanted, sha256, size };
  const plan = planInstall(layout, whole, look, {
    at: new Date(host.clock.now()).toISOString(),
    number: nextNumber(installer, manifest, wanted),
  });
  if (plan.blocked.length > 0) {
    throw new OperatorError(
      exit.failed,
      `nothing was changed: ${plan.blocked.join(', ')} ${plan.blocked.length === 1 ? 'is' : 'are'} no plain file`,
      ['move it away, or leave its name out with --names'],
    );
  }
  return { ...plan, wanted: whole };
}

/** A number that no step has, and no file that was kept. */
function nextNumber(
  { host, layout }: Installer,
  { steps }: Manifest,
  { bin, version }: Pick<Wanted, 'bin' | 'version'>,
): number {
  const kept = [layout.program(version), layout.plugin(bin, 'flannel')]
    .flatMap((path) => listIfThere(host.files, layout.keptFor(path)))
    .map(keptNumber);
  return 1 + Math.max(0, ...kept, ...steps.map(({ number }) => number));
}

/**
 * Carries out a plan: first the new files, beside, which is without effect; then it is written down what will
 * be done; then each takes its place. What goes wrong undoes what was done. Throws OperatorError.
 */
export function carryOut(
  installer: Installer,
  manifest: Manifest,
  { bytes, place, prepare, step, wanted }: InstallPlan & { readonly wanted: Wanted },
  told: Told,
): Manifest {
  if (!step) return manifest;
  const folders = [dirname(installer.layout.program(wanted.version)), wanted.bin];
  const known = { ...manifest, folders: [...new Set([...manifest.folders, ...folders])] };
  try {
    for (const folder of known.folders) installer.host.files.makeFolder(folder);
    assertRoom(installer, bytes);
    writeManifest(installer, known);
    perform(installer, prepare, told);
    assertWhole(installer, place, wanted);
    assertAsPlanned(installer, step);
  } catch (error) {
    removeLeftovers(installer, known);
    throw failed(error, 'nothing was changed', bytes);
  }
  const begun: Manifest = {
    ...known,
    steps: [...known.steps, step],
    begun: { what: 'install', to: step.number },
  };
  try {
    writeManifest(installer, begun);
    perform(installer, place, told);
    const { begun: _, ...after } = begun;
    writeManifest(installer, after);
    return after;
  } catch (error) {
    if (!isSystemError(error)) throw error;
    throw undone(installer, begun, error, bytes);
  }
}

/** Undoes what was placed; gives what to tell. */
function undone(
  installer: Installer,
  begun: Manifest,
  error: Error,
  bytes: InstallPlan['bytes'],
): OperatorError {
  try {
    const before = goBack(installer, begun, begun.begun?.to ?? 0, () => {});
    removeLeftovers(installer, before);
    return failed(error, 'what was changed is as it was before', bytes);
  } catch (second) {
    if (!isSystemError(second)) throw second;
    return new OperatorError(
      exit.failed,
      `${error.message}; and not all could be put back: ${second.message}. Each name has its old plugin or the new one, both whole`,
      ['when the cause is mended, one of:', 'wincni rollback --yes', 'wincni install --yes'],
      { cause: error },
    );
  }
}

function failed(error: unknown, state: string, bytes: InstallPlan['bytes']): OperatorError {
  if (error instanceof OperatorError) return error;
  if (!isSystemError(error)) throw error;
  return hasCode(error, 'ENOSPC')
    ? noRoom(bytes, state)
    : new OperatorError(exit.failed, `${state}: ${error.message}`, [], { cause: error });
}

function noRoom(bytes: InstallPlan['bytes'], state: string, room?: number): OperatorError {
  const needs = [...bytes].map(([folder, count]) => `${megabytes(count)} in ${folder}`);
  const has = room === undefined ? '' : `, there is room for ${megabytes(room)}`;
  return new OperatorError(
    exit.failed,
    `${state}: no room on the disk: it needs ${needs.join(' and ') || 'a few kilobytes'}${has}`,
  );
}

/** Refuses early what would not fit; the few kilobytes beside are not counted. */
function assertRoom({ executables }: Installer, bytes: InstallPlan['bytes']): void {
  const volumes = new Map<string, { count: number; folder: string }>();
  for (const [folder, count] of bytes) {
    const volume = executables.look(folder)?.volume ?? folder;
    volumes.set(volume, { folder, count: count + (volumes.get(volume)?.count ?? 0) });
  }
  for (const { count, folder } of volumes.values()) {
    const room = executables.room(folder);
    if (room !== undefined && room < count) throw noRoom(bytes, 'nothing was changed', room);
  }
}

/** Copying takes minutes, and others install plugins, too: what they have put there would not be kept. */
function assertAsPlanned({ executables }: Installer, { places }: Step): void {
  const look = looking(executables);
  const other = places.find(({ before, path }) => look(path)?.sha256 !== before?.sha256);
  if (other) {
    throw new OperatorError(
      exit.failed,
      `nothing was changed: ${other.path} was changed meanwhile, by somebody else`,
      ['when the other has ended, look what would be done now:', 'wincni install --dry-run'],
    );
  }
}

/** The file that is installed may have been changed while it was copied. */
function assertWhole(
  { executables }: Installer,
  place: InstallPlan['place'],
  { sha256, source }: Wanted,
): void {
  const look = looking(executables);
  const torn = place.find((act) => act.act === 'place' && look(act.from)?.sha256 !== sha256);
  if (torn) {
    throw new OperatorError(
      exit.failed,
      `nothing was changed: ${source} was changed while it was copied, or the disk gives back other bytes than were written`,
    );
  }
}
