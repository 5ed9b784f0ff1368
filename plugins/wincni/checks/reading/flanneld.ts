import { type Cidr, parseCidr } from '../../../../cni/address.ts';
import type { Mode } from '../../../attach/modes.ts';
import type { SubnetEnv } from '../../../flannel/subnet-env.ts';
import type { CheckedNode } from '../check.ts';
import { attachingInEffect, type ConfiguredPlugin, pluginsInEffect } from './configurations.ts';
import { networkNamed } from './hns-networks.ts';

/** Whether pods of the node get their network from flannel, by a configuration in effect. */
export function usesFlannel({ configurations }: Pick<CheckedNode, 'configurations'>): boolean {
  return pluginsInEffect(configurations).some(({ plugin }) => plugin === 'flannel');
}

/** The plugins that flannel hands on to, in the configurations in effect. */
export function delegatesInEffect({
  configurations,
}: Pick<CheckedNode, 'configurations'>): readonly (ConfiguredPlugin & { readonly mode: Mode })[] {
  return attachingInEffect(configurations).filter(({ at }) => at.endsWith('delegate'));
}

/** Whether a mode's pods are on networks of a type. */
export function isOfType({ networkTypes }: Mode, type: string): boolean {
  return networkTypes.includes(type);
}

/** What subnet.env says, where it says all. */
export function subnetEnvOf({
  configurations,
}: Pick<CheckedNode, 'configurations'>): SubnetEnv | undefined {
  const { subnetEnv } = configurations;
  return subnetEnv?.kind === 'complete' ? subnetEnv.env : undefined;
}

/** This node's share of the pods' networks: what subnet.env says, and the subnets of the delegates' networks in HNS. */
export function podSubnets(node: CheckedNode): readonly Cidr[] {
  const said = subnetEnvOf(node)?.subnets ?? [];
  const networks = delegatesInEffect(node).flatMap(
    ({ call }) => networkNamed(node.facts, call?.network)?.subnets ?? [],
  );
  return [...said.flatMap((text) => parseCidr(text) ?? []), ...networks.map(({ cidr }) => cidr)];
}
