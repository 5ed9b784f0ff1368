import { type Address, addressOf, formatAddress, oneOf, parseAddress } from '../../cni/address.ts';
import { CniError, code, overtakenAdd, withLeftovers } from '../../cni/error.ts';
import type { Result } from '../../cni/result.ts';
import type { Endpoint } from '../../hns-bridge/documents.ts';
import { degradedState } from '../../hns-bridge/documents.ts';
import { type HnsError, isEndpointMissing, isHnsError } from '../../hns-bridge/error.ts';
import { type Allocation, overtaken } from '../../ipam/allocation.ts';
import { type Adding, allocate, attach, createAttached } from './create.ts';
import type { AttachDeps } from './deps.ts';
import { deleteEndpoint, findOwn, heldBy, isAttached, ownIds } from './endpoint.ts';
import { answerPath, forgetAnswer } from './last-answer.ts';
import { assertSupported } from './listed-policies.ts';
import type { Mode } from './modes.ts';
import {
  assertType,
  awaitNetwork,
  createNetwork,
  describeNetwork,
  findNetwork,
  type Network,
  withManagementAddress,
} from './network.ts';
import { needsManagementAddress } from './plan-policies.ts';
import type { Pod } from './pod.ts';
import { resultOf } from './result.ts';
import { settled } from './settled.ts';
import { undoStack } from './undo.ts';

/** What the pod got. */
interface Attached {
  readonly network: Network;
  readonly endpoint: Endpoint;
}

/**
 * ADD: an endpoint with an address, attached to the pod's sandbox. A repeated ADD gives the same
 * result; any failure undoes what this call did, in reverse, and no more.
 */
export async function add(deps: AttachDeps, mode: Mode, pod: Pod): Promise<Result> {
  const { dialect, shared } = pod.attachment.sandbox;
  for (const note of pod.config.notes) deps.host.log('note', { note });
  assertSupported(pod.config.policies, dialect);
  const clients = await deps.openHns(pod.config.hns);
  const undo = undoStack(deps.host);
  const adding = { ...pod, host: deps.host, mode, clients, hns: clients[dialect], undo };
  try {
    const { endpoint, network } = await (shared ? share(adding) : attachOwn(adding));
    await assertKept(adding, addressesOf(endpoint));
    return resultOf(pod.attachment, network, endpoint);
  } catch (error) {
    const left = await undo.run();
    // What this ADD made, or found, was there a moment ago.
    throw withLeftovers(isEndpointMissing(error) ? overtakenBy(pod, error) : error, left);
  }
}

/**
 * A DEL of the same pod, or a GC that did not know it, may have given the leases back while HNS was at it:
 * they are another pod's then, or soon. Throws code 11.
 */
async function assertKept({ source }: Adding, addresses: readonly Address[]): Promise<void> {
  if (!(await source.holds(addresses))) throw overtaken(addresses);
}

function overtakenBy({ attachment: { ifName, network } }: Pod, cause: HnsError): CniError {
  return overtakenAdd(`the endpoint of ${ifName} on network ${network} was deleted`, cause);
}

async function attachOwn(adding: Adding): Promise<Attached> {
  const { attachment, clients, host, source } = adding;
  // A source that can be asked twice is asked now, while the way to HNS is still opening.
  const early = source.repeatable ? await allocate(adding) : undefined;
  const network = await networkFor(adding);
  const existing = await findExisting(adding);
  if (existing) {
    if (await isWhole(existing, adding, network)) {
      host.log('endpoint found', { id: existing.ID });
      if (!isAttached(existing, attachment.sandbox)) await attachExisting(adding, existing);
      const kept = new Set(addressesOf(existing).map(formatAddress));
      const spare = (early?.allocated ?? []).filter((address) => !kept.has(formatAddress(address)));
      if (spare.length > 0) await source.release(spare);
      return { network, endpoint: existing };
    }
    await deleteEndpoint(clients, attachment.sandbox.dialect, existing, host.log);
    host.log('endpoint replaced', { id: existing.ID, network: existing.HostComputeNetwork });
    if (early) await releaseOthers(adding, existing, early);
  }
  const ready = needsManagementAddress(adding.mode, adding.config)
    ? await withManagementAddress(adding.hns, network, host)
    : network;
  if (early) await renewKept(adding, early);
  const allocation = early ?? (source.repeatable ? undefined : await allocate(adding));
  const endpoint = await createAttached(adding, ready, allocation);
  return { network: ready, endpoint: await settled(adding, endpoint) };
}

