import type { HnsVersion } from './model.ts';

/** What not every HNS can do. */
export type HnsFeature = 'v2' | 'dsr' | 'dualStack' | 'vxlanPort' | 'setPolicy' | 'tierAcl';

type Range = readonly [from: readonly [number, number], to: readonly [number, number]];

const upward = [Number.MAX_SAFE_INTEGER, 0] as const;

/** The versions that have each (HNS facts, "Features by version", after hcsshim's table). */
const versions: Readonly<Record<HnsFeature, readonly Range[]>> = {
  v2: [[[9, 2], upward]],
  dsr: [
    [
      [9, 3],
      [9, Number.MAX_SAFE_INTEGER],
    ],
    [[10, 2], upward],
  ],
  vxlanPort: [[[10, 3], upward]],
  dualStack: [[[11, 10], upward]],
  setPolicy: [[[13, 0], upward]],
  tierAcl: [[[14, 0], upward]],
};

/** Whether an HNS of that version (`GET /globals/version`) has a feature. */
export function supports(version: HnsVersion, feature: HnsFeature): boolean {
  return versions[feature].some(
    ([from, to]) => !isBefore(version, from) && (isBefore(version, to) || isSame(version, to)),
  );
}

function isBefore(
  { major, minor }: HnsVersion,
  [otherMajor, otherMinor]: readonly [number, number],
) {
  return major < otherMajor || (major === otherMajor && minor < otherMinor);
}

function isSame({ major, minor }: HnsVersion, [otherMajor, otherMinor]: readonly [number, number]) {
  return major === otherMajor && minor === otherMinor;
}
