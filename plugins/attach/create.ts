import {
  type Address,
  addressOf,
  type Cidr,
  formatAddress,
  formatCidr,
  oneOf,
} from '../../cni/address.ts';
import { isAnywhere } from '../../cni/default-route.ts';
import { CniError, code } from '../../cni/error.ts';
import type { Hns, HnsClients, WantedEndpoint } from '../../hns-bridge/client.ts';
import type { Endpoint } from '../../hns-bridge/documents.ts';
import { type HnsError, isHnsError } from '../../hns-bridge/error.ts';
import type { AllocatedIp, Allocation } from '../../ipam/allocation.ts';
import type { Host } from '../../system/host.ts';
import { deleteEndpoint, heldBy, ownIds } from './endpoint.ts';
import { loopbackDsr, obstacleToIpv6 } from './features.ts';
import type { Mode } from './modes.ts';
import type { Network } from './network.ts';
import { askedIps, hostAddresses, planEndpoint, reservedAddresses, usableIps } from './plan.ts';
import type { Pod } from './pod.ts';
import type { UndoStack } from './undo.ts';

/** How many addresses HNS may call taken before ADD gives up. */
const attempts = 8;

/** What the steps of one ADD share. */
export interface Adding extends Pod {
  readonly host: Host;
  readonly mode: Mode;
  readonly clients: HnsClients;
  /** Of the dialect of the sandbox. */
  readonly hns: Hns;
  readonly undo: UndoStack;
}

/**
 * Asks for addresses, to be given back when ADD fails; undefined when HNS chooses. Those that an endpoint
 * of this mode has no use for are given back at once.
 */
export async function allocate(
  adding: Adding,
  aside: readonly Address[] = [],
): Promise<Allocation | undefined> {
  const { config, host, mode, source, undo } = adding;
  const allocation = await source.allocate([...reservedAddresses(mode, config), ...aside]);
  const allocated = allocation?.allocated ?? [];
  if (allocated.length > 0) {
    const leases = `lease of ${allocated.map(formatAddress).join(', ')}`;
    undo.push(leases, () => source.release(allocated));
  }
  // An endpoint has its default route alone.
  for (const { destination } of allocation?.routes ?? []) {
    if (isAnywhere(destination)) continue;
    host.log('note', { note: `IPAM's route to ${formatCidr(destination)} is left out` });
  }
  if (!allocation) return undefined;
  host.log('addresses given', { addresses: allocation.ips.map(({ cidr }) => withLength(cidr)) });
  const ips = usableIps(mode, config, allocation.ips);
  return keepOnly(adding, allocation, ips, 'an endpoint has one address a family');
}

function withLength(cidr: Cidr): string {
  return `${formatAddress(addressOf(cidr))}/${cidr.prefixLength}`;
}

/** An allocation without its other addresses. Those that this command took go back to host-local at once. */
async function keepOnly(
  { host, source }: Adding,
  allocation: Allocation,
  ips: readonly AllocatedIp[],
  reason: string,
): Promise<Allocation> {
  const unused = allocation.ips
    .filter((ip) => !ips.includes(ip))
    .map(({ cidr }) => formatAddress(addressOf(cidr)));
  if (unused.length === 0) return allocation;
  host.log('note', { note: `${reason}: ${unused} stay unused` });
  const taken = allocation.allocated.filter((address) => unused.includes(formatAddress(address)));
  if (source.repeatable && taken.length > 0) await source.release(taken);
  return { ...allocation, ips };
}

/** Creates the endpoint and attaches it. One that HNS says is degraded is made anew, once. */
export async function createAttached(
  adding: Adding,
  network: Network,
  allocation: Allocation | undefined,
): Promise<Endpoint> {
  const { endpoint, wanted } = await createFree(adding, network, allocation);
  try {
    await attach(adding, endpoint);
    return endpoint;
  } catch (error) {
    if (!isHnsError(error, 'degraded')) throw error;
    adding.host.log('degraded endpoint replaced', { id: endpoint.ID });
    await remove(adding, endpoint.ID);
    const again = await create(adding, wanted);
    await attach(adding, again);
    return again;
  }
}

