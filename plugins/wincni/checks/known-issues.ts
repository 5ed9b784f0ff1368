import type { modes } from '../../attach/modes.ts';

/** A fault of some builds of Windows, and on which nodes it is felt. */
export interface KnownIssue {
  readonly level: 'fail' | 'warn';
  /** Updates are cumulative: the number behind the build says what is in it, lists of hotfixes do not. */
  readonly builds: BuildRange;
  /** Nodes of this mode; any, if not said. */
  readonly mode?: keyof typeof modes;
  /** Nodes whose kube-proxy has direct server return on. */
  readonly dsr?: true;
  /** Nodes with IPv6 subnets. */
  readonly ipv6?: true;
  /** What is wrong there: the end of a sentence about this build. */
  readonly what: string;
  readonly remedy: readonly string[];
  /** Where it is told. */
  readonly source: string;
}

/** From a build and its update on, below one. */
export interface BuildRange {
  readonly from: Build;
  readonly below?: Build;
}

export type Build = readonly [build: number, update: number];

const update = ['install the latest cumulative update, and', 'Restart-Computer'];

/** The table, last compared with its sources on 2026-11-28. A new line is a new issue. */
export const knownIssues: readonly KnownIssue[] = [
  {
    level: 'fail',
    builds: { from: [17763, 0], below: [17763, 379] },
    mode: 'overlay',
    what: 'overlay networks need KB4489899 (17763.379)',
    remedy: update,
    source: 'kubernetes.io, Windows networking: overlay needs KB4489899 on Windows Server 2019',
  },
  {
    level: 'fail',
    builds: { from: [17763, 0], below: [17763, 1432] },
    dsr: true,
    what: 'direct server return needs KB4571748 (17763.1432)',
    remedy: [...update, 'until then start kube-proxy with', '--enable-dsr=false'],
    source: 'microsoft/Windows-Containers#19, containernetworking/plugins#613',
  },
  {
    level: 'warn',
    builds: { from: [20348, 261], below: [20349, 0] },
    mode: 'bridge',
    dsr: true,
    what: 'L2Bridge networks with direct server return may lose packets between pods from KB5005619 (20348.261) on',
    remedy: [
      'if pods do not reach pods, start kube-proxy with',
      '--enable-dsr=false',
      'and see microsoft/Windows-Containers#204',
    ],
    source: 'kubernetes/website#31759, microsoft/Windows-Containers#204',
  },
  {
    level: 'warn',
    builds: { from: [0, 0], below: [19041, 610] },
    ipv6: true,
    what: 'IPv6 in pods needs Windows 19041.610',
    remedy: ['take the IPv6 ranges out, or install', 'Windows Server 2022 or later'],
    source: 'kubernetes.io, Windows networking: IPv6 needs 10.0.19041.610',
  },
];

/** Whether a build is in a range. */
export function isIn({ below, from }: BuildRange, build: Build): boolean {
  return !isBefore(build, from) && (below === undefined || isBefore(build, below));
}

function isBefore([build, update]: Build, [otherBuild, otherUpdate]: Build): boolean {
  return build === otherBuild ? update < otherUpdate : build < otherBuild;
}
