import { type Cidr, formatAddress, formatCidr } from '../../cni/address.ts';
import { CniError, code } from '../../cni/error.ts';
import { isHnsError } from '../../hns-bridge/error.ts';
import type { Hns } from '../../hns-bridge/hns.ts';
import type { Network, NetworkSpec } from '../../hns-bridge/model.ts';
import type { Clock } from '../../system/host.ts';
import type { AttachConfig } from './config.ts';
import { endpointDns } from './dns.ts';
import { networkId } from './identity.ts';
import type { Mode } from './modes.ts';

/** How long ADD waits for a network that flanneld has not made yet, in milliseconds. */
const patience = 5_000;
const pause = 500;

/** The network of that name, or undefined. One call. */
export async function findNetwork(hns: Hns, name: string): Promise<Network | undefined> {
  return networkNamed(await hns.networks(), name);
}

/**
 * The network of that name, waited for: at boot, kubelet may be faster than flanneld. Throws code
 * 11 when it does not come, so that the runtime tries again.
 */
export async function awaitNetwork(hns: Hns, name: string, clock: Clock): Promise<Network> {
  const end = clock.now() + patience;
  for (;;) {
    const networks = await hns.networks();
    const network = networkNamed(networks, name);
    if (network) return network;
    if (clock.now() + pause > end) throw missing(name, networks);
    await clock.sleep(pause);
  }
}

/**
 * Makes a network that is missing. Its id follows from its name, so that of many commands at once
 * one makes it and the others find it: V2 takes an id, V1 would make one network for each. It stays
 * when the command fails: others may be using it.
 * @param hns of V2, whatever the endpoint will be
 */
export async function createNetwork(
  hns: Hns,
  mode: Mode,
  config: AttachConfig,
  name: string,
): Promise<Network> {
  const spec = planNetwork(mode, config, name, await networkId(name));
  try {
    return await hns.createNetwork(spec);
  } catch (error) {
    if (!isHnsError(error, 'exists', 'address-taken')) throw error;
    const made = await findNetwork(hns, name);
    if (!made) throw error;
    return made;
  }
}

/** The network a configuration describes. Throws code 7 when it does not say enough. */
function planNetwork(mode: Mode, config: AttachConfig, name: string, id: string): NetworkSpec {
  const [type = ''] = mode.networkTypes;
  const [subnet, ...others] = distinct(config.subnets);
  if (mode.providerAddress && (!subnet || config.vni === undefined)) {
    throw new CniError(
      code.invalidConfig,
      `network ${name} is missing, and the configuration does not say enough to make it`,
      `an ${type} network needs "ipam.subnet" and "vni" (4096 and up)`,
    );
  }
  const describe = (cidr: Cidr, gateway: string | undefined) => ({
    prefix: formatCidr(cidr),
    gateway: gateway ?? formatAddress({ family: cidr.family, value: cidr.first + 1n }),
    ...(config.vni === undefined ? {} : { vsid: config.vni }),
  });
  return {
    id,
    name,
    type,
    subnets: subnet
      ? [
          describe(subnet, config.networkGateway),
          ...others.map((cidr) => describe(cidr, undefined)),
        ]
      : [],
    // The settings of this pod: each endpoint has its own.
    dns: endpointDns({}),
    ...(config.adapter === undefined ? {} : { adapter: config.adapter }),
  };
}

/** The ranges of a set may share their subnet. */
function distinct(subnets: readonly Cidr[]): readonly Cidr[] {
  return [...new Map(subnets.map((cidr) => [formatCidr(cidr), cidr])).values()];
}

function networkNamed(networks: readonly Network[], name: string): Network | undefined {
  // HNS compares names without regard to letter case; the exact one first, should there be both.
  return (
    networks.find((network) => network.name === name) ??
    networks.find((network) => network.name.toLowerCase() === name.toLowerCase())
  );
}

/** Throws code 104 when a network is of a type that this plugin does not serve. */
export function refuseType(mode: Mode, network: Network): void {
  const complaint = wrongType(mode, network);
  if (complaint) throw new CniError(code.wrongNetwork, complaint.msg, complaint.details);
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

function missing(name: string, networks: readonly Network[]): CniError {
  const there = networks.map((network) => `${network.name} (${network.type})`).join(', ') || 'none';
  return new CniError(
    code.tryAgain,
    `network ${name} is not found in HNS`,
    `"name" in the configuration must be the HNS network's name; networks there: ${there}. Who makes it (flanneld, or a start script) may not have run yet`,
  );
}

/** What STATUS and CHECK say of a network that is not there. */
export function missingNetwork(name: string): { readonly msg: string; readonly details: string } {
  return {
    msg: `network ${name} is not found in HNS`,
    details: 'start what makes it (flanneld), or check "name" in the configuration: Get-HnsNetwork',
  };
}
