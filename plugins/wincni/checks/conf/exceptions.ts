import { bits, type Cidr, formatCidr } from '../../../../cni/address.ts';
import type { AttachConfig } from '../../../attach/config.ts';
import type { Mode } from '../../../attach/modes.ts';
import { type CheckedNode, check, type Finding } from '../check.ts';
import { clusterCidrs, nodeSubnets, serviceCidrs, within } from '../reading/cluster.ts';
import { attachingInEffect, type ConfiguredPlugin, placeOf } from '../reading/configurations.ts';
import { type Exceptions, exceptionLine, exceptionsOf, isPublic } from '../reading/exceptions.ts';
import { networkNamed } from '../reading/hns-networks.ts';
import { edit } from '../reading/remedies.ts';
import { policyToAdd } from '../reading/snippets.ts';

/** A plugin whose pods HNS masquerades by a policy, and what is read of it. */
interface Masquerading {
  readonly plugin: ConfiguredPlugin & { readonly mode: Mode };
  readonly config: AttachConfig;
}

/**
 * What SNAT must leave alone: the pods and the services; on a bridge the node's own subnet, too. On an overlay nobody
 * lists that: microsoft/SDN (Kubernetes/windows/helper.psm1 has it for bridges alone), RKE2 (pkg/windows/flannel.go),
 * sig-windows-tools.
 */
export const confExceptions = check({
  id: 'conf.exceptions',
  about: "what SNAT leaves alone: the pods' network, the services', on a bridge the node's",
  levels: ['fail', 'warn', 'note'],
  needs: ['configurations'],
  applies: (node) => masquerading(node).length > 0,
  find: (node) => masquerading(node).flatMap((one) => exceptionFindings(node, one)),
});

/** WinNAT and the physical network do it without policies. */
function masquerading({ configurations }: CheckedNode): readonly Masquerading[] {
  return attachingInEffect(configurations).flatMap((plugin) =>
    plugin.attach && isMasqueraded(plugin.mode) ? [{ plugin, config: plugin.attach }] : [],
  );
}

/** Whether the pods of a mode leave the node by a policy of their endpoint. */
export function isMasqueraded({ networkTypes }: Mode): boolean {
  return networkTypes.some((type) => type !== 'NAT' && type !== 'Transparent');
}

function exceptionFindings(
  node: CheckedNode,
  { config, plugin }: Masquerading,
): readonly Finding<'fail' | 'warn' | 'note'>[] {
  const network = networkNamed(node.facts, plugin.call?.network);
  const exceptions = exceptionsOf(plugin, config, network);
  if (!exceptions.masquerades) return [unmasqueraded(plugin)];
  const needed = neededOf(node, config, exceptions, plugin.mode);
  const lacking = needed.filter(
    ({ cidr }) => !exceptions.planned.some((planned) => within(planned, cidr)),
  );
  const open = exceptions.planned.filter(
    (cidr) =>
      isPublic(cidr) &&
      // A single address is named on purpose, as Azure's 168.63.129.16 is.
      cidr.prefixLength < bits(cidr.family) &&
      !needed.some((need) => within(need.cidr, cidr)),
  );
  return [
    ...lackingFindings(plugin, exceptions, lacking, open),
    ...open.map((cidr) => tooWide(plugin, exceptions, cidr, open, lacking)),
    ...unknownFindings(node, config, plugin.mode),
  ];
}

interface Needed {
  readonly cidr: Cidr;
  readonly what: string;
  readonly level: 'fail' | 'warn';
}

function neededOf(
  node: CheckedNode,
  config: AttachConfig,
  { planned }: Exceptions,
  mode: Mode,
): readonly Needed[] {
  const nodes = isBridge(mode) ? nodeSubnets(node) : [];
  const all: readonly Needed[] = [
    ...(clusterCidrs(node)?.cidrs ?? []).map((cidr) => need(cidr, "the pods' network", 'fail')),
    ...(serviceCidrs(node, config)?.cidrs ?? []).map((cidr) => need(cidr, 'services', 'warn')),
    ...nodes.map((cidr) => need(cidr, "the node's subnet", 'warn')),
  ];
  // Without IPv6 addresses, nothing of IPv6 is masqueraded.
  const isDual = [...config.subnets, ...planned].some(({ family }) => family === 6);
  return all.filter(({ cidr }) => cidr.family === 4 || isDual);
}

const isBridge = ({ networkTypes }: Mode) => !networkTypes.includes('Overlay');

const need = (cidr: Cidr, what: string, level: 'fail' | 'warn'): Needed => ({ cidr, what, level });

function lackingFindings(
  plugin: ConfiguredPlugin,
  exceptions: Exceptions,
  lacking: readonly Needed[],
  open: readonly Cidr[],
): readonly Finding<'fail' | 'warn'>[] {
  if (lacking.length === 0) return [];
  const words = lacking.map(({ cidr, what }) => `${formatCidr(cidr)} (${what})`).join(', ');
  return [
    {
      level: lacking.some(({ level }) => level === 'fail') ? 'fail' : 'warn',
      what: `${placeOf(plugin, exceptions.list)} lacks ${words}`,
      remedy: edit(plugin, ...pasted(plugin, exceptions, lacking, open)),
    },
  ];
}

/** The list as it should be, in the shape in which it is written; a whole policy where none is. */
function pasted(
  plugin: ConfiguredPlugin,
  { key, list, written }: Exceptions,
  lacking: readonly Needed[],
  open: readonly Cidr[],
): readonly string[] {
  const wide = open.map(formatCidr);
  const blocks = [
    ...written.filter((block) => !wide.includes(block)),
    ...lacking.map(({ cidr }) => formatCidr(cidr)),
  ];
  if (list !== undefined) return [exceptionLine(key, blocks)];
  return policyToAdd(plugin, { Type: 'OutBoundNAT', Settings: { Exceptions: blocks } });
}

function tooWide(
  plugin: ConfiguredPlugin,
  exceptions: Exceptions,
  cidr: Cidr,
  open: readonly Cidr[],
  lacking: readonly Needed[],
): Finding<'warn'> {
  const text = formatCidr(cidr);
  const what =
    cidr.prefixLength === 0
      ? `${text}: no pod reaches anything outside with the node's address`
      : `${text}, which is not private: pods reach nothing there`;
  return {
    level: 'warn',
    what: `${placeOf(plugin, exceptions.list)} leaves alone ${what}`,
    remedy: edit(plugin, ...pasted(plugin, exceptions, lacking, open)),
  };
}

function unmasqueraded(plugin: ConfiguredPlugin): Finding<'note'> {
  return {
    level: 'note',
    what: `${placeOf(plugin)} has no OutBoundNAT: pods leave the node with their own addresses`,
    remedy: [
      'where nobody routes to the pods, list an OutBoundNAT',
      'wincni config generate --help',
    ],
  };
}

/** What there is nothing to compare with: it is said, not guessed. */
function unknownFindings(
  node: CheckedNode,
  config: AttachConfig,
  mode: Mode,
): readonly Finding<'note'>[] {
  const unknown = [
    ...(clusterCidrs(node) ? [] : ["the pods' network"]),
    ...(serviceCidrs(node, config) ? [] : ["the services' network"]),
    ...(!isBridge(mode) || nodeSubnets(node).length > 0 ? [] : ["the node's subnet"]),
  ];
  if (unknown.length === 0) return [];
  return [
    {
      level: 'note',
      what: `${unknown.join(' and ')} cannot be told from here: whether SNAT leaves it alone is not looked at`,
      remedy: ['kubectl cluster-info dump | Select-String "service-cluster-ip-range|cluster-cidr"'],
    },
  ];
}
