import { isHnsError } from '../../hns-bridge/error.ts';
import type { Hns } from '../../hns-bridge/hns.ts';
import type { Endpoint, EndpointSpec, Network } from '../../hns-bridge/model.ts';
import { type AddressSource, addressSource, type Lease } from '../../ipam/index.ts';
import { CniError, code } from '../cni/error.ts';
import type { Call } from '../cni/plugin.ts';
import type { IpConfig, Result } from '../cni/result.ts';
import { type AttachConfig, readAttachConfig } from './config.ts';
import type { AttachDeps } from './deps.ts';
import { loopbackDsr, refuseDualStack } from './hns-features.ts';
import type { Mode } from './modes.ts';
import { awaitNetwork, createNetwork, findNetwork, refuseType } from './network.ts';
import {
  findOwn,
  type Identity,
  identify,
  isAttached,
  removeEndpoint,
  undoStack,
} from './own-endpoint.ts';
import { planEndpoint, reservedAddresses } from './plan.ts';
import { refuseUnsayable } from './policies.ts';
import { resultOf } from './result.ts';
import { requireSandbox, type Sandbox } from './sandbox.ts';

/** How many addresses HNS may call taken before ADD gives up. */
const attempts = 8;

/** What the steps of one ADD share. */
interface Adding {
  readonly deps: AttachDeps;
  readonly mode: Mode;
  readonly call: Call;
  readonly config: AttachConfig;
  readonly sandbox: Sandbox;
  readonly identity: Identity;
  readonly hns: Hns;
  readonly source: AddressSource;
  readonly undo: ReturnType<typeof undoStack>;
}

/**
 * ADD: an endpoint with an address, attached to the pod's sandbox. A repeated ADD gives the same
 * result; any failure undoes what this call did, in reverse, and no more.
 */
export async function add(deps: AttachDeps, mode: Mode, call: Call): Promise<Result> {
  const config = readAttachConfig(mode, call);
  const sandbox = requireSandbox(call, config.apiVersion);
  refuseUnsayable(config.listed, sandbox.dialect);
  const source = addressSource(deps.host, deps.delegate, call);
  const undo = undoStack(deps.host.log);
  const hns = (await deps.openHns())[sandbox.dialect];
  try {
    const identity = await identify(call, sandbox.id);
    const adding = { deps, mode, call, config, sandbox, identity, hns, source, undo };
    return sandbox.shared ? await share(adding) : await attachOwn(adding);
  } catch (error) {
    await undo.run();
    throw error;
  }
}

async function attachOwn(adding: Adding): Promise<Result> {
  const { call, deps, hns, source } = adding;
  // A source that can be asked twice is asked now, while the way to HNS is still opening.
  const early = source.repeatable ? await acquire(adding, []) : undefined;
  const network = await networkFor(adding);
  refuseType(adding.mode, network);
  const existing = await findOwn(hns, adding.identity);
  if (existing) {
    if (await isWhole(existing, adding, network)) {
      deps.host.log('endpoint found', { id: existing.id });
      const kept = existing.addresses.map(({ address }) => address);
      const spare = (early?.fresh ?? []).filter((address) => !kept.includes(address));
      if (spare.length > 0) await source.release(spare);
      return resultOf(call, network, existing);
    }
    await removeEndpoint(hns, existing);
    deps.host.log('endpoint replaced', { id: existing.id, network: existing.networkId });
  }
  const lease = early ?? (source.repeatable ? undefined : await acquire(adding, []));
  const endpoint = await createEndpoint(adding, network, lease);
  await attach(adding, endpoint);
  return resultOf(call, network, endpoint);
}

async function networkFor({ call, config, deps, hns, mode }: Adding): Promise<Network> {
  if (!mode.createsNetwork && !config.createNetwork) {
    return awaitNetwork(hns, call.network, deps.host.clock);
  }
  const network = await findNetwork(hns, call.network);
  return network ?? createNetwork(hns, mode, config, call.network);
}

