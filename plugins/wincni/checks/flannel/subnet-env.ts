import { type Cidr, formatCidr, parseAddress, parseCidr } from '../../../../cni/address.ts';
import type { SubnetEnv } from '../../../flannel/subnet-env.ts';
import type { Facts } from '../../facts/facts.ts';
import { type CheckedNode, check, type Finding } from '../check.ts';
import { restarted } from '../commands.ts';
import { within } from '../reading/cluster.ts';
import { delegatesInEffect, isOfType, usesFlannel } from '../reading/flanneld.ts';
import { networkNamed } from '../reading/hns-networks.ts';
import { shown } from '../reading/remedies.ts';

/** What flanneld says of this node, and whether HNS agrees. */
export const flannelSubnetEnv = check({
  id: 'flannel.subnet-env',
  about: "subnet.env: there, complete, in the pods' network, HNS's own, its MTU",
  levels: ['fail', 'warn'],
  needs: ['subnetEnv'],
  applies: usesFlannel,
  find(node) {
    const { configurations, facts } = node;
    const path = facts.subnetEnv?.path ?? '';
    const restart = restarted(facts, 'flanneld');
    const fail = (what: string): Finding<'fail'> => ({ level: 'fail', what, remedy: [restart] });
    const reading = configurations.subnetEnv;
    if (!reading) {
      const error = facts.subnetEnv?.error ?? 'ENOENT';
      return [
        fail(
          error === 'ENOENT'
            ? `there is no ${path}: flanneld has no subnet for this node`
            : `${path} cannot be read: ${shown(error)}`,
        ),
      ];
    }
    if (reading.kind === 'incomplete') {
      return [fail(`${path} is missing ${reading.missing.join(', ')}`)];
    }
    if (reading.kind === 'invalid') return [fail(shown(`${path}: ${reading.problem}`, 300))];
    return [
      ...outside(reading.env).map((subnet) =>
        fail(`${path}: subnet ${subnet} is not in ${reading.env.exceptions.join(', ')}`),
      ),
      ...otherThanHns(node, reading.env).map((words) => fail(`${path} says ${words}`)),
      ...largeMtu(node, reading.env, path, restart),
    ];
  },
});

const cidrsOf = (texts: readonly string[]): readonly Cidr[] =>
  texts.flatMap((text) => parseCidr(text) ?? []);

function outside({ exceptions, subnets }: SubnetEnv): readonly string[] {
  const networks = cidrsOf(exceptions);
  return cidrsOf(subnets)
    .filter((subnet) => !networks.some((network) => within(network, subnet)))
    .map(formatCidr);
}

function otherThanHns(node: CheckedNode, { subnets }: SubnetEnv): readonly string[] {
  const [subnet] = subnets;
  return delegatesInEffect(node).flatMap(({ call }) => {
    const network = networkNamed(node.facts, call?.network);
    const there = network?.subnets.map(({ cidr }) => formatCidr(cidr)) ?? [];
    if (!network || there.length === 0 || subnet === undefined || there.includes(subnet)) return [];
    return [`${subnet}, and HNS's network ${network.name} has ${there.join(', ')}`];
  });
}

/** What VXLAN adds to each packet. */
const encapsulation = 50;

function largeMtu(
  node: CheckedNode,
  { mtu }: SubnetEnv,
  path: string,
  restart: string,
): readonly Finding<'warn'>[] {
  return delegatesInEffect(node).flatMap(({ call, mode }) => {
    if (!isOfType(mode, 'Overlay')) return [];
    const link = linkMtu(node.facts, networkNamed(node.facts, call?.network)?.managementAddress);
    if (link === undefined || mtu <= link - encapsulation) return [];
    return [
      {
        level: 'warn' as const,
        what: `${path} says MTU ${mtu}, and the adapter has ${link}: with VXLAN's ${encapsulation} bytes packets are too long`,
        remedy: [restart],
      },
    ];
  });
}

function linkMtu({ adapters = [] }: Facts, management = ''): number | undefined {
  const address = parseAddress(management);
  return adapters.find(({ addresses }) =>
    cidrsOf(addresses).some(
      ({ address: value, family }) => family === address?.family && value === address.value,
    ),
  )?.mtu;
}
