import { type Cidr, holds, parseAddress, parseCidr } from '../../../../cni/address.ts';
import { isJsonObject } from '../../../../cni/json-object.ts';
import type { FileFact } from '../../facts/facts.ts';
import { type CheckedNode, check, type Finding } from '../check.ts';
import { bare, drained, restarted } from '../commands.ts';
import { touch } from '../reading/cluster.ts';
import { delegatesInEffect, podSubnets, usesFlannel } from '../reading/flanneld.ts';

/** What an earlier subnet of this node left, and start scripts and IPAM still go by. */
export const flannelLeftovers = check({
  id: 'flannel.leftovers',
  about: 'SourceVip.json, SourceVipRequest.json and leases of another subnet',
  levels: ['fail'],
  needs: ['looks'],
  applies: (node) => usesFlannel(node) && podSubnets(node).length > 0,
  find(node) {
    const subnets = podSubnets(node);
    return [...sourceVips(node, subnets), ...leases(node, subnets)];
  },
});

function sourceVips({ facts }: CheckedNode, subnets: readonly Cidr[]): readonly Finding<'fail'>[] {
  const stale = (facts.sourceVip ?? []).flatMap((file) => {
    const found = blocksOf(file);
    const others = found.filter((block) => !subnets.some((subnet) => touch(subnet, block.cidr)));
    // One that fits is the node's.
    return found.length > 0 && others.length === found.length
      ? [{ path: file.path, text: others[0]?.text ?? '' }]
      : [];
  });
  return stale.map(({ path, text }) => ({
    level: 'fail',
    what: `${path} says ${text}, which is not of this node's subnet: kube-proxy gets a source address that nobody routes to`,
    // Services have the old address until kube-proxy is started with another.
    remedy: drained(facts, [
      `Remove-Item -LiteralPath ${bare(path)}`,
      restarted(facts, 'kube-proxy'),
    ]),
  }));
}

interface Block {
  readonly text: string;
  readonly cidr: Cidr;
}

/** The subnet that a request is for, or the address that was answered: `ip4.ip`, `ips[].address`, `ipam.subnet`. */
function blocksOf({ text }: FileFact): readonly Block[] {
  let document: unknown;
  try {
    document = JSON.parse((text ?? '').replace(/^\uFEFF/, ''));
  } catch {
    return [];
  }
  return textsUnder(document).flatMap((found) => {
    const cidr = parseCidr(found);
    return cidr && cidr.prefixLength > 0 ? [{ text: found, cidr }] : [];
  });
}

/** The texts under keys that say a node's own subnet or address; a route's destination is not one. */
function textsUnder(value: unknown, key = ''): readonly string[] {
  if (typeof value === 'string') return /^(?:ip|address|subnet)$/i.test(key) ? [value] : [];
  if (Array.isArray(value)) return value.flatMap((entry: unknown) => textsUnder(entry, key));
  if (!isJsonObject(value)) return [];
  return Object.entries(value).flatMap(([name, entry]) => textsUnder(entry, name));
}

function leases(node: CheckedNode, subnets: readonly Cidr[]): readonly Finding<'fail'>[] {
  const { facts } = node;
  const networks = delegatesInEffect(node).map(({ call }) => call?.network.toLowerCase());
  const found = (facts.looks.at(-1)?.leases ?? []).filter(({ address, network }) => {
    const value = parseAddress(address);
    const isOurs = networks.includes(network.toLowerCase());
    return isOurs && value && !subnets.some((subnet) => holds(subnet, value));
  });
  const folders = new Map(found.map((lease) => [lease.network, lease]));
  return [...folders.keys()].map((network) => {
    const there = found.filter((lease) => lease.network === network);
    const [first] = there;
    const more = there.length > 1 ? ` and ${there.length - 1} more` : '';
    return {
      level: 'fail',
      what: `leases of ${network} are of another subnet than this node's: ${first?.address}${more}`,
      // A pod that still has such an address loses it.
      remedy: drained(facts, [
        ...there.flatMap(({ file }) =>
          file === undefined ? [] : [`Remove-Item -LiteralPath ${bare(file)}`],
        ),
        restarted(facts, 'kube-proxy'),
      ]),
    };
  });
}
