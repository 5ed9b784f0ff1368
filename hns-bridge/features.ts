import type { HnsVersion } from './documents.ts';

/** What not every HNS can do, and the plugins ask about. */
export type HnsFeature = 'dsr' | 'dualStack';

type Version = readonly [major: number, minor: number];

/** Versions from one on; `within: 'major'`: only those of the same major number. */
interface Range {
  readonly from: Version;
  readonly within?: 'major';
}

/** Which versions have it: HNS.md, "Features by version". */
const versions: Readonly<Record<HnsFeature, readonly Range[]>> = {
  dsr: [{ from: [9, 3], within: 'major' }, { from: [10, 2] }],
  dualStack: [{ from: [11, 10] }],
};

/** Whether an HNS of that version (`GET /globals/version`) has a feature. */
export function supports({ major, minor }: HnsVersion, feature: HnsFeature): boolean {
  return versions[feature].some(({ from: [firstMajor, firstMinor], within }) => {
    if (major === firstMajor) return minor >= firstMinor;
    return within === undefined && major > firstMajor;
  });
}
