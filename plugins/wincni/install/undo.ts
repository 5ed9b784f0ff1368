import { exit, OperatorError } from '../exit.ts';
import type { Installer } from './installer.ts';
import { type Manifest, writeManifest } from './manifest.ts';
import { perform, type Told } from './perform.ts';
import { planUndo, type UndoPlan } from './plan-undo.ts';
import { looking } from './standing.ts';

/**
 * Goes back behind the step of a number, whatever was done of it. Throws OperatorError where something
 * cannot be put back, before anything is done; the operating system's error where it stopped half way.
 */
export function goBack(installer: Installer, manifest: Manifest, to: number, told: Told): Manifest {
  const { executables } = installer;
  const plan = planUndo(manifest, to, looking(executables));
  assertNothingLost(plan);
  if (manifest.begun?.to !== to) {
    writeManifest(installer, { ...manifest, begun: { what: 'rollback', to } });
  }
  perform(installer, plan.acts, told);
  const { begun: _, ...rest } = manifest;
  const after = {
    ...rest,
    steps: manifest.steps.filter(({ number }) => number < to),
    orphans: [...manifest.orphans, ...plan.orphans],
  };
  writeManifest(installer, after);
  return after;
}

/** Undoes what was begun and did not end. */
export function settle(installer: Installer, manifest: Manifest, told: Told): Manifest {
  return manifest.begun ? goBack(installer, manifest, manifest.begun.to, told) : manifest;
}

/** Throws OperatorError, with what is missing. */
export function assertNothingLost({ lost }: UndoPlan): void {
  if (lost.length === 0) return;
  throw new OperatorError(
    exit.failed,
    `nothing was changed: what stood there before is not where it was kept: ${lost.map(({ file }) => file.path).join(', ')}`,
    [
      'put the plugin that shall stand there in its place, then run this again: it is left as it is',
      ...lost.map(({ file, of }) => `${of}: ${file.size} bytes, sha256 ${file.sha256}`),
    ],
  );
}
