import { formatCidr } from '../../../../cni/address.ts';
import type { JsonObject } from '../../../../cni/json-object.ts';
import { textField } from '../../../../hns-bridge/json-document.ts';
import type { Policy } from '../../../../hns-bridge/policy/policy.ts';
import type { AttachConfig } from '../../../attach/config.ts';
import { isExceptionList } from '../../../attach/exception-lists.ts';
import type { Mode } from '../../../attach/modes.ts';
import { type CheckedNode, check, type Finding } from '../check.ts';
import { routesOf, serviceCidrs, within } from '../reading/cluster.ts';
import { attachingInEffect, type ConfiguredPlugin, placeOf } from '../reading/configurations.ts';
import { networkNamed } from '../reading/hns-networks.ts';
import { edit } from '../reading/remedies.ts';
import { isFlat, policyToAdd } from '../reading/snippets.ts';
import { isMasqueraded } from './exceptions.ts';

type Attaching = ConfiguredPlugin & { readonly mode: Mode; readonly attach: AttachConfig };

/** The policies that pods need beside their exceptions. */
export const confPolicies = check({
  id: 'conf.policies',
  about: 'the route to services, the provider address, ACLs that let nothing out',
  levels: ['fail', 'warn'],
  needs: ['configurations'],
  applies: (node) => attaching(node).length > 0,
  find: (node) =>
    attaching(node).flatMap((plugin) => [
      ...serviceRoute(node, plugin),
      ...providerAddress(node, plugin),
      ...allowOut(plugin),
    ]),
});

function attaching({ configurations }: CheckedNode): readonly Attaching[] {
  return attachingInEffect(configurations).flatMap((plugin) =>
    plugin.attach ? [{ ...plugin, attach: plugin.attach }] : [],
  );
}

/** Where kube-proxy's services are reached from: a pod whose packets to them do not come to the node reaches none. */
function serviceRoute(node: CheckedNode, plugin: Attaching): readonly Finding<'warn'>[] {
  const { attach, mode } = plugin;
  const masquerades =
    attach.addExceptions || attach.policies.some(({ value }) => isExceptionList(value));
  if (!isMasqueraded(mode) || !masquerades) return [];
  const routed = routesOf(attach);
  const services = serviceCidrs(node, attach)?.cidrs ?? [];
  const lacking = services.filter(
    (cidr) => cidr.family === 4 && !routed.some((route) => within(route, cidr)),
  );
  return lacking.map((cidr) => ({
    level: 'warn',
    what: `${placeOf(plugin)} has no ROUTE to ${formatCidr(cidr)} (services): pods may not reach services`,
    remedy: edit(plugin, ...policyToAdd(plugin, routeTo(plugin, formatCidr(cidr)))),
  }));
}

function providerAddress(
  { facts }: CheckedNode,
  plugin: Attaching,
): readonly Finding<'fail' | 'warn'>[] {
  const { attach, call, mode } = plugin;
  if (!mode.networkTypes.includes('Overlay')) return [];
  const address = networkNamed(facts, call?.network)?.managementAddress;
  if (address === undefined) return [];
  const listed = attach.policies.filter(({ value }) => value.Type === 'ProviderAddress');
  const wanted = { Type: 'ProviderAddress', Settings: { ProviderAddress: address } };
  if (listed.length === 0 && !mode.providerAddress) {
    return [
      {
        level: 'warn',
        what: `${placeOf(plugin)} lists no ProviderAddress: pods reach no other node`,
        remedy: edit(plugin, ...policyToAdd(plugin, wanted)),
      },
    ];
  }
  return listed.flatMap(({ from, value }) => {
    const found = textField(value.Settings, 'ProviderAddress');
    if (found === address) return [];
    return [
      {
        level: 'fail' as const,
        what: `${placeOf(plugin, from)} says ${found}, and the node's address on this network is ${address}: pods reach no other node`,
        remedy: edit(
          plugin,
          isFlat(value)
            ? `"PA": ${JSON.stringify(address)}`
            : `"ProviderAddress": ${JSON.stringify(address)}`,
        ),
      },
    ];
  });
}

/** An endpoint with any ACL lets through what one of them allows, and nothing else. */
function allowOut(plugin: Attaching): readonly Finding<'warn'>[] {
  const rules = plugin.attach.policies.filter(({ value }) => value.Type === 'ACL');
  const isOut = ({ Settings }: Policy) =>
    Settings['Action'] === 'Allow' && Settings['Direction'] === 'Out';
  const [first] = rules;
  if (!first || rules.some(({ value }) => isOut(value))) return [];
  const allow = { Action: 'Allow', Direction: 'Out', Priority: lastPriority(rules) };
  const flat = { Type: 'ACL', ...allow };
  return [
    {
      level: 'warn',
      what: `${placeOf(plugin, first.from)} is an ACL, and none allows anything out: pods reach nothing`,
      remedy: edit(
        plugin,
        ...policyToAdd(plugin, isFlat(first.value) ? flat : { Type: 'ACL', Settings: allow }),
      ),
    },
  ];
}

/** Microsoft's template has 2000: the last of all rules. */
function lastPriority(rules: AttachConfig['policies']): number {
  const others = rules.map(({ value }) => Number(value.Settings['Priority'] ?? 0) + 1);
  return Math.max(2000, ...others);
}

/** In the shape in which the other policies are written. */
function routeTo({ attach }: Attaching, DestinationPrefix: string): JsonObject {
  const flat = attach.policies.some(({ value }) => isFlat(value));
  const settings = { DestinationPrefix, NeedEncap: true };
  return flat ? { Type: 'ROUTE', ...settings } : { Type: 'SDNRoute', Settings: settings };
}
