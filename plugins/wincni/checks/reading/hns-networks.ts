import { formatCidr } from '../../../../cni/address.ts';
import { readNetwork } from '../../../../hns-bridge/documents.ts';
import { decodeNetwork } from '../../../../hns-bridge/v1.ts';
import { defined, type MayLack } from '../../../../system/defined.ts';
import { type Mode, modes } from '../../../attach/modes.ts';
import { type Network, networkOf } from '../../../attach/network.ts';
import type { Facts } from '../../facts/facts.ts';
import { attachingInEffect, type Configurations } from './configurations.ts';

/** A network of HNS's, as a dialect lists it. */
export interface ListedNetwork extends Network {
  readonly dialect: 'v1' | 'v2';
}

/** The networks of both dialects' listings; what has no id is passed over. */
export function listedNetworks({ hns }: Pick<Facts, 'hns'>): readonly ListedNetwork[] {
  const v1 = (hns?.v1?.networks ?? []).map((document) => decodeNetwork(document));
  const v2 = (hns?.v2?.networks ?? []).flatMap((document) => readNetwork(document) ?? []);
  const listed = (dialect: 'v1' | 'v2', documents: readonly ReturnType<typeof decodeNetwork>[]) =>
    documents.flatMap((document) => {
      const { ID } = document;
      return ID === undefined ? [] : [{ dialect, ...networkOf({ ...document, ID }) }];
    });
  return [...listed('v1', v1), ...listed('v2', v2)];
}

/** Each network once: V1 tells those of both dialects; what V2 alone has follows. */
export function distinctNetworks(facts: Pick<Facts, 'hns'>): readonly ListedNetwork[] {
  const byId = new Map<string, ListedNetwork>();
  for (const network of listedNetworks(facts)) {
    if (!byId.has(network.id)) byId.set(network.id, network);
  }
  return [...byId.values()];
}

/** The network of a name, as the plugins find it. */
export function networkNamed(
  facts: Pick<Facts, 'hns'>,
  name: string | undefined,
): ListedNetwork | undefined {
  const networks = distinctNetworks(facts);
  return (
    networks.find((network) => network.name === name) ??
    networks.find((network) => isSameName(network.name, name ?? ''))
  );
}

/** The subnets of a network, CIDRs. */
export function subnetTexts({ subnets }: Network): readonly string[] {
  return subnets.map(({ cidr }) => formatCidr(cidr));
}

/** A network that a configuration in effect attaches pods to. */
export interface ConfiguredNetwork {
  readonly name: string;
  readonly mode: Mode;
  /** The configuration's file. */
  readonly file: string;
  /** Whether an ADD makes it where it is missing. */
  readonly isMade: boolean;
  /** The subnets that IPAM is told to give addresses from, as far as the configuration says it. */
  readonly ranges?: Network['subnets'][number]['cidr'][];
}

/** The networks that pods are attached to by configurations in effect. */
export function configuredNetworks(configurations: Configurations): readonly ConfiguredNetwork[] {
  return attachingInEffect(configurations).flatMap(({ attach, call, file, mode }) =>
    call === undefined
      ? []
      : [
          defined({
            name: call.network,
            mode,
            file,
            isMade: mode.createsNetwork || (attach?.createNetwork ?? false),
            ranges: attach && [...attach.subnets],
          } satisfies MayLack<ConfiguredNetwork>),
        ],
  );
}

/** Whether HNS's name is a configuration's: HNS compares without regard to letter case. */
export function isSameName(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

/** The networks of HNS's that the configurations in effect name. */
export function networksInUse(
  facts: Pick<Facts, 'hns'>,
  configurations: Configurations,
): readonly ListedNetwork[] {
  const configured = configuredNetworks(configurations);
  return distinctNetworks(facts).filter(({ name }) =>
    configured.some((wanted) => isSameName(wanted.name, name)),
  );
}

/** Whether pods are on such a network: by a configuration in effect, else by a network of HNS's. */
export function isOnType(
  facts: Pick<Facts, 'hns'>,
  configurations: Configurations,
  mode: keyof typeof modes,
): boolean {
  const { networkTypes } = modes[mode];
  const isOne = (type: string) => networkTypes.some((known) => isSameName(known, type));
  const configured = configuredNetworks(configurations);
  return configured.length > 0
    ? configured.some((network) => network.mode.networkTypes.some(isOne))
    : distinctNetworks(facts).some(({ type }) => isOne(type));
}
