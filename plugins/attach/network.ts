import {
  type Address,
  type Cidr,
  formatAddress,
  formatCidr,
  holds,
  parseAddress,
  parseCidr,
} from '../../cni/address.ts';
import { CniError, code } from '../../cni/error.ts';
import type { Hns, HnsClients } from '../../hns-bridge/client.ts';
import type { Network as HnsNetwork, SubnetDocument } from '../../hns-bridge/documents.ts';
import { isHnsError } from '../../hns-bridge/error.ts';
import { textField } from '../../hns-bridge/json-document.ts';
import { defined } from '../../system/defined.ts';
import type { Host, Log } from '../../system/host.ts';
import { attemptUntil } from '../../system/wait.ts';
import type { AttachConfig } from './config.ts';
import type { Mode } from './modes.ts';
import { notesOn, planNetwork } from './plan-network.ts';

/** A network of HNS's, as far as an endpoint depends on it. */
export interface Network {
  readonly id: string;
  readonly name: string;
  /** As HNS writes it: `L2Bridge`, `Overlay`, …. */
  readonly type: string;
  readonly subnets: readonly Subnet[];
  /** The node's address on this network's adapter: the provider address of an overlay. */
  readonly managementAddress?: string;
}

interface Subnet {
  readonly cidr: Cidr;
  readonly gateway?: Address;
}

/** What a network's document says; what cannot be understood of it is passed over. */
export function networkOf(document: HnsNetwork): Network {
  const provider = document.Policies?.find(({ Type }) => Type === 'ProviderAddress');
  return defined({
    id: document.ID,
    name: document.Name ?? '',
    type: document.Type ?? '',
    subnets: (document.Ipams ?? []).flatMap(({ Subnets = [] }) => Subnets.flatMap(subnetOf)),
    managementAddress: textField(provider?.Settings ?? {}, 'ProviderAddress'),
  });
}

function subnetOf({ IpAddressPrefix, Routes }: SubnetDocument): Subnet[] {
  const cidr = parseCidr(IpAddressPrefix ?? '');
  const gateway = parseAddress(Routes?.[0]?.NextHop ?? '');
  return cidr ? [defined({ cidr, gateway })] : [];
}

/** A network in texts, for the log. */
export function describeNetwork({ id, managementAddress, name, subnets, type }: Network) {
  const texts = subnets.map(({ cidr, gateway }) =>
    gateway ? `${formatCidr(cidr)} by ${formatAddress(gateway)}` : formatCidr(cidr),
  );
  return { name, id, type, subnets: texts, managementAddress };
}

/** The subnet of a network that holds an address. */
export function subnetWith({ subnets }: Network, address: Address): Subnet | undefined {
  return subnets.find(({ cidr }) => holds(cidr, address));
}

/** The network of that name, or undefined. One call. */
export async function findNetwork(hns: Hns, name: string): Promise<Network | undefined> {
  return networkNamed(await hns.networks(), name);
}

/** How long ADD waits for a network that flanneld has not made yet, and how often it looks. */
const schedule = { pauses: 500, timeout: 5_000 };

/**
 * The network of that name, waited for: at boot, kubelet may be faster than flanneld. Throws code
 * 11 when it does not come, so that the runtime tries again.
 */
export async function awaitNetwork(
  hns: Hns,
  name: string,
  { clock, deadline }: Pick<Host, 'clock' | 'deadline'>,
  config: Pick<AttachConfig, 'notes'>,
): Promise<Network> {
  const timeout = deadline.within(schedule.timeout);
  let networks: readonly HnsNetwork[] = [];
  const found = await attemptUntil(clock, { ...schedule, timeout }, async () => {
    networks = await hns.networks();
    return networkNamed(networks, name);
  });
  if (found) return found;
  throw missing(name, networks, notesOn('createNetwork', config));
}

/** How long ADD waits for the address of a network that was just made: 5 to 30 seconds (HNS.md, "What HNS leaves out"). */
const addressSchedule = { pauses: 500, timeout: 30_000 };

/**
 * A network with its management address, waited for: HNS has none for a network that was just made, and
 * an overlay's endpoint without a provider address reaches no other node. Throws code 11 when it
 * does not come.
 */
export async function withManagementAddress(
  hns: Hns,
  network: Network,
  { clock, deadline, log }: Pick<Host, 'clock' | 'deadline' | 'log'>,
): Promise<Network> {
  if (network.managementAddress !== undefined) return network;
  const { name } = network;
  log('network without an address yet', { network: name });
  const limits = { ...addressSchedule, timeout: deadline.within(addressSchedule.timeout) };
  const found = await attemptUntil(clock, limits, async () => {
    const now = await findNetwork(hns, name);
    return now?.managementAddress === undefined ? undefined : now;
  });
  if (found) return found;
  throw new CniError(
    code.tryAgain,
    `network ${name} has no management address yet`,
    'HNS takes it from the network’s adapter: see whether that has an IPv4 address (Get-HnsNetwork shows NetworkAdapterName and ManagementIP; Get-NetIPAddress)',
  );
}

/**
 * Makes a network that is missing. Its id follows from its name, so that of many commands at once
 * one makes it and the others find it: V2 takes an id, V1 would make one network for each. It stays
 * when the command fails: others may be using it.
 */
export async function createNetwork(
  hns: HnsClients['v2'],
  mode: Mode,
  config: AttachConfig,
  name: string,
  log: Log,
): Promise<Network> {
  const { reasons, wanted } = planNetwork(mode, config, name);
  log('network planned', { name, reasons });
  try {
    return networkOf(await hns.createNetwork(wanted));
  } catch (error) {
    if (!isHnsError(error, 'exists', 'address-taken')) throw error;
    const made = await findNetwork(hns, name);
    if (!made) throw error;
    return made;
  }
}

function networkNamed(networks: readonly HnsNetwork[], name: string): Network | undefined {
  // HNS compares names without regard to letter case; the exact one first, should there be both.
  const found =
    networks.find(({ Name }) => Name === name) ??
    networks.find(({ Name }) => Name?.toLowerCase() === name.toLowerCase());
  return found && networkOf(found);
}

/** Throws code 104 when a network is of a type that this plugin does not serve. */
export function assertType(mode: Mode, network: Network): void {
  const problem = wrongType(mode, network);
  if (problem) throw new CniError(code.wrongNetwork, problem.msg, problem.details);
}

/** What is wrong with a network's type, in words, or undefined. */
export function wrongType(mode: Mode, network: Network) {
  const fits = mode.networkTypes.some((type) => type.toLowerCase() === network.type.toLowerCase());
  if (fits) return undefined;
  return {
    msg: `network ${network.name} is of type ${network.type}, and ${mode.name} serves ${mode.networkTypes.join(' and ')}`,
    details: 'check "type" in the configuration, and which network has that name: Get-HnsNetwork',
  };
}

function missing(
  name: string,
  networks: readonly HnsNetwork[],
  notes: readonly string[],
): CniError {
  const there =
    networks.map(({ Name = '', Type = '' }) => `${Name} (${Type})`).join(', ') || 'none';
  return new CniError(
    code.tryAgain,
    `network ${name} is not found in HNS`,
    [
      `"name" in the configuration must be the HNS network's name; networks there: ${there}. Who makes it (flanneld, or a start script) may not have run yet`,
      ...notes,
    ].join('\n'),
  );
}

/** What STATUS and CHECK say of a network that is not there. */
export function missingNetwork(name: string): { readonly msg: string; readonly details: string } {
  return {
    msg: `network ${name} is not found in HNS`,
    details: 'start what makes it (flanneld), or check "name" in the configuration: Get-HnsNetwork',
  };
}
