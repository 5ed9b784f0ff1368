import { formatAddress, parseAddress } from '../../cni/address.ts';
import type { Call } from '../../cni/plugin.ts';
import type { Result } from '../../cni/result.ts';
import { isHnsError } from '../../hns-bridge/error.ts';
import type { Hns } from '../../hns-bridge/hns.ts';
import type { Endpoint, EndpointSpec, Network } from '../../hns-bridge/model.ts';
import type { AddressSource } from '../../ipam/address-source.ts';
import { toResult } from '../../ipam/allocation-result.ts';
import type { AttachConfig } from './config.ts';
import type { AttachDeps } from './deps.ts';
import { filledDns } from './dns.ts';
import { loopbackDsr, refuseDualStack } from './hns-features.ts';
import { unusedRoutes } from './lease.ts';
import type { Mode } from './modes.ts';
import { deleteAnyhow, type Identity, ownIds, type undoStack } from './own-endpoint.ts';
import { planEndpoint, reservedAddresses } from './plan.ts';
import type { Sandbox } from './sandbox.ts';

/** How many addresses HNS may call taken before ADD gives up. */
const attempts = 8;

/** What the steps of one ADD share. */
export interface Adding {
  readonly deps: AttachDeps;
  readonly mode: Mode;
  readonly call: Call;
  readonly config: AttachConfig;
  readonly sandbox: Sandbox;
  readonly identity: Identity;
  /** Of the dialect of the sandbox. */
  readonly hns: Hns;
  readonly source: AddressSource;
  readonly undo: ReturnType<typeof undoStack>;
}

/** Addresses a pod was given, as texts. */
interface Lease {
  readonly result: Result;
  readonly fresh: readonly string[];
}

const parsed = (addresses: readonly string[]) =>
  addresses.flatMap((text) => parseAddress(text) ?? []);

/** Asks for addresses, to be given back when ADD fails; undefined when HNS chooses. */
export async function acquire(
  adding: Adding,
  avoid: readonly string[] = [],
): Promise<Lease | undefined> {
  const { config, deps, mode, source, undo } = adding;
  const allocation = await source.allocate(parsed([...reservedAddresses(mode, config), ...avoid]));
  const fresh = allocation?.allocated.map(formatAddress) ?? [];
  const lease = allocation && { result: toResult(allocation), fresh };
  if (fresh.length > 0) {
    undo.push(`lease of ${fresh.join(', ')}`, () => source.release(parsed(fresh)));
  }
  for (const route of lease ? unusedRoutes(lease.result) : []) {
    deps.host.log('note', { note: `IPAM's route to ${route.dst} is left out` });
  }
  return lease;
}

/** Creates the endpoint and attaches it. One that HNS says is degraded is made anew, once. */
export async function createAttached(
  adding: Adding,
  network: Network,
  lease: Lease | undefined,
): Promise<Endpoint> {
  const { endpoint, spec } = await createEndpoint(adding, network, lease);
  try {
    await attach(adding, endpoint);
    return endpoint;
  } catch (error) {
    if (!isHnsError(error, 'degraded')) throw error;
    adding.deps.host.log('degraded endpoint replaced', { id: endpoint.id });
    await remove(adding, endpoint.id);
    const again = await createOnce(adding, spec);
    await attach(adding, again);
    return again;
  }
}

interface Created {
  readonly endpoint: Endpoint;
  readonly spec: EndpointSpec;
}

/**
 * Creates the endpoint. When HNS says that the address is taken, the lease is kept aside, so that
 * nobody is given it meanwhile, and the next one is tried; those aside are given back at the end.
 */
async function createEndpoint(
  adding: Adding,
  network: Network,
  first: Lease | undefined,
): Promise<Created> {
  const { deps, source } = adding;
  const aside: string[] = [];
  let lease = first;
  for (let attempt = 1; ; attempt++) {
    const spec = await plan(adding, network, lease);
    try {
      const endpoint = await createOnce(adding, spec);
      if (aside.length > 0) await source.release(parsed(aside));
      return { endpoint, spec };
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
  const create = async () => {
    try {
      const endpoint = await hns.createEndpoint(spec);
      undo.push(`endpoint ${endpoint.id}`, () => remove(adding, endpoint.id));
      return endpoint;
    } catch (error) {
      // Whatever else failed, HNS may have made it before: its answer was lost.
      if (!isHnsError(error, 'exists', 'address-taken')) {
        undo.push(`endpoint ${spec.name}`, () => removeMade(adding, spec.id));
      }
      throw error;
    }
  };
  try {
    return await create();
  } catch (error) {
    // Taken may be the id, not the address: an endpoint of ours under another name, half made.
    if (!isHnsError(error, 'exists', 'address-taken', 'degraded')) throw error;
    if (!(await remove(adding, spec.id))) throw error;
    return create();
  }
}

/** What came of a creation whose answer is not known. V1 chooses ids itself: there the name decides. */
async function removeMade(adding: Adding, id: string): Promise<void> {
  const { hns, identity, sandbox } = adding;
  const ids = sandbox.dialect === 'v2' ? [id] : await ownIds(hns, identity);
  for (const made of ids) await remove(adding, made);
}

/** False when it was not there. */
async function remove({ deps, hns }: Adding, id: string): Promise<boolean> {
  return deleteAnyhow(await deps.openHns(), hns, id);
}

async function plan(
  adding: Adding,
  network: Network,
  lease: Lease | undefined,
): Promise<EndpointSpec> {
  const { config, deps, hns, identity, mode } = adding;
  const ips = lease?.result.ips ?? [];
  await refuseDualStack(mode, ips, hns);
  const { spec, notes } = planEndpoint({
    mode,
    config: { ...config, dns: filledDns(config.dns, lease?.result.dns ?? {}) },
    network,
    ips,
    ...identity,
    loopbackDsr: await loopbackDsr(config.loopbackDsr, ips, hns, deps.host.log),
  });
  for (const note of notes) deps.host.log('note', { note });
  return spec;
}

/** Attaches an endpoint to the sandbox. That it is there already is fine. */
export async function attach({ hns, sandbox, undo }: Adding, endpoint: Endpoint): Promise<void> {
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