/**
 * Creates the endpoint. When HNS says that the address is taken, the lease is kept aside, so that
 * nobody is given it meanwhile, and the next one is tried; those aside are given back at the end.
 */
async function createFree(
  adding: Adding,
  network: Network,
  first: Allocation | undefined,
): Promise<{ readonly endpoint: Endpoint; readonly wanted: WantedEndpoint }> {
  const { config, host, mode, source } = adding;
  const aside: Address[] = [];
  const ofHost = hostAddresses(mode, network);
  let allocation = await withoutHosts(adding, network, first, aside);
  for (let attempt = 1; ; attempt++) {
    const usable = await withoutUselessIpv6(adding, network, allocation);
    const wanted = await plan(adding, network, usable);
    const asked = usable ? [] : askedIps(mode, config);
    try {
      const endpoint = await create(adding, wanted);
      if (aside.length > 0) await source.release(aside);
      return { endpoint, wanted };
    } catch (error) {
      const ips = usable?.ips ?? [];
      const taken = isHnsError(error, 'address-taken');
      if (taken && asked.length > 0) throw askedIsTaken(asked, error);
      if (!taken || ips.length === 0 || !source.repeatable || attempt >= attempts) throw error;
      aside.push(...ips.map(({ cidr }) => addressOf(cidr)));
      const addresses = aside.map(formatAddress);
      host.log('address taken', { addresses, error: error.message });
      allocation = await allocate(adding, [...aside, ...ofHost]);
    }
  }
}

function askedIsTaken(asked: readonly AllocatedIp[], cause: HnsError): CniError {
  const addresses = asked.map(({ cidr }) => formatAddress(addressOf(cidr))).join(', ');
  return new CniError(
    code.addressTaken,
    `the address asked for is taken: ${addresses}`,
    `${cause.message}: ${cause.details}`,
    { cause },
  );
}

/**
 * Another allocation where one has an address of the host's: that one is kept aside, as one that is taken.
 * Throws code 111 where IPAM can only be asked once.
 */
async function withoutHosts(
  adding: Adding,
  network: Network,
  allocation: Allocation | undefined,
  aside: Address[],
): Promise<Allocation | undefined> {
  const ofHost = hostAddresses(adding.mode, network);
  const isHosts = oneOf(ofHost);
  const given = (allocation?.ips ?? []).map(({ cidr }) => addressOf(cidr));
  const hosts = given.find(isHosts);
  if (!hosts) return allocation;
  if (!adding.source.repeatable) {
    throw new CniError(
      code.addressTaken,
      `IPAM gave ${formatAddress(hosts)}, which is the gateway of network ${network.name} or the host's own`,
      'keep that address out of what IPAM gives: the pod would be its own gateway',
    );
  }
  aside.push(...given);
  adding.host.log('address is the host’s', { addresses: given.map(formatAddress) });
  return allocate(adding, [...aside, ...ofHost]);
}

/** The allocation without IPv6 where an endpoint of this network can have IPv4 alone. */
async function withoutUselessIpv6(
  adding: Adding,
  network: Network,
  allocation: Allocation | undefined,
): Promise<Allocation | undefined> {
  if (!allocation) return undefined;
  const { config, hns, mode } = adding;
  const { ips } = allocation;
  const obstacle = await obstacleToIpv6(mode, config, network, ips, hns);
  if (obstacle === undefined) return allocation;
  const four = ips.filter(({ cidr }) => cidr.family === 4);
  return keepOnly(adding, allocation, four, obstacle);
}

async function plan(
  { attachment, config, hns, host, mode }: Adding,
  network: Network,
  allocation: Allocation | undefined,
): Promise<WantedEndpoint> {
  const ips = allocation?.ips ?? [];
  const { endpoint, notes, reasons } = planEndpoint({
    mode,
    config,
    network,
    ips,
    asked: allocation ? [] : askedIps(mode, config),
    identity: attachment.identity,
    dns: { from: "IPAM's answer", value: allocation?.dns ?? {} },
    loopbackDsr: await loopbackDsr(config.loopbackDsr, ips, hns, host.log),
    dialect: attachment.sandbox.dialect,
  });
  for (const note of notes) host.log('note', { note });
  host.log('endpoint planned', { id: endpoint.ID, reasons }, { endpoint });
  return endpoint;
}

