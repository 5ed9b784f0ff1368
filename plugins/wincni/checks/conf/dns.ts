import type { AttachConfig } from '../../../attach/config.ts';
import { type CheckedNode, check, type Finding } from '../check.ts';
import { flagOf } from '../reading/cluster.ts';
import { attachingInEffect, type ConfiguredPlugin, placeOf } from '../reading/configurations.ts';
import { edit } from '../reading/remedies.ts';
import { jsonLine } from '../reading/snippets.ts';
import { placeholderIn } from './placeholder.ts';

/** The servers and search lists that pods get. */
export const confDns = check({
  id: 'conf.dns',
  about: "the pods' DNS servers and search list, beside what kubelet says of the cluster's",
  levels: ['warn'],
  needs: ['configurations'],
  applies: (node) => readable(node).length > 0,
  find: (node) => readable(node).flatMap(({ attach, plugin }) => dnsFindings(node, plugin, attach)),
});

interface Readable {
  readonly plugin: ConfiguredPlugin;
  readonly attach: AttachConfig;
}

function readable({ configurations }: CheckedNode): readonly Readable[] {
  return attachingInEffect(configurations).flatMap((plugin) =>
    plugin.attach ? [{ plugin, attach: plugin.attach }] : [],
  );
}

function dnsFindings(
  { facts }: CheckedNode,
  plugin: ConfiguredPlugin,
  { networkDns }: AttachConfig,
): readonly Finding<'warn'>[] {
  const { nameservers = [], search = [] } = networkDns.value;
  // The runtime says both of each pod, as the pod's dnsPolicy has it.
  const isGiven = plugin.capabilities.some((name) => name === 'dns' || name === 'dnsCapabilities');
  const flags = (flag: string) => flagOf(facts, ['kubelet', 'rke2', 'k3s'], [flag]);
  const cluster = flags('cluster-dns')?.split(',') ?? [];
  const domain = flags('cluster-domain') ?? 'cluster.local';
  const servers = cluster.length > 0 ? cluster : nameservers;
  const list = search.length > 0 ? search : [`svc.${domain}`];
  const paste = edit(plugin, snippet(plugin, servers, list));
  const warn = (what: string, remedy = paste): Finding<'warn'> => ({ level: 'warn', what, remedy });
  const place = placeOf(plugin, 'dns');
  const nobody = 'and the runtime is not asked for it (capabilities.dns)';
  if (nameservers.length === 0) {
    return isGiven ? [] : [warn(`${place} names no server, ${nobody}: pods resolve nothing`)];
  }
  // conf.placeholder tells those.
  const isFilled = nameservers.every((server) => placeholderIn(server) === undefined);
  const other =
    isFilled && cluster.length > 0 && !nameservers.some((server) => cluster.includes(server));
  return [
    ...(other
      ? [
          warn(
            `${place} names ${nameservers.join(', ')}, and kubelet says that the cluster's is ${cluster.join(', ')}`,
          ),
        ]
      : []),
    ...(search.length === 0 && !isGiven
      ? [warn(`${place} has no search list, ${nobody}: pods find no service by its short name`)]
      : []),
  ];
}

/** What to write; without a server that is known, to let the runtime say it. */
function snippet(
  { capabilities }: ConfiguredPlugin,
  servers: readonly string[],
  search: readonly string[],
): string {
  const asked = Object.fromEntries([...capabilities, 'dns'].map((name) => [name, true]));
  return servers.length === 0
    ? `"capabilities": ${jsonLine(asked)}`
    : `"dns": ${jsonLine({ nameservers: servers, search })}`;
}