/**
 * A lease that an earlier ADD left is taken anew before an endpoint is made for it: a DEL that has just
 * deleted the one before it can tell, by the lease's time, that it must look again. The pod keeps it when
 * this ADD fails, as it would have without it.
 */
async function renewKept({ source, undo }: Adding, { allocated, ips }: Allocation): Promise<void> {
  const isNew = oneOf(allocated);
  const kept = ips.map(({ cidr }) => addressOf(cidr)).filter((address) => !isNew(address));
  if (kept.length === 0) return;
  const lost = await source.renew(kept);
  if (lost.length === 0) return;
  undo.push(`lease of ${lost.map(formatAddress).join(', ')}`, () => source.release(lost));
}

/** Gives back what a replaced endpoint had and the new one won't have. */
async function releaseOthers(
  { source }: Adding,
  endpoint: Endpoint,
  { ips }: Allocation,
): Promise<void> {
  const isKept = oneOf(ips.map(({ cidr }) => addressOf(cidr)));
  const others = addressesOf(endpoint).filter((address) => !isKept(address));
  if (others.length > 0) await source.release(others);
}

/** The network to attach to, of a right type. Where it cannot be had, what STATUS was told last is no longer so. */
async function networkFor(adding: Adding): Promise<Network> {
  const { attachment, host, mode } = adding;
  try {
    const network = await getNetwork(adding);
    host.log('network found', describeNetwork(network));
    assertType(mode, network);
    return network;
  } catch (error) {
    forgetAnswer(host, answerPath(host.env, mode.name, attachment.network));
    throw error;
  }
}

async function getNetwork({ attachment, clients, config, hns, host, mode }: Adding) {
  const isMadeElsewhere = !mode.createsNetwork && !config.createNetwork;
  if (isMadeElsewhere || attachment.sandbox.shared) {
    return awaitNetwork(hns, attachment.network, host, config);
  }
  const network = await findNetwork(hns, attachment.network);
  return network ?? createNetwork(clients.v2, mode, config, attachment.network, host.log);
}

/** The pod's endpoint as it stands. One that HNS cannot even show any more is deleted. */
async function findExisting({ attachment, clients, hns, host }: Adding) {
  const { identity, sandbox } = attachment;
  try {
    return await findOwn(hns, identity);
  } catch (error) {
    if (!isHnsError(error, 'degraded')) throw error;
    for (const id of await ownIds(hns, identity)) {
      await deleteEndpoint(clients, sandbox.dialect, heldBy(sandbox, id), host.log);
      host.log('degraded endpoint deleted', { id });
    }
    return undefined;
  }
}

/** Ours, on the right network, in no other namespace, its addresses leased to this pod. */
async function isWhole(endpoint: Endpoint, adding: Adding, network: Network): Promise<boolean> {
  const { attachment, source } = adding;
  if (endpoint.State === degradedState || endpoint.HostComputeNetwork !== network.id) return false;
  // Docker's containers share an endpoint: one of them is attached, and the others are left alone.
  const { dialect } = attachment.sandbox;
  if (dialect === 'v2' && !isAttached(endpoint, attachment.sandbox)) return false;
  const addresses = addressesOf(endpoint);
  // One that cannot be read is nobody's.
  const isReadable = addresses.length === endpoint.IpConfigurations?.length;
  return isReadable && addresses.length > 0 && (await source.holds(addresses));
}

function addressesOf({ IpConfigurations = [] }: Endpoint) {
  return IpConfigurations.flatMap(({ IpAddress = '' }) => parseAddress(IpAddress) ?? []);
}

/** Docker's workload containers share the endpoint of their sandbox. */
async function share(adding: Adding): Promise<Attached> {
  const { attachment, hns } = adding;
  const network = await networkFor(adding);
  const endpoint = await findOwn(hns, attachment.identity);
  if (!endpoint) {
    throw new CniError(
      code.unknownContainer,
      `the sandbox ${attachment.sandbox.containerId} has no endpoint on network ${attachment.network} to share`,
      'the sandbox is added first, with CNI_NETNS "none"',
    );
  }
  await attachExisting(adding, endpoint);
  return { network, endpoint };
}

/** Docker may have ended the container meanwhile: then there is nothing to attach to, and DEL follows. */
async function attachExisting(adding: Adding, endpoint: Endpoint): Promise<void> {
  try {
    await attach(adding, endpoint);
  } catch (error) {
    if (!isHnsError(error, 'system-missing')) throw error;
    adding.host.log('container gone', { id: endpoint.ID, error: error.message });
  }
}
