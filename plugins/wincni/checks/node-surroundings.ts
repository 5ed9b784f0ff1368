import { formatCidr, parseCidr } from '../../../cni/address.ts';
import type { Facts } from '../facts/facts.ts';
import { folderOf, isSamePath, pathKey } from '../facts/node-paths.ts';
import { type CheckedNode, check } from './check.ts';
import { drained, inSeconds, listed, quoted, restarted } from './commands.ts';
import { firewallCheck } from './node-firewall.ts';
import { clusterCidrs, serviceCidrs, within } from './reading/cluster.ts';
import { attachingInEffect } from './reading/configurations.ts';
import { readKubeProxy } from './reading/kube-proxy.ts';

/** HNS takes ports for load balancers in blocks of so many (kubernetes/website#17930). */
const blockSize = 64;
/** As few as make it worth saying. */
const fewBlocks = 10;

const ports = check({
  id: 'node.ports',
  about: 'what is left of the dynamic ports, which HNS takes in blocks of 64 for load balancers',
  levels: ['fail', 'warn'],
  needs: ['ports'],
  find({ facts }) {
    const { dynamic, excluded = [] } = facts.ports ?? {};
    if (!dynamic) return [];
    const free = freeBlocks(dynamic, excluded);
    if (free > fewBlocks) return [];
    const remedy = [...(isWide(dynamic) ? [] : widened(facts)), ...dsr(facts)];
    const range = `the dynamic range ${dynamic.start}-${dynamic.end}`;
    return free === 0
      ? [
          {
            level: 'fail',
            what: `no block of ${blockSize} ports is free in ${range} (estimate)`,
            remedy,
          },
        ]
      : [
          {
            level: 'warn',
            what: `${free} block${free === 1 ? '' : 's'} of ${blockSize} ports left in ${range} (estimate)`,
            remedy,
          },
        ];
  },
});

/** How many blocks fit between what is excluded: an estimate, since programs hold ports, too. */
export function freeBlocks(dynamic: PortRange, excluded: readonly PortRange[]): number {
  let next = dynamic.start;
  let blocks = 0;
  const sorted = [...excluded].sort((one, other) => one.start - other.start);
  for (const { end, start } of [...sorted, { start: dynamic.end + 1, end: dynamic.end + 1 }]) {
    const last = Math.min(start - 1, dynamic.end);
    if (last >= next) blocks += Math.floor((last - next + 1) / blockSize);
    next = Math.max(next, end + 1);
  }
  return blocks;
}

interface PortRange {
  readonly start: number;
  readonly end: number;
}

/** From above the ports of NodePort services (30000-32767) to the last, as Kubernetes' images have it (image-builder#750). */
function widened(facts: Facts): readonly string[] {
  const wider = 'netsh int ipv4 set dynamicport tcp start=33000 num=32536';
  return [
    'widen the range (NodePorts end at 32767)',
    ...drained(facts, [wider, 'Restart-Computer']),
  ];
}

function isWide({ end, start }: PortRange): boolean {
  return end - start + 1 >= 32_536;
}

function dsr(facts: Facts): readonly string[] {
  const proxy = readKubeProxy(facts);
  if (proxy.kind === 'known' && proxy.dsr) {
    return ['find what excludes ports', 'netsh int ipv4 show excludedportrange tcp'];
  }
  return [
    'have kube-proxy use no ports for load balancers',
    '--enable-dsr=true --feature-gates=WinDSR=true',
  ];
}

const proxyEnv = check({
  id: 'node.proxy-env',
  about: 'whether a web proxy of the machine leaves the cluster alone',
  levels: ['note'],
  needs: ['environment'],
  find(node) {
    const environment = upperCase(node.facts.environment ?? {});
    const proxy = ['HTTP_PROXY', 'HTTPS_PROXY'].find((name) => environment.has(name));
    if (proxy === undefined) return [];
    const excluded = (environment.get('NO_PROXY') ?? '').split(',').map((text) => text.trim());
    const lacking = ownCidrs(node).filter((cidr) => !excluded.some((text) => covers(text, cidr)));
    if (lacking.length === 0) return [];
    const all = [...excluded.filter((text) => text !== ''), ...lacking].join(',');
    return [
      {
        level: 'note',
        what: `${proxy} is set, and NO_PROXY lacks ${listed(lacking)}`,
        remedy: [
          `[Environment]::SetEnvironmentVariable('NO_PROXY', ${quoted(all)}, 'Machine')`,
          restarted(node.facts, 'kubelet'),
        ],
      },
    ];
  },
});

/** Windows does not mind the letter case of a variable's name. */
function upperCase(environment: Readonly<Record<string, string>>): ReadonlyMap<string, string> {
  const set = Object.entries(environment).filter(([, value]) => value !== '');
  return new Map(set.map(([name, value]) => [name.toUpperCase(), value]));
}

/** The cluster's CIDRs and the services', as far as flanneld, processes and configurations say them. */
function ownCidrs(node: CheckedNode): readonly string[] {
  const services = attachingInEffect(node.configurations).flatMap(
    ({ attach }) => serviceCidrs(node, attach)?.cidrs ?? [],
  );
  const all = [...(clusterCidrs(node)?.cidrs ?? []), ...services];
  return [...new Set(all.map(formatCidr))];
}

function covers(text: string, cidr: string): boolean {
  const [outer, inner] = [parseCidr(text), parseCidr(cidr)];
  return outer !== undefined && inner !== undefined && within(outer, inner);
}

const defender = check({
  id: 'node.defender',
  about: 'whether Defender looks at every start of the plugins',
  levels: ['note'],
  needs: ['defender'],
  find({ facts: { defender: found, folders, log, powershell } }) {
    const [bin] = folders.bin;
    if (!found?.enabled || bin === undefined) return [];
    const excluded = [...found.exclusionPaths, ...found.exclusionProcesses.map(folderOf)];
    if (excluded.some((path) => isWithin(bin, path))) return [];
    const took = log?.p50 ?? powershell?.warm;
    const measured =
      took === undefined
        ? ''
        : log?.p50 === undefined
          ? `; PowerShell starts in ${inSeconds(took)}`
          : `; half of our commands took ${inSeconds(took)} or more`;
    return [
      {
        level: 'note',
        what: `Defender looks at each start of the programs in ${bin}${measured}`,
        remedy: [`Add-MpPreference -ExclusionPath ${quoted(bin)}`],
      },
    ];
  },
});

/** Whether a folder is one, or below it. */
function isWithin(folder: string, above: string): boolean {
  return isSamePath(folder, above) || pathKey(folder).startsWith(`${pathKey(above)}\\`);
}

/** What is around the plugins: firewall, ports, web proxy, Defender. */
export const surroundingsChecks = [firewallCheck, ports, proxyEnv, defender] as const;
