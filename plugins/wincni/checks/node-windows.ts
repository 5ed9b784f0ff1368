import { type CheckedNode, check, type Finding } from './check.ts';
import { drained } from './commands.ts';
import { isIn, type KnownIssue, knownIssues } from './known-issues.ts';
import { configuredNetworks, isOnType, networksInUse } from './reading/hns-networks.ts';
import { readKubeProxy } from './reading/kube-proxy.ts';

/** The first Windows with HCN, HNS's second API. */
const oldest = 17763;

const build = check({
  id: 'node.build',
  about: 'the build of Windows, and whether it is a server',
  levels: ['fail', 'warn'],
  needs: ['windows'],
  find({ facts: { windows } }) {
    if (!windows) return [];
    const findings: Finding<'fail' | 'warn'>[] = [];
    if (windows.build < oldest) {
      findings.push({
        level: 'fail',
        what: `this is ${windows.name}, build ${windows.build}; the plugins need ${oldest} or later`,
        remedy: ['install Windows Server 2019 or later'],
      });
    }
    if (/client/i.test(windows.installation)) {
      findings.push({
        level: 'warn',
        what: `this is ${windows.name}, a client edition: Kubernetes supports Windows Server alone`,
        remedy: ['use Windows Server for nodes that matter'],
      });
    }
    return findings;
  },
});

const knownIssue = check({
  id: 'node.known-issue',
  about: 'the update of Windows against known faults',
  levels: ['fail', 'warn'],
  needs: ['windows'],
  unknown(node) {
    const open = issuesOf(node).find(({ felt }) => felt === 'unknown');
    const proxy = readKubeProxy(node.facts);
    if (!open || issuesOf(node).some(({ felt }) => felt === 'yes')) return undefined;
    const why = proxy.kind === 'unknown' ? proxy.why : 'nothing is known of kube-proxy';
    return `${open.issue.what}, and whether it is on is not known: ${why}`;
  },
  find: (node) =>
    issuesOf(node).flatMap(({ felt, issue: { level, remedy, what } }) => {
      const { build: number = 0, ubr = 0 } = node.facts.windows ?? {};
      if (felt !== 'yes') return [];
      const words = `${what}; this is ${number}.${ubr}`;
      return [{ level, what: words, remedy: remedy.flatMap((line) => emptied(node, line)) }];
    }),
});

/** No pod survives a start of the machine. */
function emptied({ facts }: CheckedNode, line: string): readonly string[] {
  return line === 'Restart-Computer' ? drained(facts, [line]) : [line];
}

type Felt = 'yes' | 'no' | 'unknown';

/** The known issues of a node's build, and whether the node feels them. */
function issuesOf(
  node: CheckedNode,
): readonly { readonly issue: KnownIssue; readonly felt: Felt }[] {
  const { windows } = node.facts;
  if (!windows) return [];
  return knownIssues
    .filter(({ builds }) => isIn(builds, [windows.build, windows.ubr]))
    .map((issue) => ({ issue, felt: feltBy(node, issue) }));
}

function feltBy({ configurations, facts }: CheckedNode, issue: KnownIssue): Felt {
  if (issue.mode && !isOnType(facts, configurations, issue.mode)) return 'no';
  if (issue.ipv6 && !hasIpv6({ configurations, facts })) return 'no';
  if (!issue.dsr) return 'yes';
  const proxy = readKubeProxy(facts);
  if (proxy.kind === 'known') return proxy.dsr ? 'yes' : 'no';
  const isKnownAbsent = proxy.kind === 'absent' && facts.processes && facts.services;
  return isKnownAbsent ? 'no' : 'unknown';
}

/** Whether pods are given IPv6 addresses: by a configuration's ranges, or from a network's subnets. */
function hasIpv6({
  configurations,
  facts,
}: Pick<CheckedNode, 'configurations' | 'facts'>): boolean {
  const ranges = configuredNetworks(configurations).flatMap((network) => network.ranges ?? []);
  const subnets = networksInUse(facts, configurations).flatMap((network) => network.subnets);
  return [...ranges, ...subnets.map(({ cidr }) => cidr)].some(({ family }) => family === 6);
}

const feature = check({
  id: 'node.feature',
  about: 'the feature Containers, and the service hns that comes with it',
  levels: ['fail'],
  needs: ['services'],
  find({ facts: { features = {}, services = [] } }) {
    const state = features['Containers'];
    const isOn = state === undefined || /^(?:enabled|installed)$/i.test(state);
    const hasHns = services.some(({ name }) => name.toLowerCase() === 'hns');
    if (isOn && hasHns) return [];
    const what = isOn
      ? 'there is no service hns: the feature Containers is missing'
      : `the feature Containers is ${state?.toLowerCase()}`;
    return [
      {
        level: 'fail',
        what,
        remedy: ['Install-WindowsFeature -Name Containers', 'Restart-Computer'],
      },
    ];
  },
});

const powershell = check({
  id: 'node.powershell',
  about: 'whether PowerShell can be used, where HNS is reached by it',
  levels: ['fail'],
  needs: ['hns.ways'],
  applies: ({ facts }) =>
    (facts.hns?.ways ?? []).some(({ configured, way }) => configured && way === 'powershell'),
  unknown({ facts: { missing, powershell: found } }) {
    const lack = missing.find(({ fact }) => fact === 'powershell');
    if (found || lack?.reason === 'absent') return undefined;
    if (lack?.reason === 'administrator') return 'needs administrator';
    return lack?.what ?? 'nothing is known of powershell';
  },
  find({ facts: { powershell: found } }) {
    const remedy = [
      'reach HNS without it: in the configuration',
      '"hns": "native"',
      'or let the machine allow it (WDAC, AppLocker)',
    ];
    if (!found) return [{ level: 'fail', what: 'there is no powershell.exe', remedy }];
    if (found.languageMode === 'FullLanguage') return [];
    const what = `PowerShell is in ${found.languageMode}: it can call neither HNS's libraries nor COM`;
    return [{ level: 'fail', what, remedy }];
  },
});

/** Windows itself. */
export const windowsChecks = [build, knownIssue, feature, powershell] as const;
