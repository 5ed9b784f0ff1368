import { canonicalAddress, holds, parseAddress } from '../../../cni/address.ts';
import { supports } from '../../../hns-bridge/features.ts';
import { documentsField, textField } from '../../../hns-bridge/json-document.ts';
import type { Facts } from '../facts/facts.ts';
import { type CheckedNode, check, type Finding } from './check.ts';
import { listed, quoted, restarted } from './commands.ts';
import { hnsVersion } from './hns-service.ts';
import {
  configuredNetworks,
  isOnType,
  isSameName,
  networksInUse,
  subnetTexts,
} from './reading/hns-networks.ts';
import { type KubeProxySettings, readKubeProxy } from './reading/kube-proxy.ts';
import { startedAs } from './reading/started.ts';

/** What every check here needs, and when it says nothing. */
const ofKubeProxy = {
  needs: ['services', 'processes'],
  applies: ({ facts }: CheckedNode) => readKubeProxy(facts).kind !== 'absent',
  unknown({ facts }: CheckedNode) {
    const proxy = readKubeProxy(facts);
    return proxy.kind === 'unknown' ? proxy.why : undefined;
  },
} as const;

function settingsOf({ facts }: CheckedNode): KubeProxySettings | undefined {
  const proxy = readKubeProxy(facts);
  return proxy.kind === 'known' ? proxy : undefined;
}

const hostname = check({
  id: 'proxy.hostname',
  about: "kube-proxy's --hostname-override: the node's name in Kubernetes, as kubelet has it",
  levels: ['warn'],
  ...ofKubeProxy,
  find(node) {
    const { facts } = node;
    const own = settingsOf(node)?.hostname;
    const kubelet = startedAs(facts, 'kubelet');
    const kubelets = kubelet.kind === 'known' ? kubelet.flags.get('hostname-override') : undefined;
    const name = kubelets ?? facts.environment?.['NODE_NAME'] ?? facts.hostname.toLowerCase();
    const remedy = [`--hostname-override=${name}`, restarted(facts, 'kube-proxy')];
    if (own === undefined) {
      const what =
        'kube-proxy has no --hostname-override: it may not find its own node and its pods';
      return [{ level: 'warn', what, remedy }];
    }
    if (kubelets === undefined || own === kubelets) return [];
    const what = `kube-proxy calls the node ${own}, and kubelet calls it ${kubelets}`;
    return [{ level: 'warn', what, remedy }];
  },
});

const network = check({
  id: 'proxy.network',
  about: "kube-proxy's network (--network-name, KUBE_NETWORK), against the one that pods are on",
  levels: ['fail'],
  needs: [...ofKubeProxy.needs, 'environment'],
  applies: (node) =>
    ofKubeProxy.applies(node) && configuredNetworks(node.configurations).length > 0,
  unknown: (node) =>
    ofKubeProxy.unknown(node) ??
    (settingsOf(node)?.network === undefined
      ? 'kube-proxy has no --network-name, and the machine no KUBE_NETWORK: it may have one of its own'
      : undefined),
  find(node) {
    const settings = settingsOf(node);
    const names = configuredNetworks(node.configurations).map(({ name }) => name);
    const [first = ''] = names;
    const { network: own, networkFrom } = settings ?? {};
    if (own === undefined || names.some((name) => isSameName(name, own))) return [];
    const what = `kube-proxy's network is ${own} (${networkFrom}), and pods are on ${listed(names)}`;
    return [
      {
        level: 'fail',
        what,
        remedy: [`--network-name=${first}`, restarted(node.facts, 'kube-proxy')],
      },
    ];
  },
});

