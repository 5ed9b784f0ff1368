import * as z from 'zod/mini';
import { formatCidr, parseCidr } from '../../../../cni/address.ts';
import { object } from '../../../../cni/config.ts';
import { CniError } from '../../../../cni/error.ts';
import { parseJsonObject } from '../../../../cni/json.ts';
import { once } from '../../../../system/once.ts';
import type { FileFact } from '../../facts/facts.ts';
import { type CheckedNode, check, type Finding } from '../check.ts';
import { restarted } from '../commands.ts';
import { type ConfiguredPlugin, placeOf } from '../reading/configurations.ts';
import { delegatesInEffect, isOfType, subnetEnvOf, usesFlannel } from '../reading/flanneld.ts';
import { shown } from '../reading/remedies.ts';

/** flanneld's own configuration, as far as Windows limits it, and the configuration of pods must agree. */
export const flannelNetConf = check({
  id: 'flannel.net-conf',
  about: "net-conf.json: backend, VNI, port and the network's name, beside the configuration",
  levels: ['fail'],
  needs: [],
  applies: usesFlannel,
  unknown: ({ facts: { missing, netConf } }) =>
    netConf?.text === undefined
      ? (missing.find(({ fact }) => fact === 'netConf')?.what ??
        netConf?.error ??
        'there is no net-conf.json where it usually is')
      : undefined,
  find(node) {
    const { netConf } = node.facts;
    if (netConf?.text === undefined) return [];
    const { path } = netConf;
    const read = readNetConf(netConf, netConf.text);
    const wrong = typeof read === 'string' ? [problem(read)] : problemsOf(node, read);
    return wrong.map(({ remedy, what }) => ({
      level: 'fail',
      what: shown(`${path}: ${what}`, 300),
      remedy: [...remedy, restarted(node.facts, 'flanneld')],
    }));
  },
});

type Problem = Pick<Finding, 'remedy' | 'what'>;

const problem = (what: string, ...remedy: readonly string[]): Problem => ({ what, remedy });

/** What flanneld reads on Windows (backend/vxlan and backend/hostgw, *_windows.go). */
const schema = once(() => {
  const text = z.optional(z.string());
  const number = z.optional(z.int());
  const backend = { Type: text, VNI: number, Port: number, Name: text, MacPrefix: text };
  return object({ Network: text, Backend: z.optional(object(backend)) });
});

type NetConf = z.infer<ReturnType<typeof schema>>;

/** The document, or what is wrong with it. */
function readNetConf({ path }: FileFact, text: string): NetConf | string {
  try {
    const { data, error } = z.safeParse(schema(), parseJsonObject(Buffer.from(text), path));
    const [issue] = error?.issues ?? [];
    return data ?? `${issue?.path.join('.')}: ${issue?.message}`;
  } catch (cause) {
    if (cause instanceof CniError) return cause.message.replace(`${path} `, '');
    throw cause;
  }
}

/** Windows' VXLAN has this one port, and identifiers from this one on. */
const vxlan = { port: 4789, lowestVni: 4096 };

function problemsOf(node: CheckedNode, { Backend = {}, Network }: NetConf): readonly Problem[] {
  const { MacPrefix, Port, Type = 'udp', VNI = vxlan.lowestVni } = Backend;
  const type = Type.toLowerCase();
  const isVxlan = type === 'vxlan';
  const isHostGw = type === 'host-gw';
  const name = Backend.Name || (isVxlan ? `flannel.${VNI}` : 'cbr0');
  const known = [
    ...(isVxlan || isHostGw
      ? []
      : [problem(`backend ${Type} is none that Windows has`, '"Type": "vxlan"')]),
    ...(isVxlan && VNI < vxlan.lowestVni
      ? [problem(`VNI ${VNI} is below 4096, which Windows does not take`, '"VNI": 4096')]
      : []),
    ...(isVxlan && Port !== undefined && Port !== 0 && Port !== vxlan.port
      ? [problem(`port ${Port} is not 4789, the only one of Windows' VXLAN`, '"Port": 4789')]
      : []),
    ...otherNetwork(node, Network),
  ];
  if (!isVxlan && !isHostGw) return known;
  return [
    ...known,
    ...delegatesInEffect(node).flatMap((plugin) => [
      ...otherBackend(plugin, isVxlan),
      ...otherName(plugin, name),
      ...(isVxlan ? otherPrefix(plugin, MacPrefix) : []),
    ]),
  ];
}

function otherNetwork(node: CheckedNode, written = ''): readonly Problem[] {
  const cidr = parseCidr(written);
  const said = (subnetEnvOf(node)?.exceptions ?? []).filter(
    (text) => parseCidr(text)?.family === cidr?.family,
  );
  if (!cidr || said.length === 0 || said.includes(formatCidr(cidr))) return [];
  return [problem(`Network is ${formatCidr(cidr)}, and subnet.env says ${said.join(', ')}`)];
}

function otherBackend(plugin: ConfiguredPlugin, isVxlan: boolean): readonly Problem[] {
  const { mode, type } = plugin;
  if (!mode || isOfType(mode, 'Overlay') === isVxlan) return [];
  const [backend, wanted] = isVxlan ? ['vxlan', 'win-overlay'] : ['host-gw', 'win-bridge'];
  return [
    problem(
      `the backend is ${backend}, and ${placeOf(plugin, 'type')} is ${type}`,
      `"type": "${wanted}"`,
    ),
  ];
}

function otherName(plugin: ConfiguredPlugin, name: string): readonly Problem[] {
  const network = plugin.call?.network ?? name;
  if (network.toLowerCase() === name.toLowerCase()) return [];
  return [
    problem(
      `flanneld makes the network ${name}, and ${placeOf(plugin, 'name')} is ${network}`,
      `"name": ${JSON.stringify(name)}`,
    ),
  ];
}

/** Remote endpoints have their addresses' MAC by this prefix: one that differs is reached by nobody. */
function otherPrefix(plugin: ConfiguredPlugin, prefix = '0E-2A'): readonly Problem[] {
  const { attach, mode } = plugin;
  const found = attach?.macPrefix ?? '0E-2A';
  if (mode?.mac !== 'from-address' || found.toLowerCase() === prefix.toLowerCase()) return [];
  return [
    problem(
      `MacPrefix is ${prefix}, and ${placeOf(plugin, 'endpointMacPrefix')} is ${found}`,
      `"endpointMacPrefix": ${JSON.stringify(prefix)}`,
    ),
  ];
}