/** Ours, on the right network, attached to this sandbox, its addresses leased to this pod. */
async function isWhole(endpoint: Endpoint, adding: Adding, network: Network): Promise<boolean> {
  if (endpoint.networkId !== network.id) return false;
  if (adding.sandbox.dialect === 'v2' && !isAttached(endpoint, adding.sandbox)) return false;
  const addresses = endpoint.addresses.map(({ address }) => address);
  return addresses.length > 0 && (await adding.source.holds(addresses));
}

async function acquire(adding: Adding, avoid: readonly string[]): Promise<Lease | undefined> {
  const { config, mode, source, undo } = adding;
  const lease = await source.acquire([...reservedAddresses(mode, config), ...avoid]);
  const fresh = lease?.fresh ?? [];
  if (fresh.length > 0) undo.push(`lease of ${fresh.join(', ')}`, () => source.release(fresh));
  return lease;
}

/**
 * Creates the endpoint. When HNS says that the address is taken, the lease is kept aside, so that
 * nobody is given it meanwhile, and the next one is tried; those aside are given back at the end.
 */
async function createEndpoint(
  adding: Adding,
  network: Network,
  first: Lease | undefined,
): Promise<Endpoint> {
  const { deps, source } = adding;
  const aside: string[] = [];
  let lease = first;
  for (let attempt = 1; ; attempt++) {
    const spec = await plan(adding, network, lease?.result.ips ?? []);
    try {
      const endpoint = await createOnce(adding, spec);
      if (aside.length > 0) await source.release(aside);
      return endpoint;
    } catch (error) {
      const taken = isHnsError(error, 'address-taken') && spec.addresses.length > 0;
      if (!taken || !source.repeatable || attempt >= attempts) throw error;
      aside.push(...spec.addresses.map(({ address }) => address));
      deps.host.log('address taken', { addresses: aside, error: error.message });
      lease = await acquire(adding, aside);
    }
  }
}

async function createOnce(adding: Adding, spec: EndpointSpec): Promise<Endpoint> {
  const { hns, undo } = adding;
  try {
    const endpoint = await hns.createEndpoint(spec);
    undo.push(`endpoint ${endpoint.id}`, () => removeEndpoint(hns, endpoint));
    return endpoint;
  } catch (error) {
    // Taken may be the id, not the address: an endpoint of ours under another name, half made.
    if (!isHnsError(error, 'exists', 'address-taken')) throw error;
    const stale = await hns.endpoint(spec.id);
    if (!stale) throw error;
    await removeEndpoint(hns, stale);
    const endpoint = await hns.createEndpoint(spec);
    undo.push(`endpoint ${endpoint.id}`, () => removeEndpoint(hns, endpoint));
    return endpoint;
  }
}

async function plan(adding: Adding, network: Network, ips: readonly IpConfig[]) {
  const { config, deps, hns, identity, mode } = adding;
  await refuseDualStack(mode, ips, hns);
  const { spec, notes } = planEndpoint({
    mode,
    config,
    network,
    ips,
    ...identity,
    loopbackDsr: await loopbackDsr(config.loopbackDsr, hns, deps.host.log),
  });
  for (const note of notes) deps.host.log('note', { note });
  return spec;
}

async function attach({ hns, sandbox, undo }: Adding, endpoint: Endpoint): Promise<void> {
  try {
    await hns.attach(sandbox.target, endpoint.id);
    undo.push(`attachment of ${endpoint.id}`, () => hns.detach(sandbox.target, endpoint.id));
  } catch (error) {
    // Attached already is what was asked for, if it is this sandbox it is attached to.
    if (!isHnsError(error, 'attached')) throw error;
    const now = await hns.endpoint(endpoint.id);
    if (sandbox.dialect === 'v2' && now?.namespaceId !== sandbox.target) throw error;
  }
}

/** Docker's workload containers share the endpoint of their sandbox. */
async function share(adding: Adding): Promise<Result> {
  const { call, hns, identity, sandbox } = adding;
  const network = await awaitNetwork(hns, call.network, adding.deps.host.clock);
  const endpoint = await findOwn(hns, identity);
  if (!endpoint) {
    throw new CniError(
      code.unknownContainer,
      `the sandbox ${sandbox.id} has no endpoint on network ${call.network} to share`,
      'the sandbox is added first, with CNI_NETNS "none"',
    );
  }
  await attach(adding, endpoint);
  return resultOf(call, network, endpoint);
}
