import { addressOf, holds, parseAddress, parseCidr, sameAddress } from '../../../cni/address.ts';
import type { Facts } from '../facts/facts.ts';
import { readEndpoints } from '../pods/endpoints.ts';
import { type CheckedNode, check, type Finding } from './check.ts';
import { drained, quoted, restarted } from './commands.ts';
import {
  distinctNetworks,
  isOnType,
  isSameName,
  type ListedNetwork,
  networksInUse,
} from './reading/hns-networks.ts';

/** Networks that share the node's adapter: HNS takes its address over. */
function sharesAdapter({ configurations, facts }: CheckedNode): boolean {
  return (['bridge', 'overlay'] as const).some((mode) => isOnType(facts, configurations, mode));
}

const adapter = check({
  id: 'node.adapter',
  about: "the virtual adapter that L2Bridge and overlay networks put in the node's adapter's place",
  levels: ['fail'],
  needs: ['adapters'],
  applies: sharesAdapter,
  find({ facts }) {
    const { adapters = [] } = facts;
    const virtual = adapters.filter(({ name }) => /^vEthernet \(/i.test(name));
    if (virtual.some(({ name, status }) => status === 'Up' && !isInside(facts, name))) return [];
    const found = virtual.map(({ name, status }) => `${name} is ${status}`).join(', ');
    const [address] = adapters
      .filter(({ status }) => status === 'Up')
      .flatMap(({ addresses }) => addresses.filter((text) => !text.includes(':')));
    return [
      {
        level: 'fail',
        what: `no adapter vEthernet (...) is up: ${found === '' ? 'there is none' : found}`,
        remedy: [
          'name the adapter for flanneld by its flag',
          `--iface=${address?.split('/')[0] ?? "<the node's address>"}`,
          restarted(facts, 'flanneld'),
        ],
      },
    ];
  },
});

/** Whether an adapter is a network's inside the node, or the host's own endpoint: neither leads out. */
function isInside(facts: Facts, adapter: string): boolean {
  const networks = distinctNetworks(facts).filter(({ type }) =>
    /^(?:NAT|ICS|Internal)$/i.test(type),
  );
  const endpoints = readEndpoints(facts.hns?.v1?.endpoints ?? []);
  return [...networks, ...endpoints].some(({ name }) => isSameName(`vEthernet (${name})`, adapter));
}

const linkLocal = parseCidr('169.254.0.0/16');

/** From this age on a network has its address, or gets none: 5 to 30 s are usual (HNS.md, "What HNS leaves out"). */
const settled = 60_000;

const managementIp = check({
  id: 'node.management-ip',
  about: "the address that HNS has for a network's adapter, against the adapters' own",
  levels: ['fail', 'warn'],
  needs: ['adapters', 'hns.v1'],
  applies: sharesAdapter,
  unknown: (node) =>
    sharingNetworks(node).length === 0 ? 'no network of a configuration is in HNS' : undefined,
  find: (node) => sharingNetworks(node).flatMap((network) => ofNetwork(node, network)),
});

function sharingNetworks({ configurations, facts }: CheckedNode): readonly ListedNetwork[] {
  return networksInUse(facts, configurations).filter(({ type }) =>
    /^(?:L2Bridge|L2Tunnel|Overlay)$/i.test(type),
  );
}

function ofNetwork(node: CheckedNode, network: ListedNetwork): readonly Finding<'fail' | 'warn'>[] {
  const { managementAddress, name } = network;
  const address = parseAddress(managementAddress ?? '');
  if (!address) {
    if (isOld(node, name)) {
      const what = `network ${name} has no management address, and pods are on it for over a minute`;
      return [{ level: 'fail', what, remedy: recreated(node, name) }];
    }
    const what = `network ${name} has no management address: one that was just made gets it within a minute`;
    return [{ level: 'warn', what, remedy: ['wincni doctor --only node.management-ip'] }];
  }
  if (linkLocal && holds(linkLocal, address)) {
    const what = `the management address of network ${name} is ${managementAddress}: the adapter had none of its own`;
    return [{ level: 'fail', what, remedy: recreated(node, name) }];
  }
  const own = (node.facts.adapters ?? []).flatMap(({ addresses }) => addresses);
  const isThere = own.some((text) => {
    const cidr = parseCidr(text);
    return cidr !== undefined && sameAddress(addressOf(cidr), address);
  });
  if (isThere) return [];
  const what = `the management address of network ${name} is ${managementAddress}, and no adapter has it`;
  return [{ level: 'fail', what, remedy: recreated(node, name) }];
}

/** Whether a network is there for a minute: something on it is that old. */
function isOld({ facts: { looks } }: CheckedNode, network: string): boolean {
  return looks.some(({ at, leases, scratch }) => {
    const made = [
      ...leases
        .filter((lease) => isSameName(lease.network, network))
        .map(({ modified }) => modified),
      ...scratch
        .filter(({ text = '' }) => text.includes(`"name":${JSON.stringify(network)}`))
        .flatMap(({ modified }) => modified ?? []),
    ];
    return made.some((time) => at - time >= settled);
  });
}

function recreated({ facts }: CheckedNode, network: string): readonly string[] {
  const commands = [
    `Get-HnsNetwork | Where-Object Name -eq ${quoted(network)} | Remove-HnsNetwork`,
    restarted(facts, 'flanneld'),
  ];
  return ['give the adapter its address again, and', ...drained(facts, commands)];
}

const macSpoofing = check({
  id: 'node.mac-spoofing',
  about:
    'whether the node is a virtual machine, whose host must let pods send with MAC addresses of their own',
  levels: ['note'],
  needs: ['windows'],
  applies: sharesAdapter,
  unknown: ({ facts: { windows } }) =>
    windows?.model === undefined && windows?.manufacturer === undefined
      ? "the machine's model is not known"
      : undefined,
  find({ facts: { hostname, windows } }) {
    const model = [windows?.manufacturer ?? '', windows?.model ?? ''].join(' ').trim();
    const host = hosts.find(({ pattern }) => pattern.test(model));
    if (!host) return [];
    const what = `this is a virtual machine (${model}): its host must let pods send with MAC addresses of their own`;
    return [{ level: 'note', what, remedy: host.remedy(hostname) }];
  },
});

const elsewhere = () => ['allow MAC spoofing on its host'];

/** What machines call themselves (Win32_ComputerSystem), and what their hosts have for it. */
const hosts: readonly {
  readonly pattern: RegExp;
  readonly remedy: (hostname: string) => readonly string[];
}[] = [
  {
    pattern: /^Microsoft Corporation Virtual Machine/i,
    remedy: (hostname) => [
      'on its Hyper-V host, by its name there',
      `Get-VMNetworkAdapter -VMName ${quoted(hostname)} | Set-VMNetworkAdapter -MacAddressSpoofing On`,
    ],
  },
  {
    pattern: /VMware/i,
    remedy: (hostname) => [
      'with PowerCLI, by its name there',
      `Get-VirtualPortGroup -VM ${quoted(hostname)} | Get-SecurityPolicy | Set-SecurityPolicy -ForgedTransmits $true -MacChanges $true`,
    ],
  },
  { pattern: /virtual|kvm|qemu|xen|amazon ec2|google compute|openstack|bochs/i, remedy: elsewhere },
];

/** The node's adapters and their addresses. */
export const adapterChecks = [adapter, managementIp, macSpoofing] as const;
