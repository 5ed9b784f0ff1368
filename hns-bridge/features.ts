import type { HnsVersion } from './documents.ts';

/** What not every HNS can do. */
export type HnsFeature =
  | 'aclRanges'
  | 'v2'
  | 'remoteSubnet'
  | 'hostRoute'
  | 'dsr'
  | 'slash32'
  | 'vxlanPort'
  | 'aclProtocol252'
  | 'dualStack'
  | 'sessionAffinity'
  | 'setPolicy'
  | 'l4Proxy'
  | 'l4WfpProxy'
  | 'tierAcl'
  | 'networkAcl'
  | 'disableHostPort';

type Version = readonly [major: number, minor: number];

/** Versions from one on; `within: 'major'`: only those of the same major number. */
interface Range {
  readonly from: Version;
  readonly within?: 'major';
}

const from = (major: number, minor: number): Range => ({ from: [major, minor] });
const within = (major: number, minor: number): Range => ({
  ...from(major, minor),
  within: 'major',
});

/** Which versions have it (hcsshim: hcn/hcnglobals.go; HNS facts, "Features by version"). */
const versions: Readonly<Record<HnsFeature, readonly Range[]>> = {
  aclRanges: [from(7, 2)],
  v2: [from(9, 2)],
  remoteSubnet: [from(9, 2)],
  hostRoute: [from(9, 2)],
  dsr: [within(9, 3), from(10, 2)],
  slash32: [within(9, 3), from(10, 4)],
  vxlanPort: [from(10, 3)],
  aclProtocol252: [from(11, 0)],
  dualStack: [from(11, 10)],
  sessionAffinity: [from(12, 0)],
  setPolicy: [from(13, 0)],
  l4Proxy: [within(9, 5), within(10, 5), within(11, 11), within(12, 1), from(13, 1)],
  l4WfpProxy: [from(13, 2)],
  tierAcl: [from(14, 0)],
  networkAcl: [from(15, 0)],
  disableHostPort: [from(15, 1)],
};

/** Whether an HNS of that version (`GET /globals/version`) has a feature. */
export function supports({ major, minor }: HnsVersion, feature: HnsFeature): boolean {
  return versions[feature].some(({ from: [firstMajor, firstMinor], within }) => {
    if (major === firstMajor) return minor >= firstMinor;
    return within === undefined && major > firstMajor;
  });
}