const sourceVip = check({
  id: 'proxy.source-vip',
  about:
    "kube-proxy's --source-vip on an overlay: in the node's subnet, and leased under the network's name",
  levels: ['fail'],
  needs: [...ofKubeProxy.needs, 'looks.0'],
  applies: (node) =>
    ofKubeProxy.applies(node) && isOnType(node.facts, node.configurations, 'overlay'),
  unknown: (node) =>
    ofKubeProxy.unknown(node) ??
    (overlaysOf(node).some(({ subnets }) => subnets.length > 0)
      ? undefined
      : "the overlay's subnet is not known"),
  find(node) {
    const overlays = overlaysOf(node);
    const { network: proxys = '' } = settingsOf(node) ?? {};
    const overlay = overlays.find((one) => isSameName(one.name, proxys)) ?? overlays[0];
    if (!overlay) return [];
    const { name, subnets } = overlay;
    const written = settingsOf(node)?.sourceVip;
    const address = parseAddress(written ?? '');
    if (!address) {
      const said = written === undefined ? 'no --source-vip' : `--source-vip=${written}`;
      const what = `kube-proxy has ${said}: on an overlay it needs an address of the node's subnet`;
      return [{ level: 'fail', what, remedy: reserved(node.facts, name) }];
    }
    if (!subnets.some(({ cidr }) => holds(cidr, address))) {
      const what = `kube-proxy's source VIP ${written} is not in ${listed(subnetTexts(overlay))}, the subnet of network ${name}`;
      return [{ level: 'fail', what, remedy: reserved(node.facts, name) }];
    }
    const leases = node.facts.looks.at(-1)?.leases ?? [];
    const held = leases.filter(
      (lease) => canonicalAddress(lease.address) === canonicalAddress(written ?? ''),
    );
    if (held.some((lease) => isSameName(lease.network, name))) return [];
    const elsewhere = held.map((lease) => lease.network);
    const where = elsewhere.length > 0 ? `, but under ${listed(elsewhere)}` : '';
    const what = `kube-proxy's source VIP ${written} is not leased under ${name}${where}: a pod may be given it`;
    return [{ level: 'fail', what, remedy: reserved(node.facts, name) }];
  },
});

function overlaysOf({ configurations, facts }: CheckedNode) {
  return networksInUse(facts, configurations).filter(({ type }) => isSameName(type, 'Overlay'));
}

/** The address is reserved by the start script's own request to host-local, which names the network. */
function reserved({ sourceVip: files = [] }: Facts, name: string): readonly string[] {
  const answer = files.find(
    ({ path, text }) => text !== undefined && /sourcevip\.json$/i.test(path),
  );
  return [
    'reserve one again: in SourceVipRequest.json',
    `"name": ${JSON.stringify(name)}`,
    ...(answer ? [`Remove-Item -LiteralPath ${quoted(answer.path)}`] : []),
    'and start kube-proxy by its script',
  ];
}

const dsr = check({
  id: 'proxy.dsr',
  about: "kube-proxy's --enable-dsr, against its feature gate and HNS's version",
  levels: ['fail'],
  needs: [...ofKubeProxy.needs, 'hns.ways'],
  applies: ofKubeProxy.applies,
  unknown(node) {
    const why = ofKubeProxy.unknown(node);
    if (why !== undefined || settingsOf(node)?.dsr === false) return why;
    return hnsVersion(node.facts) ? undefined : "HNS's version is not known";
  },
  find(node) {
    const settings = settingsOf(node);
    const hns = hnsVersion(node.facts);
    if (!settings?.dsr) return [];
    const findings: Finding<'fail'>[] = [];
    if (hns && !supports(hns, 'dsr')) {
      findings.push({
        level: 'fail',
        what: `kube-proxy has --enable-dsr, and HNS ${hns.major}.${hns.minor} has no direct server return`,
        remedy: ['--enable-dsr=false', restarted(node.facts, 'kube-proxy')],
      });
    }
    if (settings.gates.get('WinDSR') === false) {
      findings.push({
        level: 'fail',
        what: 'kube-proxy has --enable-dsr and WinDSR=false: it does not start so',
        remedy: ['--feature-gates=WinDSR=true', restarted(node.facts, 'kube-proxy')],
      });
    }
    return findings;
  },
});

/** From so many services on, the ports that load balancers take without direct server return run out. */
const manyServices = 100;

const backends = check({
  id: 'proxy.backends',
  about: 'the number of load balancers that take ports, since direct server return is off',
  levels: ['warn'],
  needs: [...ofKubeProxy.needs, 'hns.v1.policyLists'],
  applies: ofKubeProxy.applies,
  unknown: (node) => (loadBalancers(node) > manyServices ? ofKubeProxy.unknown(node) : undefined),
  find(node) {
    const count = loadBalancers(node);
    if (count <= manyServices || settingsOf(node)?.dsr !== false) return [];
    const what = `${count} load balancers take ports of the node, since direct server return is off: they run out`;
    return [
      {
        level: 'warn',
        what,
        remedy: [
          '--enable-dsr=true --feature-gates=WinDSR=true',
          restarted(node.facts, 'kube-proxy'),
        ],
      },
    ];
  },
});

/** The load balancers of services: lists with a policy of type ELB. */
function loadBalancers({ facts }: CheckedNode): number {
  return (facts.hns?.v1?.policyLists ?? []).filter((list) =>
    documentsField(list, 'Policies').some((policy) => textField(policy, 'Type') === 'ELB'),
  ).length;
}

/** kube-proxy, by its command line. */
export const proxyChecks = [hostname, network, sourceVip, dsr, backends] as const;
