import { type Address, type Cidr, formatAddress, formatCidr } from '../../cni/address.ts';
import { anywhere } from '../../cni/default-route.ts';
import { CniError, code } from '../../cni/error.ts';
import type { JsonObject } from '../../cni/json-object.ts';
import type { WantedNetwork } from '../../hns-bridge/client.ts';
import type { SubnetDocument } from '../../hns-bridge/documents.ts';
import type { AttachConfig } from './config.ts';
import { dnsDocument } from './dns.ts';
import { type From, type Reasons, reasonsOf } from './from.ts';
import { networkId } from './identity.ts';
import type { Mode } from './modes.ts';

/** A network that is to be made, and why it is as it is. */
interface NetworkPlan {
  /** The document, as V2 sends it. */
  readonly wanted: WantedNetwork;
  readonly reasons: Reasons;
}

/** The network a configuration describes. Throws code 7 when it does not say enough. */
export function planNetwork(mode: Mode, config: AttachConfig, name: string): NetworkPlan {
  const [type = ''] = mode.networkTypes;
  const cidrs = distinct(config.subnets);
  if (type === 'Overlay' && (cidrs.length === 0 || config.vni === undefined)) {
    throw new CniError(
      code.invalidConfig,
      `network ${name} is missing, and the configuration does not say enough to make it`,
      [
        `an ${type} network needs "ipam.subnet" and "vni" (4096 and up)`,
        ...notesOn('vni', config),
      ].join('\n'),
    );
  }
  const subnets = cidrs.map((cidr, index) =>
    subnetOf(cidr, index === 0 ? config.networkGateway : undefined, config.vni),
  );
  const policies = [...adapterPolicies(config), ...config.networkPolicies];
  // What the runtime says of this pod is not the network's: each endpoint has its own.
  const { dns, reasons } = dnsDocument([config.networkDns]);
  return {
    wanted: {
      ID: networkId(name),
      Name: name,
      Type: type,
      Policies: policies.map(({ value }) => value),
      Dns: dns,
      Ipams:
        subnets.length > 0 ? [{ Type: 'Static', Subnets: subnets.map(({ value }) => value) }] : [],
    },
    reasons: {
      ID: "the network's name",
      Name: "the configuration's name",
      Type: mode.name,
      ...reasonsOf('Policies', policies),
      ...reasons,
      'Ipams[0].Type': 'subnets are given',
      ...reasonsOf('Ipams[0].Subnets', subnets),
    },
  };
}

function adapterPolicies({ adapter }: AttachConfig): readonly From<JsonObject>[] {
  if (adapter === undefined) return [];
  const Settings = { NetworkAdapterName: adapter };
  return [{ value: { Type: 'NetAdapterName', Settings }, from: 'master' }];
}

function subnetOf(
  cidr: Cidr,
  gateway: From<Address> | undefined,
  vni: number | undefined,
): From<SubnetDocument> {
  const first = { family: cidr.family, value: cidr.first + 1n };
  const NextHop = formatAddress(gateway?.value ?? first);
  const Policies = [{ Type: 'VSID', Settings: { IsolationId: vni } }];
  return {
    value: {
      IpAddressPrefix: formatCidr(cidr),
      Routes: [{ NextHop, DestinationPrefix: anywhere[cidr.family] }],
      ...(vni === undefined ? {} : { Policies }),
    },
    from: "IPAM's subnets, as they are written",
    parts: {
      '.Routes[0].NextHop': gateway?.from ?? 'first address of the subnet',
      '.Routes[0].DestinationPrefix': 'the default route',
      '.Policies[0]': 'vni',
    },
  };
}

/** The ranges of a set may share their subnet. */
function distinct(subnets: readonly Cidr[]): readonly Cidr[] {
  return [...new Map(subnets.map((cidr) => [formatCidr(cidr), cidr])).values()];
}

/** What was passed over of a key: without it there is no network. */
export function notesOn(key: string, { notes }: Pick<AttachConfig, 'notes'>): readonly string[] {
  return notes.filter((note) => note.startsWith(`${key}:`));
}
