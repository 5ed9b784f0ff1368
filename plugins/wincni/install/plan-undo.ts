import type { Act } from './act.ts';
import type { KeptFile, Manifest, Step } from './manifest.ts';
import type { Look } from './standing.ts';

export interface UndoPlan {
  readonly acts: readonly Act[];
  /** The names that another file has taken since: not touched. */
  readonly foreign: readonly string[];
  /** What was kept for those, and stays. */
  readonly orphans: Manifest['orphans'];
  /** What cannot be put back: it is gone, or is not what was kept. */
  readonly lost: readonly { readonly of: string; readonly file: KeptFile }[];
}

/**
 * How to get back behind the step of a number, from wherever it is: the steps may have been carried out in
 * part, and gone back in part.
 */
export function planUndo(manifest: Manifest, to: number, look: Look): UndoPlan {
  const ours = new Set(manifest.steps.map(({ sha256 }) => sha256));
  const undone = manifest.steps.filter(({ number }) => number >= to);
  const plans = pathsOf(undone).map((path) => ofPath(path, keptOf(undone, path), ours, look));
  return {
    acts: plans.flatMap(({ acts }) => acts),
    foreign: plans.flatMap(({ foreign }) => foreign),
    orphans: plans.flatMap(({ orphans }) => orphans),
    lost: plans.flatMap(({ lost }) => lost),
  };
}

/** The names that steps changed, the last one first: the program goes when no plugin is a link of it. */
function pathsOf(steps: readonly Step[]): readonly string[] {
  const paths = steps.flatMap(({ places }) => places.map(({ path }) => path));
  return [...new Set(paths)].reverse();
}

/** What stood under a name before each of the steps that changed it. */
function keptOf(steps: readonly Step[], path: string): readonly (KeptFile | undefined)[] {
  return steps.flatMap(({ places }) =>
    places.filter((place) => place.path === path).map(({ before }) => before),
  );
}

function ofPath(
  path: string,
  [before, ...later]: readonly (KeptFile | undefined)[],
  ours: ReadonlySet<string>,
  look: Look,
): UndoPlan {
  const stands = look(path);
  const between = later.flatMap((kept) => (kept && look(kept.path) ? [kept] : []));
  const orphaned = (file: KeptFile) => ({ of: path, file });
  const removals = (files: readonly KeptFile[]) =>
    files
      .filter(({ sha256 }) => ours.has(sha256))
      .map(({ path }) => ({ act: 'remove', path }) as const);
  const orphans = (files: readonly KeptFile[]) =>
    files.filter(({ sha256 }) => !ours.has(sha256)).map(orphaned);
  const rest = { acts: removals(between), foreign: [], orphans: orphans(between), lost: [] };
  const kept = before && look(before.path);
  if (before && stands?.sha256 === before.sha256) {
    // It is back, or never went: what is kept has the same bytes.
    const acts = kept ? [{ act: 'remove', path: before.path } as const] : [];
    return { ...rest, acts: [...acts, ...rest.acts] };
  }
  if (stands && !ours.has(stands.sha256)) {
    const files = kept && before ? [before, ...between] : between;
    return { ...rest, acts: removals(files), foreign: [path], orphans: orphans(files) };
  }
  if (!before) {
    return { ...rest, acts: [...(stands ? [{ act: 'remove', path } as const] : []), ...rest.acts] };
  }
  if (kept?.sha256 !== before.sha256) return { ...rest, lost: [orphaned(before)] };
  return { ...rest, acts: [{ act: 'restore', from: before.path, to: path }, ...rest.acts] };
}