async function create(adding: Adding, wanted: WantedEndpoint): Promise<Endpoint> {
  try {
    return await createOnce(adding, wanted);
  } catch (error) {
    // Taken may be the id, not the address: an endpoint of ours under another name, half made.
    if (!isHnsError(error, 'exists', 'address-taken', 'degraded')) throw error;
    const isGone = (await remove(adding, wanted.ID)) || (await removeUnlisted(adding));
    if (!isGone) throw error;
    return createOnce(adding, wanted);
  }
}

/**
 * The pod's endpoint of before may be in the way, made by V1 and missing in V2's list: the reference's,
 * or Docker's. V1's list shows it. False when there is none.
 */
async function removeUnlisted(adding: Adding): Promise<boolean> {
  const { attachment, clients, host } = adding;
  if (attachment.sandbox.dialect === 'v1') return false;
  const ids = await ownIds(clients.v1, attachment.identity);
  for (const id of ids) {
    await remove(adding, id);
    host.log('endpoint replaced', { id });
  }
  return ids.length > 0;
}

async function createOnce(adding: Adding, wanted: WantedEndpoint): Promise<Endpoint> {
  const { hns, undo } = adding;
  try {
    const endpoint = await hns.createEndpoint(wanted);
    undo.push(`endpoint ${endpoint.ID}`, () => remove(adding, endpoint.ID));
    return endpoint;
  } catch (error) {
    // Whatever failed, HNS may have made it before: its answer was lost. V2 knows it by our own id; a
    // namesake in V1 may be what HNS says exists.
    const { dialect } = adding.attachment.sandbox;
    if (dialect === 'v2' || !isHnsError(error, 'exists', 'address-taken')) {
      undo.push(`endpoint ${wanted.Name}`, () => removeMade(adding, wanted.ID, error));
    }
    throw error;
  }
}

/**
 * What came of a creation whose answer is not known. V1 chooses ids itself: there the name decides. Where
 * HNS did not answer in time it may make the endpoint yet: then that is thrown again, and the lease stays,
 * for the address must not go to another pod meanwhile.
 */
async function removeMade(adding: Adding, id: string, failure: unknown): Promise<void> {
  const { identity, sandbox } = adding.attachment;
  const ids = sandbox.dialect === 'v2' ? [id] : await ownIds(adding.hns, identity);
  let wasMade = false;
  for (const made of ids) wasMade = (await remove(adding, made)) || wasMade;
  if (!wasMade && isHnsError(failure) && failure.kind === 'hns-timeout') throw failure;
}

/** False when it was not there. */
function remove({ attachment, clients, host }: Adding, id: string): Promise<boolean> {
  return deleteEndpoint(clients, attachment.sandbox.dialect, heldBy(undefined, id), host.log);
}

/** Attaches an endpoint to the sandbox. That it is there already is fine. */
export async function attach(
  { attachment: { sandbox }, hns, undo }: Adding,
  { ID }: Endpoint,
): Promise<void> {
  try {
    await hns.attach(sandbox.target, ID);
    undo.push(`attachment of ${ID}`, () => hns.detach(sandbox.target, ID));
  } catch (error) {
    // The endpoint that a workload shares stays: it must not be attached there for an answer that was lost.
    if (sandbox.shared && !isHnsError(error, 'attached', 'system-missing')) {
      undo.push(`attachment of ${ID}`, () => hns.detach(sandbox.target, ID));
    }
    // Attached already is what was asked for, if it is this sandbox it is attached to.
    if (!isHnsError(error, 'attached')) throw error;
    const now = await hns.endpoint(ID);
    if (sandbox.dialect === 'v2' && now?.HostComputeNamespace !== sandbox.target) throw error;
  }
}
